"""Busy times: intervals joined where they touch or overlap. No records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

Interval = tuple[dt.datetime, dt.datetime]


def clipped(interval: Interval, within: Interval) -> Interval | None:
    """The part of an interval within another; None when they do not overlap. Ends are not part of an interval."""
    start, stop = max(interval[0], within[0]), min(interval[1], within[1])
    return (start, stop) if start < stop else None


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """The same times as few intervals as possible, in order."""
    found: list[Interval] = []
    for start, stop in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((start, stop))
    return found


def gaps(busy: Iterable[Interval], within: Interval) -> list[Interval]:
    """The free times between joined busy intervals."""
    free: list[Interval] = []
    at = within[0]
    for start, stop in busy:
        if start > at:
            free.append((at, start))
        at = max(at, stop)
    return [*free, (at, within[1])] if at < within[1] else free
