"""Events."""

import datetime as dt

import pytest

from entrepot.api import ValidationError

NINE = dt.datetime(2030, 4, 10, 9, tzinfo=dt.UTC)


def test_an_event_lasts_an_hour_unless_told(env):
    event = env["calendar.event"].create({"name": "Talk", "start": "2030-04-10 09:00:00"})
    assert (event.start, event.stop, event.duration) == (NINE, NINE + dt.timedelta(hours=1), 1.0)
    assert event.user_id == env.user


def test_duration_and_end_follow_each_other(env):
    event = env["calendar.event"].create({"name": "Talk", "start": NINE, "duration": 1.5})
    assert event.stop == NINE + dt.timedelta(minutes=90)
    event.write({"stop": NINE + dt.timedelta(hours=2)})
    assert event.duration == 2.0
    event.write({"duration": 0.25})
    assert event.stop == NINE + dt.timedelta(minutes=15)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"stop": NINE}, "stop"),
        ({"stop": NINE - dt.timedelta(hours=1)}, "stop"),
        ({"reminder_minutes": -5}, "reminder_minutes"),
        ({"name": ""}, "name"),
        ({"start": "soon"}, "start"),
    ],
)
def test_impossible_times_name_their_field(env, values, path):
    with pytest.raises(ValidationError) as caught:
        env["calendar.event"].create({"name": "Talk", "start": NINE, **values})
    assert path in [problem.path for problem in caught.value.problems]


def test_private_events_are_for_those_who_are_there(env):
    users = env["res.users"].create(
        [{"name": name, "login": f"{name}@example.com"} for name in ("ann", "ben", "cid")]
    )
    ann, ben, cid = users
    event = env["calendar.event"].create(
        {
            "name": "Doctor",
            "start": NINE,
            "user_id": ann.id,
            "partner_ids": [ben.partner_id.id],
            "privacy": "private",
        }
    )
    for user, there in ((ann, True), (ben, True), (cid, False)):
        assert (event in env["calendar.event"].with_user(user.id).search([])) is there
