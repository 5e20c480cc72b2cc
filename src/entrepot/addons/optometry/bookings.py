"""Which bookings collide: the same doctor or room at overlapping times."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator
    from datetime import datetime


class Sync(Enum):
    """Context `booking_sync`: the change comes from the booking of an exam itself.

    No caller can say so: a context from outside holds texts and numbers, never a member of this.
    """

    ON = 1


@dataclass(frozen=True, slots=True)
class Booking:
    """A time from `start` until just before `stop`, and what it occupies, e.g. ("doctor", 7)."""

    key: Hashable
    start: datetime
    stop: datetime
    occupies: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Collision:
    """Two bookings that want one thing at one time."""

    first: Booking
    second: Booking
    what: str


def collisions(bookings: Iterable[Booking]) -> Iterator[Collision]:
    """Yield each pair of bookings that collide; touching ends do not. Cost: a sort, and the overlaps
    themselves.
    """
    calendars: dict[tuple[str, int], list[Booking]] = defaultdict(list)
    for booking in bookings:
        for thing in booking.occupies:
            calendars[thing].append(booking)
    for (what, _), booked in calendars.items():
        running: list[Booking] = []
        for booking in sorted(booked, key=lambda each: (each.start, each.stop)):
            running = [each for each in running if each.stop > booking.start]
            yield from (Collision(each, booking, what) for each in running)
            running.append(booking)
