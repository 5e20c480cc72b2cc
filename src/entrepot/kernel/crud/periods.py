"""Periods of `read_group`: the first moment of the next one, and what people call it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

GRAINS = ("hour", "day", "week", "month", "quarter", "year")
_PATTERNS = {
    "hour": "HH:mm dd MMM",
    "day": "dd MMM yyyy",
    "week": "'W'w YYYY",
    "month": "MMMM yyyy",
    "quarter": "QQQ yyyy",
    "year": "yyyy",
}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def following(start: datetime, grain: str) -> datetime:
    """The first moment of the period after the one that starts here (naive, local)."""
    if grain in _STEPS:
        return start + _STEPS[grain]
    months = start.month - 1 + _MONTHS[grain]
    return start.replace(year=start.year + months // 12, month=months % 12 + 1)


def label(start: datetime, grain: str, lang: str) -> str:
    """What people call the period, in their language."""
    return format_datetime(start, _PATTERNS[grain], locale=lang)


def bound(moment: datetime, *, is_date: bool, tz: str | None) -> str:
    """A local moment as domains compare it: a day, or a UTC moment."""
    if is_date:
        return moment.date().isoformat()
    aware = moment.replace(tzinfo=ZoneInfo(tz) if tz else UTC)
    return aware.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def read(raw: str) -> datetime:
    """A store's truncated date or datetime as a naive local moment."""
    if len(raw) == 10:
        day = date.fromisoformat(raw)
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local on purpose
    return datetime.fromisoformat(raw)
