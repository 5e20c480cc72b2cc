"""The time, asked in one place so that a test can move it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that knows the time."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime, whole seconds."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present as an aware UTC datetime, whole seconds."""
        return datetime.now(UTC).replace(microsecond=0)


class FixedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, moment: datetime) -> None:
        """Start at an aware UTC moment."""
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment


def today(clock: Clock) -> date:
    """The present day in UTC."""
    return clock.now().date()
