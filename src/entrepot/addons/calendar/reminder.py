"""When reminders of an event are due, and what they say. No records."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable
from zoneinfo import ZoneInfo

LATE = dt.timedelta(minutes=15)
"""How long after an event began a reminder that should have gone out before still makes sense."""


def next_due(
    begins: dt.datetime | None, minutes: Iterable[int], after: dt.datetime, *, included: bool
) -> dt.datetime | None:
    """The first moment at which one of several reminders, each some minutes before the start, is due after a moment
    (or at it, if `included`); None when all are past.
    """
    if begins is None:
        return None
    moments = (begins - dt.timedelta(minutes=each) for each in minutes)
    return min((each for each in moments if each > after or (included and each == after)), default=None)


def is_worth_it(begins: dt.datetime, now: dt.datetime) -> bool:
    """Whether to remind of an event at all: it has not begun, or only just."""
    return now < begins + LATE


def text_of(
    name: str, begins: dt.datetime, zone: str, *, whole_day: bool, place: str | None
) -> tuple[str, str]:
    """Subject and body (HTML) of a reminder, the time as clocks show it in a zone."""
    local = begins.astimezone(ZoneInfo(zone))
    when = f"{local:%Y-%m-%d}" if whole_day else f"{local:%Y-%m-%d %H:%M} ({zone})"
    subject = " ".join(f"Reminder: {name}, {when}".split())
    lines = [f"<strong>{html.escape(name)}</strong>", html.escape(when)]
    if place:
        lines.append(html.escape(place))
    return subject[:250], "<p>" + "<br>".join(lines) + "</p>"
