"""Periods of `read_group`: where the next one begins, and what people call them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
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
_SCRIPTS = {"latin": "Latn", "cyrillic": "Cyrl"}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def following(start: datetime, grain: str, *, is_date: bool) -> datetime | None:
    """The first moment of the period after the one that starts here (naive, local); None past the last year."""
    try:
        if grain in _STEPS:
            # a day has no hours: its hour is the whole of it
            return start + _STEPS["day" if is_date and grain == "hour" else grain]
        months = start.month - 1 + _MONTHS[grain]
        return start.replace(year=start.year + months // 12, month=months % 12 + 1)
    except (ValueError, OverflowError):
        return None


def label(start: datetime, grain: str, lang: str) -> str:
    """What people call the period, in their language."""
    return format_datetime(start, _PATTERNS[grain], locale=_locale(lang))


def _locale(lang: str) -> Locale:
    """The language as babel knows it, whose scripts have other names. One that it lacks reads as English."""
    code, _, script = lang.partition("@")
    for each in (f"{code}_{_SCRIPTS.get(script, script)}", code, code.partition("_")[0]):
        try:
            return Locale.parse(each)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en", "US")


def bound(moment: datetime, *, is_date: bool, tz: str | None) -> str:
    """A local moment as domains compare it: a day, or a UTC moment."""
    if is_date:
        return moment.date().isoformat()
    try:
        utc = moment.replace(tzinfo=ZoneInfo(tz) if tz else UTC).astimezone(UTC)
    except OverflowError:  # the first and last day of the calendar have no other zone
        utc = moment
    return utc.replace(tzinfo=None).isoformat(" ", "seconds")


def read(raw: str) -> datetime:
    """A store's truncated date or datetime as a naive local moment."""
    day = date.fromisoformat(raw[:10])
    hour = int(raw[11:13]) if len(raw) > len("YYYY-MM-DD") else 0
    return datetime(day.year, day.month, day.day, hour)  # noqa: DTZ001 - local on purpose
