"""Reminders go out once, in time."""

import datetime as dt

import pytest

from entrepot.addons.calendar.reminder import next_due, text_of
from entrepot.api import ValidationError

NINE = dt.datetime(2030, 4, 1, 9, tzinfo=dt.UTC)


def mails(env, event):
    return env["mail.mail"].search([("model", "=", "calendar.event"), ("res_id", "=", event.id)])


def test_a_reminder_is_queued_once_for_each_who_comes(env, event, clock, people):
    hour = env.ref("calendar.alarm_mail_1h")
    people.ben.partner_id.write({"tz": "Europe/Paris"})
    talk = event(
        start=NINE + dt.timedelta(hours=5),
        user_id=people.ann.id,
        partner_ids=[people.ann.partner_id.id, people.ben.partner_id.id, people.cid.partner_id.id],
        alarm_ids=[hour.id, env.ref("calendar.alarm_notif_15m").id],
        location="Room 1",
    )
    env.flush()
    talk.attendee_ids.filtered(lambda each: each.common_name == "Cid").do_decline()
    assert talk.next_reminder == NINE + dt.timedelta(hours=4)
    env["calendar.event"].queue_reminders()
    assert not mails(env, talk)
    clock.moment = NINE + dt.timedelta(hours=4, minutes=2)
    env["calendar.event"].queue_reminders()
    env["calendar.event"].queue_reminders()
    found = {mail.email_to: mail.subject for mail in mails(env, talk)}
    assert found == {
        "ann@example.com": "Reminder: Talk, 2030-04-01 14:00 (UTC)",
        "ben@example.com": "Reminder: Talk, 2030-04-01 16:00 (Europe/Paris)",
    }
    assert talk.next_reminder is None


def test_a_moved_event_is_reminded_of_again(env, event, clock, people):
    talk = event(start=NINE + dt.timedelta(hours=1), user_id=people.ann.id, reminder_minutes=30)
    clock.moment = NINE + dt.timedelta(minutes=31)
    env["calendar.event"].queue_reminders()
    assert len(mails(env, talk)) == 1
    talk.write({"start": NINE + dt.timedelta(hours=3), "duration": 1})
    assert talk.next_reminder == NINE + dt.timedelta(hours=2, minutes=30)


def test_too_late_is_too_late(env, event, clock, people):
    talk = event(start=NINE, user_id=people.ann.id, reminder_minutes=10)
    off = event(start=NINE, user_id=people.ann.id, reminder_minutes=10, status="cancelled")
    clock.moment = NINE + dt.timedelta(minutes=20)
    env["calendar.event"].queue_reminders()
    assert not mails(env, talk) | mails(env, off)
    assert talk.next_reminder is None


def test_several_reminders_follow_each_other(env, event, clock, people):
    talk = event(
        start=NINE + dt.timedelta(hours=6),
        user_id=people.ann.id,
        alarm_ids=[env.ref("calendar.alarm_mail_1h").id, env.ref("calendar.alarm_mail_3h").id],
    )
    for hours, count in ((2, 0), (3, 1), (4, 1), (5, 2), (6, 2)):
        clock.moment = NINE + dt.timedelta(hours=hours)
        env["calendar.event"].queue_reminders()
        assert len(mails(env, talk)) == count


def test_alarms_have_measure(env):
    with pytest.raises(ValidationError):
        env["calendar.alarm"].create({"name": "Next year", "duration": 365, "interval": "days"})


@pytest.mark.parametrize(
    ("minutes", "after", "included", "expected"),
    [
        ([], 0, True, None),
        ([30], -60, True, -30),
        ([30], -30, True, -30),
        ([30], -30, False, None),
        ([60, 10], -30, False, -10),
        ([0], -1, False, 0),
    ],
)
def test_the_next_due_moment(minutes, after, included, expected):
    found = next_due(NINE, minutes, NINE + dt.timedelta(minutes=after), included=included)
    assert found == (None if expected is None else NINE + dt.timedelta(minutes=expected))


def test_subjects_are_one_line_and_bodies_are_escaped():
    subject, body = text_of("<b>\r\nBcc: x", NINE, "UTC", whole_day=True, place="A & B")
    assert subject == "Reminder: <b> Bcc: x, 2030-04-01"
    assert "&lt;b&gt;" in body
    assert "A &amp; B" in body
