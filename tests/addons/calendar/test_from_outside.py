"""The calendar as a client with ordinary rights calls it."""

import pytest

from entrepot.api import AccessError
from entrepot.errors import UnknownMethod
from entrepot.kernel.invoke import invoke


def test_a_week_of_an_ordinary_user(env, people):
    ann = env["res.users"].with_user(people.ann.id).env
    ben = env["res.users"].with_user(people.ben.id).env

    def call(who, model, method, *args, **named):
        return invoke(who, model, method, args, named)

    made = call(
        ann,
        "calendar.event",
        "create",
        {
            "name": "Planning",
            "start": "2030-04-01 07:00:00",
            "duration": 0.5,
            "event_tz": "Europe/Paris",
            "recurrency": True,
            "rrule_type": "weekly",
            "count": 3,
            "mon": True,
            "partner_ids": [[6, 0, [people.ann.partner_id.id, people.ben.partner_id.id]]],
        },
    )
    ids = call(ann, "calendar.event", "search", [["recurrence_id", "!=", False]], order="start")
    assert ids[0] == made
    assert len(ids) == 3
    call(
        ann, "calendar.event", "write", [ids[1]], {"location": "Room 1", "recurrence_update": "future_events"}
    )
    rows = list(call(ann, "calendar.event", "read", ids, ["location", "rrule", "count", "mon"]).dicts())
    assert [row["location"] for row in rows] == [None, "Room 1", "Room 1"]
    assert rows[0]["rrule"] == "FREQ=WEEKLY;COUNT=3;BYDAY=MO"
    asked = call(ben, "calendar.attendee", "search", [["partner_id", "=", people.ben.partner_id.id]])
    call(ben, "calendar.attendee", "do_accept", asked)
    free = call(
        ben,
        "calendar.event",
        "free_busy",
        [people.ann.partner_id.id],
        "2030-04-01 00:00:00",
        "2030-04-02 00:00:00",
    )
    assert len(free[0]["busy"]) == 1
    assert call(ben, "calendar.event", "series_to_ical", [made]).startswith("BEGIN:VCALENDAR")
    with pytest.raises(AccessError):
        call(ann, "calendar.recurrence", "write", [1], {"count": 5})
    with pytest.raises(UnknownMethod):
        call(ann, "calendar.event", "begins", [made])
    call(ann, "calendar.event", "action_mass_deletion", [ids[1]], "future_events")
    assert call(ann, "calendar.event", "search_count", [["name", "=", "Planning"]]) == 1
