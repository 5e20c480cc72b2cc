"""Arithmetic of quantities: sums without the noise of binary fractions. Pure; no records.

Quantities are floats with six decimals, as the wires carry them; sums are made of exact decimals.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

DIGITS = (16, 6)
"""Digits of every stored quantity."""
_STEP = Decimal("0.000001")


def total(numbers: Iterable[float]) -> float:
    """The exact sum, to six decimals."""
    return settled(sum((Decimal(repr(float(number))) for number in numbers), Decimal(0)))


def minus(one: float, other: float) -> float:
    """The exact difference, to six decimals."""
    return settled(Decimal(repr(float(one))) - Decimal(repr(float(other))))


def settled(number: Decimal | float) -> float:
    """A number to six decimals; zero is never negative."""
    exact = number if isinstance(number, Decimal) else Decimal(repr(float(number)))
    return float(exact.quantize(_STEP)) + 0.0


def is_none(number: float) -> bool:
    """Whether a quantity counts as nothing."""
    return settled(number) == 0
