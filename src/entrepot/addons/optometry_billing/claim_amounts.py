"""The amounts of a claim: what a payer's answer leaves open, and what it changes in the clinic's books.

Exact, no records. A charge ends as paid + adjusted + the patient's; until then the rest is the balance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from entrepot.errors import Problem

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """The amounts of one line of a claim, or of a whole one."""

    charge: Decimal
    paid: Decimal = _NOTHING
    adjustment: Decimal = _NOTHING
    patient: Decimal = _NOTHING

    @property
    def answered(self) -> Decimal:
        """How much of the charge the payer has decided on."""
        return self.paid + self.adjustment + self.patient

    @property
    def balance(self) -> Decimal:
        """What is not decided on yet."""
        return self.charge - self.answered

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(
            self.charge + other.charge,
            self.paid + other.paid,
            self.adjustment + other.adjustment,
            self.patient + other.patient,
        )


@dataclass(frozen=True, slots=True)
class Booked:
    """What the clinic has invoiced for a line: the payer's part, the patient's, and the discount it gave."""

    insurer: Decimal
    patient: Decimal
    discount: Decimal = _NOTHING


@dataclass(frozen=True, slots=True)
class Correction:
    """What an answer changes in the books: the patient owes more (or less), the clinic writes off more (or less).

    `insurer` is what the payer's invoice is too high by.
    """

    patient: Decimal
    write_off: Decimal

    @property
    def insurer(self) -> Decimal:
        """The two together."""
        return self.patient + self.write_off


def total(lines: Iterable[Amounts]) -> Amounts:
    """The amounts of several lines together."""
    return sum(lines, Amounts(_NOTHING))


def problems(amounts: Amounts, *, path: str = "paid") -> Iterator[Problem]:
    """What is wrong with an answer: a part below zero, or more than was charged."""
    for name, value in (
        ("charge", amounts.charge),
        ("paid", amounts.paid),
        ("adjustment", amounts.adjustment),
        ("patient_resp", amounts.patient),
    ):
        if value < 0:
            yield Problem(name, "negative", f"{name} is {value}: it cannot be below zero.")
    if amounts.answered > amounts.charge:
        message = (
            f"Paid, adjusted and the patient's share are {amounts.answered} together, more than the charge of "
            f"{amounts.charge}."
        )
        yield Problem(path, "too_much", message)


def correction(amounts: Amounts, booked: Booked) -> Correction:
    """How a fully answered charge differs from what was invoiced when it was sold.

    The payer's invoice less the correction is exactly what it paid.
    """
    return Correction(amounts.patient - booked.patient, amounts.adjustment - booked.discount)


def state_after(amounts: Amounts) -> str:
    """The state a payer's answer brings a claim to: denied, partially_paid or paid."""
    if amounts.balance == 0:
        return "paid" if amounts.paid > 0 or amounts.charge == 0 else "denied"
    return "partially_paid"
