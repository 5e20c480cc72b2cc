"""Taxes of a line and of a whole document, in money that can be paid. Exact inside, no records, no floats.

Invoices, orders and tickets all call `compute_document`, so that the same lines come to the same cent everywhere.
Two ways of rounding: *per line*, each tax of each line by itself; *globally*, each tax once over the whole document, and
the cents then told to the lines that came nearest to them, so that lines always add up to the document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias

from entrepot.addons.account.tax_rules import Kind, Share, TaxRule, UnsolvableTaxesError, shares

__all__ = [
    "DocumentTotals",
    "Kind",
    "LineTotals",
    "PricedLine",
    "Rounding",
    "TaxRule",
    "TaxShare",
    "UnsolvableTaxesError",
    "compute_document",
    "compute_line",
]

Rounding: TypeAlias = Literal["round_per_line", "round_globally"]

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line to be taxed: unit price, quantity, discount in percent, and its taxes in the order they apply."""

    price_unit: Decimal
    quantity: Decimal = Decimal(1)
    discount: Decimal = Decimal(0)
    taxes: tuple[TaxRule, ...] = ()


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one tax comes to, and on what; `key` is its rule's."""

    key: int
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class LineTotals:
    """A line in money: `included - excluded` is the sum of its taxes, to the cent."""

    excluded: Decimal
    included: Decimal
    taxes: tuple[TaxShare, ...]


@dataclass(frozen=True, slots=True)
class DocumentTotals:
    """All lines, and their sums; `taxes` has one share a tax, in the order they were met."""

    lines: tuple[LineTotals, ...]
    excluded: Decimal
    included: Decimal
    taxes: tuple[TaxShare, ...]


def compute_line(line: PricedLine, step: Decimal = _CENT) -> LineTotals:
    """A line by itself, each tax rounded to a multiple of `step`. Raises UnsolvableTaxesError."""
    return _per_line(_exact(line), line.taxes, Fraction(step))


def compute_document(
    lines: Sequence[PricedLine], step: Decimal = _CENT, rounding: Rounding = "round_per_line"
) -> DocumentTotals:
    """All lines of a document, rounded to multiples of `step` in one of the two ways. Raises UnsolvableTaxesError."""
    unit = Fraction(step)
    exact = [_exact(line) for line in lines]
    if rounding == "round_globally":
        done = _globally(exact, [line.taxes for line in lines], unit)
    else:
        done = [_per_line(each, line.taxes, unit) for each, line in zip(exact, lines, strict=True)]
    bases: dict[int, Decimal] = {}
    amounts: dict[int, Decimal] = {}
    for line in done:
        for share in line.taxes:
            bases[share.key] = bases.get(share.key, Decimal(0)) + share.base
            amounts[share.key] = amounts.get(share.key, Decimal(0)) + share.amount
    return DocumentTotals(
        lines=tuple(done),
        excluded=sum((line.excluded for line in done), Decimal(0)),
        included=sum((line.included for line in done), Decimal(0)),
        taxes=tuple(TaxShare(key, bases[key], amount) for key, amount in amounts.items()),
    )


@dataclass(frozen=True, slots=True)
class _Exact:
    """A line before rounding."""

    price: Fraction
    shares: tuple[Share, ...]


def _exact(line: PricedLine) -> _Exact:
    quantity = Fraction(line.quantity)
    price = Fraction(line.price_unit) * quantity * (1 - Fraction(line.discount) / 100)
    return _Exact(price, shares(price, quantity, line.taxes)[1])


def _per_line(exact: _Exact, rules: Sequence[TaxRule], unit: Fraction) -> LineTotals:
    amounts = [_round(share.amount, unit) for share in exact.shares]
    return _line(_round(exact.price, unit), amounts, rules, unit)


def _line(price: int, amounts: Sequence[int], rules: Sequence[TaxRule], unit: Fraction) -> LineTotals:
    """A line from its price and its taxes, counted in steps: what the price holds is taken off it."""
    excluded = price - sum(amount for amount, rule in zip(amounts, rules, strict=True) if rule.price_include)
    taxes = []
    on = excluded
    for amount, rule in zip(amounts, rules, strict=True):
        taxes.append(
            TaxShare(rule.key, _money(on if rule.is_base_affected else excluded, unit), _money(amount, unit))
        )
        if rule.include_base_amount:
            on += amount
    return LineTotals(_money(excluded, unit), _money(excluded + sum(amounts), unit), tuple(taxes))


def _globally(
    exact: Sequence[_Exact], rules: Sequence[Sequence[TaxRule]], unit: Fraction
) -> list[LineTotals]:
    prices = _allotted([line.price for line in exact], unit)
    amounts = [[0] * len(line.shares) for line in exact]
    places: dict[int, list[tuple[int, int]]] = {}
    for at, each in enumerate(rules):
        for place, rule in enumerate(each):
            places.setdefault(rule.key, []).append((at, place))
    for where in places.values():
        rounded = _allotted([exact[at].shares[place].amount for at, place in where], unit)
        for (at, place), amount in zip(where, rounded, strict=True):
            amounts[at][place] = amount
    return [_line(*each, unit) for each in zip(prices, amounts, rules, strict=True)]


def _allotted(values: Sequence[Fraction], unit: Fraction) -> list[int]:
    """Each value in steps, so that they add up to their rounded sum; who was rounded farthest gives way first."""
    rounded = [_round(value, unit) for value in values]
    missing = _round(sum(values, Fraction(0)), unit) - sum(rounded)
    if missing:
        toward = 1 if missing > 0 else -1
        order = sorted(range(len(values)), key=lambda at: (toward * (rounded[at] * unit - values[at]), at))
        for at in order[: abs(missing)]:
            rounded[at] += toward
    return rounded


def _round(value: Fraction, unit: Fraction) -> int:
    """How many steps a value has, ties away from zero."""
    count = value / unit
    whole, rest = divmod(abs(count.numerator), count.denominator)
    if 2 * rest >= count.denominator:
        whole += 1
    return -whole if count < 0 else whole


def _money(count: int, unit: Fraction) -> Decimal:
    """A number of steps as an exact decimal: a step is a decimal, so the quotient ends."""
    whole = count * unit
    return Decimal(whole.numerator) / Decimal(whole.denominator)
