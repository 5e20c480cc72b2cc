"""How much of an order is paid in advance, a line for each way of taxing. Pure, exact decimals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_KEPT = Decimal("0.000001")
"""Unit prices of lines keep six decimals, so that a round sum with tax stays round."""


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a down payment: its price, as the lines it is a share of give theirs, and its taxes."""

    taxes: tuple[int, ...]
    price: Decimal


def share(amount: Decimal, total: Decimal) -> Decimal:
    """Which part of a total an amount is; all of it where there is no total."""
    return amount / total if total else Decimal(1)


def parts(lines: Iterable[tuple[tuple[int, ...], Decimal]], ratio: Decimal) -> list[Part]:
    """The down payment for lines given as (taxes, price less discount), as this part of them.

    One part for each way of taxing, in the order they are met; those that come to nothing are left out.
    """
    sums: dict[tuple[int, ...], Decimal] = {}
    for taxes, price in lines:
        sums[taxes] = sums.get(taxes, Decimal(0)) + price
    found = [
        Part(taxes, (whole * ratio).quantize(_KEPT, rounding=ROUND_HALF_UP)) for taxes, whole in sums.items()
    ]
    return [part for part in found if part.price]
