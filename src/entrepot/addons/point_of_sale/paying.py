"""Whether what was paid settles a ticket, what is given back, and what rounding leaves. No records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from entrepot.addons.base.rounding import round_to

_ZERO = Decimal(0)


class NotSettledError(ValueError):
    """The payments do not settle the ticket; `code` says how: `unpaid`, `overpaid`."""

    def __init__(self, code: str, message: str) -> None:
        """Say what to do."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment: an amount, in cash or not. Money handed out is negative."""

    amount: Decimal
    cash: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What a paid ticket comes to: `paid - change - rounding` is its total."""

    change: Decimal
    rounding: Decimal


def settle(total: Decimal, payments: Iterable[Paid], cash_step: Decimal = _ZERO) -> Settled:
    """Settle a ticket. With a payment in cash its total is rounded to a multiple of `cash_step` (0: not at all).

    Change is given in cash, and no more than came in cash. What a refund pays out is exact. Raises NotSettledError.
    """
    found = tuple(payments)
    paid = sum((each.amount for each in found), _ZERO)
    cash = sum((each.amount for each in found if each.cash), _ZERO)
    in_cash = any(each.cash for each in found)
    due = round_to(total, cash_step) if in_cash and cash_step else total
    if paid == due:
        return Settled(_ZERO, due - total)
    if total < 0:
        raise NotSettledError("overpaid" if paid < due else "unpaid", f"Pay out exactly {-due}, not {-paid}.")
    if paid < due:
        raise NotSettledError("unpaid", f"{due - paid} is still to be paid.")
    change = paid - due
    if change > cash:
        text = f"{paid} is more than {due}: only cash gives change, and only as much as came in cash."
        raise NotSettledError("overpaid", text)
    return Settled(change, due - total)
