"""When a series takes place: a rule as plain values, its slots on the wall clock, and its text of RFC 5545. No records.

Slots are naive: nine o'clock stays nine o'clock when clocks change. `wall_clock.py` gives them a zone.
The arithmetic of rules is python-dateutil's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

from dateutil import rrule

MAX_OCCURRENCES = 720
"""How many events a series makes at most; a series without end has as many, or those of its first 20 years."""
MAX_INTERVAL = 999
HORIZON = dt.timedelta(days=20 * 366)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PLACES = ("1", "2", "3", "4", "-1")
TYPES = ("daily", "weekly", "monthly", "yearly")

_FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {
    "daily": rrule.DAILY,
    "weekly": rrule.WEEKLY,
    "monthly": rrule.MONTHLY,
    "yearly": rrule.YEARLY,
}
_WEEKDAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "WKST"})


@dataclass(frozen=True, slots=True)
class Rule:
    """How a series repeats.

    `weekdays`: 0 is Monday; for weekly rules. `day`: the day of the month, or `place` ("1" to "4", "-1" the last) and
    one weekday: for monthly rules. The end is `count` slots, the day `until`, or neither.
    """

    kind: str
    interval: int = 1
    count: int | None = None
    until: dt.date | None = None
    weekdays: frozenset[int] = frozenset()
    day: int | None = None
    place: str | None = None

    def slots(self, start: dt.datetime) -> list[dt.datetime]:
        """The slots from a naive start on, at most one more than MAX_OCCURRENCES: then it has too many."""
        found = islice(self._iterate(start), MAX_OCCURRENCES + 1)
        if self.count is None and self.until is None:
            return [slot for slot in islice(found, MAX_OCCURRENCES) if slot - start <= HORIZON]
        return list(found)

    def _iterate(self, start: dt.datetime) -> rrule.rrule:
        until = None if self.until is None else dt.datetime.combine(self.until, dt.time.max)
        if self.count is None and self.until is None:
            until = start + HORIZON if start.year < dt.MAXYEAR - 30 else None
        return rrule.rrule(
            _FREQUENCIES[self.kind],
            dtstart=start,
            interval=self.interval,
            count=self.count,
            until=until,
            wkst=rrule.MO,
            byweekday=self._byweekday(),
            bymonthday=self.day if self.kind == "monthly" else None,
        )

    def _byweekday(self) -> list[Any] | None:
        if self.kind == "weekly" and self.weekdays:
            return [_WEEKDAYS[each] for each in sorted(self.weekdays)]
        if self.kind == "monthly" and self.place:
            return [_WEEKDAYS[each](int(self.place)) for each in sorted(self.weekdays)]
        return None

    def completed(self, start: dt.datetime) -> Rule:
        """The rule with what it leaves open taken from the first day."""
        if self.kind == "weekly" and not self.weekdays:
            return replace(self, weekdays=frozenset({start.weekday()}))
        if self.kind == "monthly" and self.place and not self.weekdays:
            return replace(self, weekdays=frozenset({start.weekday()}))
        if self.kind == "monthly" and not self.place and self.day is None:
            return replace(self, day=start.day)
        return self

    def moved(self, old: dt.datetime, new: dt.datetime) -> Rule:
        """The rule of a series whose slot `old` is moved to `new`: its days move along."""
        days = (new.date() - old.date()).days
        if not days or self.kind in {"daily", "yearly"}:
            return self
        if self.kind == "weekly":
            return replace(self, weekdays=frozenset((each + days) % 7 for each in self.weekdays))
        if self.place:
            return replace(self, weekdays=frozenset({new.weekday()}), place=place_of(new.date()))
        return replace(self, day=new.day)

    def text(self) -> str:
        """The value of an RRULE, e.g. `FREQ=WEEKLY;INTERVAL=2;COUNT=5;BYDAY=MO,WE`. `until` is a day."""
        parts = [f"FREQ={self.kind.upper()}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        elif self.until is not None:
            parts.append(f"UNTIL={self.until:%Y%m%d}")
        codes = [_CODES[each] for each in sorted(self.weekdays)]
        if self.kind == "weekly" and codes:
            parts.append("BYDAY=" + ",".join(codes))
        elif self.kind == "monthly" and self.place:
            parts.append("BYDAY=" + ",".join(f"{int(self.place)}{code}" for code in codes))
        elif self.kind == "monthly" and self.day is not None:
            parts.append(f"BYMONTHDAY={self.day}")
        return ";".join(parts)


def place_of(day: dt.date) -> str:
    """Which of its weekday in the month a day is: "1" to "4", and "-1" for a fifth, which is the last."""
    place = (day.day - 1) // 7 + 1
    return "-1" if place == 5 else str(place)


def from_text(text: str) -> Rule:
    """Read the value of an RRULE, with or without `RRULE:`. Raises ValueError saying what cannot be read or kept."""
    given: dict[str, str] = {}
    for part in text.strip().removeprefix("RRULE:").split(";"):
        name, equals, value = part.partition("=")
        if not equals or name.upper() not in _PARTS or name.upper() in given:
            raise ValueError(f"{part[:40]!r} is not a part of a rule that is kept here, or comes twice")
        given[name.upper()] = value.upper()
    kind = given.get("FREQ", "").lower()
    if kind not in TYPES:
        raise ValueError(f"FREQ is one of {', '.join(each.upper() for each in TYPES)}")
    if "COUNT" in given and "UNTIL" in given:
        raise ValueError("COUNT and UNTIL exclude each other")
    if kind != "monthly" and "BYMONTHDAY" in given:
        raise ValueError("BYMONTHDAY goes with MONTHLY")
    weekdays, place = _days(given, kind)
    return Rule(
        kind=kind,
        interval=_number(given, "INTERVAL") or 1,
        count=_number(given, "COUNT"),
        until=_day(given.get("UNTIL")),
        weekdays=weekdays,
        day=_number(given, "BYMONTHDAY"),
        place=place,
    )


def _days(given: Mapping[str, str], kind: str) -> tuple[frozenset[int], str | None]:
    """The weekdays of BYDAY, and which of them in the month (also from BYSETPOS)."""
    if not given.get("BYDAY"):
        if "BYSETPOS" in given:
            raise ValueError("BYSETPOS goes with BYDAY")
        return frozenset(), None
    if kind not in {"weekly", "monthly"}:
        raise ValueError("BYDAY goes with WEEKLY and MONTHLY")
    days, places = set(), set()
    for each in given["BYDAY"].split(","):
        code, place = each[-2:], each[:-2].lstrip("+")
        if code not in _CODES:
            raise ValueError(f"{each[:10]!r} is no weekday")
        days.add(_CODES.index(code))
        places.add(place)
    place = given.get("BYSETPOS") or next(iter(places))
    if kind == "weekly":
        if places != {""} or "BYSETPOS" in given:
            raise ValueError("weekly days have no place")
        return frozenset(days), None
    if len(places) > 1 or len(days) > 1 or place not in PLACES:
        raise ValueError("a monthly rule names one weekday and its place, 1 to 4 or -1 for the last")
    return frozenset(days), place


def _number(given: Mapping[str, str], name: str) -> int | None:
    if name not in given:
        return None
    value = given[name]
    if not value.isascii() or not value.isdigit() or not 1 <= int(value[:6]) <= 10_000:
        raise ValueError(f"{name} is a number from 1 to 10000")
    return int(value[:6])


def _day(text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError as error:
        raise ValueError("UNTIL is a day as YYYYMMDD") from error


def spoken(rule: Rule, labels: Sequence[str] = DAYS) -> str:
    """What a person calls the rule: `Every 2 weeks on Mon, Wed for 5 events`."""
    unit = {"daily": "day", "weekly": "week", "monthly": "month", "yearly": "year"}[rule.kind]
    text = f"Every {unit}" if rule.interval == 1 else f"Every {rule.interval} {unit}s"
    days = ", ".join(labels[each].title() for each in sorted(rule.weekdays))
    if rule.kind == "weekly" and days:
        text += f" on {days}"
    elif rule.kind == "monthly" and rule.place:
        names = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
        text += f" on the {names[rule.place]} {days}"
    elif rule.kind == "monthly" and rule.day:
        text += f" on day {rule.day}"
    if rule.count is not None:
        return f"{text} for {rule.count} events"
    return f"{text} until {rule.until:%Y-%m-%d}" if rule.until else text
