"""A small team's week: a meeting each Monday, and a day off. Dates are fixed, so that two demos are alike."""

from __future__ import annotations

import datetime as dt

from entrepot.api import Environment

_MONDAY = dt.datetime(2030, 4, 1, 9, tzinfo=dt.UTC)


def load(env: Environment) -> None:
    """Make the demo events, once."""
    if env.ref("calendar.demo_standup", missing_ok=True):
        return
    weekly = {"recurrency": True, "rrule_type": "weekly", "end_type": "count", "count": 4, "mon": True}
    env.upsert(
        "calendar.demo_standup",
        "calendar.event",
        {"name": "Planning of the week", "start": _MONDAY, "duration": 0.5, "event_tz": "UTC", **weekly},
        noupdate=True,
    )
    env.upsert(
        "calendar.demo_holiday",
        "calendar.event",
        {
            "name": "Office closed",
            "allday": True,
            "start_date": "2030-04-19",
            "stop_date": "2030-04-22",
            "privacy": "public",
        },
        noupdate=True,
    )
