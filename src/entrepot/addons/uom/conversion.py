"""Quantities from one unit into another, and rounding to what a unit can be counted in. Pure, exact decimals
inside.

A unit's factor says how many of it make one of its category's reference unit: kg 1, g 1000, dozen 1/12.
"""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from typing import Literal, TypeAlias

Method: TypeAlias = Literal["HALF-UP", "UP", "DOWN"]

_MODES = {"HALF-UP": ROUND_HALF_UP, "UP": ROUND_CEILING, "DOWN": ROUND_FLOOR}
_NOISE = 12
"""Significant digits that survive a chain of float factors; what lies beyond is noise and must not round UP a
whole.
"""


def rounded(quantity: float, rounding: float, method: Method = "HALF-UP") -> float:
    """The multiple of `rounding` for a quantity; UP and DOWN are away from and towards zero."""
    if not rounding:
        return quantity
    with localcontext(prec=50):
        step = Decimal(repr(rounding))
        count = abs(Decimal(repr(quantity))) / step
        whole = _settled(count).quantize(Decimal(1), rounding=_MODES[method])
        return float((whole * step).copy_sign(Decimal(repr(quantity)))) + 0.0


def converted(quantity: float, factor: float, other_factor: float) -> float:
    """A quantity in a unit of `factor`, told in a unit of `other_factor`."""
    with localcontext(prec=50):
        return float(_settled(Decimal(repr(quantity)) / Decimal(repr(factor)) * Decimal(repr(other_factor))))


def _settled(number: Decimal) -> Decimal:
    if not number:
        return Decimal(0)
    return number.quantize(Decimal(1).scaleb(number.adjusted() - _NOISE), rounding=ROUND_HALF_UP)
