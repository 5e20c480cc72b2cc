"""Free and busy times."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.calendar.busy_times import clipped, gaps, joined
from entrepot.api import AccessError, Command, UserError

START, STOP = "2030-04-01 00:00:00", "2030-04-02 00:00:00"


def hours(intervals):
    return [(each["start"].hour, each["stop"].hour) for each in intervals]


def test_private_events_are_busy_times_without_a_name(env, event, people):
    ben = people.ben.partner_id
    event(name="Doctor", privacy="private", user_id=people.ben.id, partner_ids=[ben.id])
    event(name="Review", start="2030-04-01 10:00:00", partner_ids=[ben.id])
    event(name="Lunch", start="2030-04-01 12:00:00", partner_ids=[ben.id], show_as="free")
    event(name="Off", start="2030-04-01 14:00:00", partner_ids=[ben.id], status="cancelled")
    env.flush()
    [found] = env["calendar.event"].with_user(people.cid.id).free_busy([ben.id], START, STOP)
    assert hours(found["busy"]) == [(9, 11)]
    assert hours(found["free"]) == [(0, 9), (11, 0)]
    assert [each.get("name") for each in found["events"]] == [None, "Review"]


def test_who_declined_is_free_and_a_lone_organiser_busy(env, event, people):
    ann, ben = people.ann.partner_id, people.ben.partner_id
    talk = event(user_id=people.ann.id, partner_ids=[ben.id])
    event(user_id=people.ann.id, start="2030-04-01 15:00:00")
    env.flush()
    talk.attendee_ids.do_decline()
    first, second = env["calendar.event"].free_busy([ann.id, ben.id], START, STOP)
    assert (hours(first["busy"]), hours(second["busy"])) == ([(15, 16)], [])


def test_whole_days_are_days_of_their_zone(env, event, people):
    event(allday=True, start_date="2030-04-01", event_tz="America/New_York", user_id=people.ann.id)
    [found] = env["calendar.event"].free_busy([people.ann.partner_id.id], START, STOP)
    assert hours(found["busy"]) == [(4, 0)]


@pytest.mark.parametrize(
    ("partners", "start", "stop"),
    [
        ([], START, STOP),
        ("1", START, STOP),
        ([True], START, STOP),
        (list(range(1, 202)), START, STOP),
        ([1], STOP, START),
        ([1], START, "2032-01-01 00:00:00"),
        ([1], "soon", STOP),
        ([1], 5, STOP),
    ],
)
def test_questions_without_measure_are_refused(env, partners, start, stop):
    with pytest.raises(UserError):
        env["calendar.event"].free_busy(partners, start, stop)


moments = st.integers(0, 200).map(
    lambda each: dt.datetime(2030, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=each)
)
intervals = st.lists(st.tuples(moments, moments).filter(lambda pair: pair[0] < pair[1]), max_size=12)


@given(intervals, st.tuples(moments, moments).filter(lambda pair: pair[0] < pair[1]))
def test_busy_and_free_make_up_the_whole(times, within):
    cut = [each for each in (clipped(interval, within) for interval in times) if each]
    busy = joined(cut)
    free = gaps(busy, within)
    parts = sorted([*busy, *free])
    assert parts[0][0] == within[0]
    assert parts[-1][1] == within[1]
    assert all(one[1] == two[0] for one, two in pairwise(parts))
    assert all(one[1] < two[0] for one, two in pairwise(busy))
    minute = dt.timedelta(minutes=1)
    covered = {start + minute * i for start, stop in cut for i in range(int((stop - start) / minute))}
    assert sum(int((stop - start) / minute) for start, stop in busy) == len(covered)


def test_people_from_outside_ask_for_themselves(env, event, people):
    portal = env["res.users"].create(
        {
            "name": "Guest",
            "login": "guest@example.com",
            "groups_id": [Command.set([env.ref("base.group_portal").id])],
        }
    )
    event(partner_ids=[portal.partner_id.id])
    env.flush()
    events = env["calendar.event"].with_user(portal.id)
    [own] = events.free_busy([portal.partner_id.id], START, STOP)
    assert hours(own["busy"]) == [(9, 10)]
    assert len(events.search([])) == 1
    with pytest.raises(AccessError):
        events.free_busy([people.ann.partner_id.id], START, STOP)
