"""A morning in spring, and two people with calendars."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from entrepot.clock import FixedClock


@pytest.fixture
def clock():
    return FixedClock(dt.datetime(2030, 4, 1, 8, tzinfo=dt.UTC))


@pytest.fixture
def env(environment, clock):
    return environment(clock=clock)


@pytest.fixture
def people(env):
    users = env["res.users"].create(
        [
            {"name": name.title(), "login": f"{name}@example.com", "email": f"{name}@example.com"}
            for name in ("ann", "ben", "cid")
        ]
    )
    env.flush()
    return SimpleNamespace(**dict(zip(("ann", "ben", "cid"), users, strict=True)))


@pytest.fixture
def event(env):
    """Make events of an hour at nine, unless told otherwise."""

    def make(**values):
        start = dt.datetime(2030, 4, 1, 9, tzinfo=dt.UTC)
        return env["calendar.event"].create({"name": "Talk", "start": start, "event_tz": "UTC", **values})

    return make
