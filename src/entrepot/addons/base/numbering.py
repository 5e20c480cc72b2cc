"""How a sequence spells its numbers: `INV/%(year)s/` + `00042`, and when a yearly one starts anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import date, datetime

Reset: TypeAlias = Literal["never", "year", "month", "day"]

_PLACE = re.compile(r"%\(([a-z0-9_]*)\)s|%%|%")
_FORMATS = {
    "year": "%Y",
    "month": "%m",
    "day": "%d",
    "y": "%y",
    "doy": "%j",
    "woy": "%W",
    "weekday": "%w",
    "h24": "%H",
    "h12": "%I",
    "min": "%M",
    "sec": "%S",
}
_WIDEST_PADDING = 40


def interpolate(pattern: str, moment: datetime) -> str:
    """Fill a prefix or suffix with the parts of a moment: `%(year)s`, `%(month)s` … and `%%` for a percent
    sign.

    `%(range_year)s` and `%(current_year)s` are the same place under names that existing sequences use.
    Raises ValueError naming the place that means nothing.
    """

    def fill(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        name = (match[1] or "").removeprefix("range_").removeprefix("current_")
        if name not in _FORMATS:
            raise ValueError(
                f"{match[0]} means nothing here; use " + ", ".join(f"%({key})s" for key in _FORMATS)
            )
        return moment.strftime(_FORMATS[name])

    return _PLACE.sub(fill, pattern)


def number_text(prefix: str, number: int, padding: int, suffix: str, moment: datetime) -> str:
    """Spell one number of a sequence. Padding past 40 counts as 40. Raises ValueError as `interpolate`
    does.
    """
    digits = str(number).zfill(max(0, min(padding, _WIDEST_PADDING)))
    return f"{interpolate(prefix, moment)}{digits}{interpolate(suffix, moment)}"


def period_start(day: date, reset: Reset) -> date | None:
    """The first day of the period in which numbers run on; None when they always do."""
    match reset:
        case "year":
            return day.replace(month=1, day=1)
        case "month":
            return day.replace(day=1)
        case "day":
            return day
        case "never":
            return None
