"""Who pays what: an insured charge in exact parts. No records, no floats.

A plan has a benefit for each category of charge: up to an allowance the payer pays, less a copay that is due once;
what lies above the allowance is the patient's, often at a discount the plan has agreed with the clinic.
Every charge is the sum of its three parts, to the cent, whatever the numbers are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CATEGORIES: Sequence[tuple[str, str]] = (
    ("exam", "Exam"),
    ("cl_fit", "Contact lens fitting"),
    ("frame", "Frame"),
    ("lens", "Lenses"),
    ("contact_lens", "Contact lenses"),
    ("medical", "Medical service"),
    ("none", "Not insured"),
)
"""What a plan tells apart. `medical` are tests and treatments; `none` is always the patient's."""

_NOTHING = Decimal(0)
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Benefit:
    """What a plan grants in a category: at most `allowance` (None: the whole charge), less the `copay`.

    `discount` is the percentage off what lies above the allowance.
    """

    allowance: Decimal | None = None
    copay: Decimal = _NOTHING
    discount: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Charge:
    """An amount of a category."""

    category: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """A charge in its parts: the payer's, the patient's, and what the clinic lets go."""

    insurer: Decimal
    patient: Decimal
    discount: Decimal = _NOTHING

    @property
    def allowed(self) -> Decimal:
        """What is charged after the discount."""
        return self.insurer + self.patient


def rounded(amount: Decimal, places: int = 2) -> Decimal:
    """An amount in whole cents (or what `places` says), half away from zero."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def split(charges: Sequence[Charge], benefits: Mapping[str, Benefit], *, places: int = 2) -> list[Share]:
    """The shares of charges, in their order; allowance and copay of a category are spent once over all of them.

    A charge of a category without benefit, and one that is not above zero, is the patient's alone.
    """
    left = {category: benefit.allowance for category, benefit in benefits.items()}
    due = {category: benefit.copay for category, benefit in benefits.items()}
    shares = []
    for charge in charges:
        benefit = benefits.get(charge.category)
        if benefit is None or charge.amount <= 0:
            shares.append(Share(_NOTHING, charge.amount))
            continue
        allowance = left[charge.category]
        covered = charge.amount if allowance is None else min(charge.amount, max(allowance, _NOTHING))
        copay = min(due[charge.category], covered)
        over = charge.amount - covered
        discount = min(rounded(over * benefit.discount / _WHOLE, places), over)
        shares.append(Share(covered - copay, copay + over - discount, discount))
        if allowance is not None:
            left[charge.category] = allowance - covered
        due[charge.category] -= copay
    return shares


def part_due(amount: Decimal, whole: Decimal, before: Decimal, now: Decimal, *, places: int = 2) -> Decimal:
    """The part of `amount` that goes with `now` of `whole` units when `before` of them went already.

    However a quantity is cut, the parts add up to the amount: each is what is due so far less what was due before.
    """
    if whole == 0:
        return amount if before == 0 else _NOTHING

    def so_far(units: Decimal) -> Decimal:
        return amount if units >= whole else rounded(amount * units / whole, places)

    return so_far(before + now) - so_far(before)
