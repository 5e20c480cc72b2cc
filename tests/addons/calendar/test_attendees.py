"""Who is asked, and what they answer."""

import pytest

from entrepot.addons.calendar.data import older_events
from entrepot.api import AccessError, Command, ValidationError


def answers(event):
    return {each.partner_id.name: each.state for each in event.attendee_ids}


def test_attendees_follow_the_partners(event, people):
    talk = event(user_id=people.ann.id, partner_ids=[people.ann.partner_id.id, people.ben.partner_id.id])
    assert answers(talk) == {"Ann": "accepted", "Ben": "needsAction"}
    talk.write(
        {"partner_ids": [Command.unlink(people.ben.partner_id.id), Command.link(people.cid.partner_id.id)]}
    )
    assert answers(talk) == {"Ann": "accepted", "Cid": "needsAction"}


def test_partners_follow_the_attendees(env, event, people):
    talk = event(attendee_ids=[Command.create({"partner_id": people.ben.partner_id.id})])
    assert talk.partner_ids == people.ben.partner_id
    env["calendar.attendee"].create({"event_id": talk.id, "partner_id": people.cid.partner_id.id})
    assert set(talk.partner_ids.ids) == {people.ben.partner_id.id, people.cid.partner_id.id}
    talk.attendee_ids.filtered(lambda each: each.partner_id == people.ben.partner_id).unlink()
    assert talk.partner_ids == people.cid.partner_id
    with pytest.raises(ValidationError):
        talk.attendee_ids.write({"partner_id": people.ann.partner_id.id})


def test_people_answer_for_themselves(env, event, people):
    talk = event(user_id=people.ann.id, partner_ids=[people.ben.partner_id.id, people.cid.partner_id.id])
    env.flush()
    by_name = {each.common_name: each for each in talk.attendee_ids}
    by_name["Ben"].with_user(people.ben.id).do_tentative()
    by_name["Cid"].with_user(people.cid.id).do_decline()
    assert answers(talk) == {"Ben": "tentative", "Cid": "declined"}
    assert (talk.attendees_count, talk.declined_count, talk.tentative_count) == (2, 1, 1)
    assert talk.with_user(people.ben.id).current_status == "tentative"
    with pytest.raises(AccessError):
        by_name["Cid"].with_user(people.ben.id).do_accept()
    by_name["Cid"].with_user(people.ann.id).do_accept()
    assert answers(talk)["Cid"] == "accepted"


def test_a_new_time_asks_for_new_answers(env, event, people):
    talk = event(user_id=people.ann.id, partner_ids=[people.ann.partner_id.id, people.ben.partner_id.id])
    env.flush()
    talk.attendee_ids.do_accept()
    talk.write({"name": "Longer talk"})
    assert answers(talk) == {"Ann": "accepted", "Ben": "accepted"}
    talk.write({"start": "2030-04-01 09:30:00", "duration": 1})
    assert answers(talk) == {"Ann": "accepted", "Ben": "needsAction"}


def test_attendees_of_private_events_are_not_told(env, event, people):
    talk = event(user_id=people.ann.id, partner_ids=[people.ben.partner_id.id], privacy="private")
    env.flush()
    found = env["calendar.attendee"].with_user(people.cid.id).search([("event_id", "=", talk.id)])
    assert not found
    assert env["calendar.attendee"].with_user(people.ben.id).search_count([("event_id", "=", talk.id)]) == 1


def test_events_from_before_get_their_attendees(env, event, people):
    talk = event()
    talk.with_context(_attendees=True).write({"partner_ids": [Command.link(people.ben.partner_id.id)]})
    assert not talk.attendee_ids
    older_events.load(env)
    assert answers(talk) == {"Ben": "needsAction"}
