"""Between moments and what the clock on the wall of a zone shows. No records."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo


def on_the_wall(moment: dt.datetime, zone: str) -> dt.datetime:
    """The naive wall time of an aware moment."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def moment_of(wall: dt.datetime, zone: str) -> dt.datetime:
    """The UTC moment of a naive wall time. A time that clocks skip is as much later as they skip; of a time that comes
    twice it is the first.
    """
    return wall.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(dt.UTC)


def midnight_before(moment: dt.datetime) -> dt.datetime:
    """The first moment of a UTC day."""
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
