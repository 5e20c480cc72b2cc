"""How late open items are at a day: not due yet, up to 30 days, up to 60 … Pure: dates and exact money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

BUCKETS: Final = (0, 30, 60, 90, 120)
"""Days late where a bucket ends: the first holds what is not late, one more holds what is later than the last."""


@dataclass(frozen=True, slots=True)
class Due:
    """What a partner owes from one line at the day asked about."""

    partner: int
    day: date
    amount: Decimal


def names(buckets: Sequence[int] = BUCKETS) -> tuple[str, ...]:
    """The names of the columns: `not_due`, `1_30`, `31_60`, `61_90`, `91_120`, `older`."""
    between = (f"{low + 1}_{high}" for low, high in pairwise(buckets))
    return ("not_due", *between, "older")


def age(items: Iterable[Due], at: date, buckets: Sequence[int] = BUCKETS) -> dict[int, tuple[Decimal, ...]]:
    """Partner -> the sum in each bucket, in the order of `names`. Due on the day itself is not late."""
    found: dict[int, list[Decimal]] = {}
    for item in items:
        row = found.setdefault(item.partner, [Decimal(0)] * (len(buckets) + 1))
        late = (at - item.day).days
        place = next((place for place, limit in enumerate(buckets) if late <= limit), len(buckets))
        row[place] += item.amount
    return {partner: tuple(row) for partner, row in found.items()}
