"""When which part of an amount falls due. Pure: dates and exact money."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias

Part: TypeAlias = Literal["percent", "fixed", "balance"]
Delay: TypeAlias = Literal["days_after", "days_after_end_of_month", "days_after_end_of_next_month"]


@dataclass(frozen=True, slots=True)
class TermRule:
    """One line of a payment term: how much, and how long after the date of the document."""

    part: Part
    amount: Decimal
    days: int
    delay: Delay = "days_after"


def due_date(start: date, rule: TermRule) -> date:
    """The day a line falls due: some days after the document, or after the end of its month or of the next."""
    begin = start
    if rule.delay != "days_after":
        begin = _month_end(start)
        if rule.delay == "days_after_end_of_next_month":
            begin = _month_end(begin + timedelta(days=1))
    return begin + timedelta(days=rule.days)


def installments(
    total: Decimal, start: date, rules: Sequence[TermRule], step: Decimal
) -> list[tuple[date, Decimal]]:
    """The parts of an amount with their days, in the order of the days; they add up to it exactly.

    Each part is a multiple of `step`; the last rule takes what is left. No rules: all of it at once. A fixed part bears
    the sign of the amount.
    """
    if not rules:
        return [(start, total)]
    left = total
    parts: dict[date, Decimal] = {}
    for place, rule in enumerate(rules):
        day = due_date(start, rule)
        if place == len(rules) - 1 or rule.part == "balance":
            amount = left
        elif rule.part == "percent":
            amount = _rounded(total * rule.amount / 100, step)
        else:
            amount = rule.amount.copy_sign(total) if total else Decimal(0)
        left -= amount
        parts[day] = parts.get(day, Decimal(0)) + amount
    kept = {day: amount for day, amount in parts.items() if amount}
    return sorted((kept or {max(parts): total}).items())


def _rounded(amount: Decimal, step: Decimal) -> Decimal:
    return (amount / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
