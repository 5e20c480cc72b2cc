"""Which rule of a price list holds for a product, and the price it makes. Pure, exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal, TypeAlias

from entrepot.addons.base.rounding import round_to

AppliedOn: TypeAlias = Literal["3_global", "2_product_category", "1_product", "0_product_variant"]
ComputePrice: TypeAlias = Literal["fixed", "percentage", "formula"]
Base: TypeAlias = Literal["list_price", "standard_price", "pricelist"]

_HUNDRED = Decimal(100)
_NOTHING = Decimal(0)
_STORED = Decimal("0.0001")
"""Unit prices keep four decimals, so that screws may cost a quarter of a cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a price list. Amounts are for one default unit of the product, in the price list's currency."""

    id: int
    applied_on: AppliedOn = "3_global"
    target: int = 0
    """The variant, template or category it is for; 0 for all products."""
    min_quantity: Decimal = _NOTHING
    start: datetime | None = None
    end: datetime | None = None
    compute: ComputePrice = "fixed"
    base: Base = "list_price"
    base_pricelist: int = 0
    fixed: Decimal = _NOTHING
    percent: Decimal = _NOTHING
    discount: Decimal = _NOTHING
    step: Decimal = _NOTHING
    surcharge: Decimal = _NOTHING
    min_margin: Decimal = _NOTHING
    max_margin: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Ware:
    """What a rule asks of a product: its variant (0 for a template), its template and its categories, nearest first."""

    product: int
    template: int
    categories: tuple[int, ...]


@dataclass(slots=True)
class Rules:
    """The rules of one price list, found by what they are for."""

    by_target: dict[tuple[str, int], list[Rule]] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> Rules:
        """Sort rules by target, the larger quantity first, of equal ones the newer."""
        found = cls()
        for rule in rules:
            target = 0 if rule.applied_on == "3_global" else rule.target
            found.by_target.setdefault((rule.applied_on, target), []).append(rule)
        for each in found.by_target.values():
            each.sort(key=_larger_and_newer)
        return found

    def choose(self, ware: Ware, quantity: Decimal, moment: datetime) -> Rule | None:
        """The rule that holds for a quantity (in default units) at a moment; None when none does.

        A variant's rule goes before its template's, that before those of categories, those before rules for all. Within
        one kind the larger minimum goes first, then the nearer category, then the newer rule.
        """
        for applied_on, targets in _places(ware):
            best: tuple[Decimal, int, int] | None = None
            chosen: Rule | None = None
            for distance, target in enumerate(targets):
                rule = self._first(applied_on, target, quantity, moment)
                if rule is None:
                    continue
                rank = (rule.min_quantity, -distance, rule.id)
                if best is None or rank > best:
                    best, chosen = rank, rule
            if chosen is not None:
                return chosen
        return None

    def _first(self, applied_on: str, target: int, quantity: Decimal, moment: datetime) -> Rule | None:
        for rule in self.by_target.get((applied_on, target), ()):
            if holds(rule, quantity, moment):
                return rule
        return None


def holds(rule: Rule, quantity: Decimal, moment: datetime) -> bool:
    """Whether a rule's minimum is reached and the moment lies within its days; both ends belong to it."""
    if rule.min_quantity and quantity < rule.min_quantity:
        return False
    return not ((rule.start and moment < rule.start) or (rule.end and moment > rule.end))


def price(rule: Rule | None, base: Decimal, units: Decimal = Decimal(1)) -> Decimal:
    """The price that a rule makes of a base price, both for one asked unit of `units` default units.

    Without a rule it is the base. A formula takes the discount off, rounds to its step, adds the surcharge, and keeps
    to the margins, in this order.
    """
    if rule is None:
        return rounded(base)
    if rule.compute == "fixed":
        return rounded(rule.fixed * units)
    if rule.compute == "percentage":
        return rounded(base - base * rule.percent / _HUNDRED)
    amount = base - base * rule.discount / _HUNDRED
    if rule.step:
        amount = round_to(amount, rule.step)
    amount += rule.surcharge * units
    if rule.min_margin:
        amount = max(amount, base + rule.min_margin * units)
    if rule.max_margin:
        amount = min(amount, base + rule.max_margin * units)
    return rounded(amount)


def rounded(amount: Decimal) -> Decimal:
    """A unit price as it is kept: four decimals, ties away from zero."""
    return amount.quantize(_STORED, rounding=ROUND_HALF_UP)


def _larger_and_newer(rule: Rule) -> tuple[Decimal, int]:
    return (-rule.min_quantity, -rule.id)


def _places(ware: Ware) -> Iterable[tuple[AppliedOn, Sequence[int]]]:
    if ware.product:
        yield "0_product_variant", (ware.product,)
    yield "1_product", (ware.template,)
    yield "2_product_category", ware.categories
    yield "3_global", (0,)
