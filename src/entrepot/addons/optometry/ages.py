"""Ages from birth dates, and back: which birth dates a search for an age means."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

ADULT = 18
OLDEST = 125


def age_on(birth: date, day: date) -> int:
    """Completed years on a day; who was born on 29 February grows older on 1 March in other years."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def months_on(birth: date, day: date) -> int:
    """Completed months on a day."""
    return (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)


def age_text(birth: date, day: date) -> str:
    """The age as people say it: months below two years, else years."""
    months = months_on(birth, day)
    return f"{months} months" if months < 24 else f"{age_on(birth, day)} years"


def latest_birth(day: date, years: int) -> date:
    """The latest birth date of somebody who is at least so many years old on a day."""
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)  # 29 February of a year that has none


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last day of a shorter month."""
    at = day.year * 12 + day.month - 1 + months
    year, month = at // 12, at % 12 + 1
    last = 31 if month == 12 else (date(year, month + 1, 1) - date(year, month, 1)).days
    return date(year, month, min(day.day, last))


def age_domain(field: str, operator: str, value: Any, day: date) -> list[Any]:
    """The domain on a birth date that a condition on the age means. Raises ValueError for an operator without
    sense.
    """
    if value is None or value is False:
        return [(field, "=" if operator in {"=", "in"} else "!=", False)]
    if operator in {"in", "not in"}:
        each = [age_domain(field, "=", one, day) for one in value]
        either: list[Any] = ["|"] * (len(each) - 1)
        either += [part for domain in each for part in domain]
        if not each:
            either = [("id", "=", False)]
        return either if operator == "in" else ["!", *either]
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is no number of years")
    return _compared(field, operator, latest_birth(day, int(value)), latest_birth(day, int(value) + 1))


def _compared(field: str, operator: str, at_least: date, more: date) -> list[Any]:
    """The domain of one comparison: born by `at_least` is at least that old, by `more` a year older."""
    match operator:
        case ">=":
            return [(field, "<=", at_least)]
        case ">":
            return [(field, "<=", more)]
        case "<":
            return [(field, ">", at_least)]
        case "<=":
            return [(field, ">", more)]
        case "=":
            return ["&", (field, "<=", at_least), (field, ">", more)]
        case "!=":
            return ["|", "|", (field, "=", False), (field, ">", at_least), (field, "<=", more)]
        case _:
            raise ValueError(f"{operator} is no comparison of ages")
