"""How a payer's sum is spread over the lines it pays for, when it does not say so itself. Exact, no records."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Spread(Generic[Key]):
    """What each line gets, and what is left of the sum."""

    parts: dict[Key, Decimal]
    rest: Decimal


def spread(amount: Decimal, owed: Sequence[tuple[Key, Decimal]]) -> Spread[Key]:
    """Pay what is owed from first to last until the amount is spent; nothing is ever paid twice or below zero."""
    left = max(amount, _NOTHING)
    parts: dict[Key, Decimal] = {}
    for key, open_amount in owed:
        parts[key] = min(left, max(open_amount, _NOTHING))
        left -= parts[key]
    return Spread(parts, left)
