"""What a tax says, as values: how much, on what, and whether the price holds it already. No records.

Every tax amount is a straight line over the price without taxes E: `slope * E + fixed`. That holds for percentages, for
fixed amounts, for taxes that are a share of the price with tax, and for taxes on taxes; so the price without taxes is
solved for exactly, however many taxes a price includes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal["percent", "fixed", "division"]


@dataclass(frozen=True, slots=True)
class TaxRule:
    """One tax. `amount` is a percentage, or for `fixed` the amount a unit; `key` is whatever names it (a record's id).

    `division` is a share of the price with tax: 20 on 80 makes 20. `price_include`: the price holds it already.
    `include_base_amount`: taxes after it are on it too, those with `is_base_affected`.
    """

    key: int
    kind: Kind
    amount: Decimal
    price_include: bool = False
    include_base_amount: bool = False
    is_base_affected: bool = True


class Share(NamedTuple):
    """The exact amount of one tax on one line, and what it is worked out on."""

    base: Fraction
    amount: Fraction


class UnsolvableTaxesError(ValueError):
    """The taxes that a price includes add up to all of it or more: no price without them exists."""


def shares(
    price: Fraction, quantity: Fraction, rules: Sequence[TaxRule]
) -> tuple[Fraction, tuple[Share, ...]]:
    """The exact amount without taxes of a line, and the share of each tax in the order of `rules`.

    `price` is that of the whole line, taxes with `price_include` held in it. A fixed tax bears the sign of the price.
    Raises UnsolvableTaxesError.
    """
    count = abs(quantity)
    if price < 0 or (price == 0 and quantity < 0):
        count = -count
    lines = [*_lines(rules, count)]
    slope = 1 + sum(
        (line.slope for line, rule in zip(lines, rules, strict=True) if rule.price_include), Fraction(0)
    )
    fixed = sum(
        (line.fixed for line, rule in zip(lines, rules, strict=True) if rule.price_include), Fraction(0)
    )
    if slope <= 0:
        raise UnsolvableTaxesError("The taxes included in a price must leave something of it.")
    excluded = (price - fixed) / slope
    return excluded, tuple(
        Share(line.base_slope * excluded + line.base_fixed, line.slope * excluded + line.fixed)
        for line in lines
    )


class _Line(NamedTuple):
    """A tax and its base as straight lines over the price without taxes."""

    slope: Fraction
    fixed: Fraction
    base_slope: Fraction
    base_fixed: Fraction


def _lines(rules: Iterable[TaxRule], count: Fraction) -> Iterable[_Line]:
    on_slope, on_fixed = Fraction(1), Fraction(0)
    for rule in rules:
        base_slope, base_fixed = (on_slope, on_fixed) if rule.is_base_affected else (Fraction(1), Fraction(0))
        if rule.kind == "fixed":
            slope, fixed = Fraction(0), Fraction(rule.amount) * count
        else:
            rate = _rate(rule)
            slope, fixed = rate * base_slope, rate * base_fixed
        yield _Line(slope, fixed, base_slope, base_fixed)
        if rule.include_base_amount:
            on_slope, on_fixed = on_slope + slope, on_fixed + fixed


def _rate(rule: TaxRule) -> Fraction:
    part = Fraction(rule.amount) / 100
    if rule.kind == "percent":
        return part
    if part >= 1:
        raise UnsolvableTaxesError("A tax that is a share of the price with tax must be below 100 %.")
    return part / (1 - part)
