"""The closing entry of a session, from its tickets: sales by account and taxes, taxes, money by method, what rounding and
counting left. No records. The sum of all lines is zero, because every ticket's is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sold:
    """What one line of a ticket sold: net, on an account, with these taxes."""

    account: int
    taxes: tuple[int, ...]
    net: Decimal


@dataclass(frozen=True, slots=True)
class Taxed:
    """One tax of one line: on which account, on what base."""

    tax: int
    account: int
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Received:
    """Money by one method on an account; `partner` (0: nobody) owes it when it was not paid at all."""

    method: int
    account: int
    partner: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as the ledger sees it. An invoiced one has no sales here, its invoice has: `owed_on` is the account and
    partner of the invoice's open item.
    """

    key: int
    total: Decimal
    sold: tuple[Sold, ...]
    taxed: tuple[Taxed, ...]
    received: tuple[Received, ...]
    owed_on: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Till:
    """The cash of a till apart from its tickets: on which account it is, how much more was counted than there should
    be, and what was moved, each by its key, from or to another account.
    """

    account: int
    counted_off: Decimal = _ZERO
    moved: tuple[tuple[int, Decimal], ...] = ()
    moved_account: int = 0


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A ledger line; debits are positive. `kind`: sale, tax, money, open, invoice, rounding, count or moved; `ticket` is
    the key of what it is of.
    """

    kind: str
    account: int
    amount: Decimal
    partner: int = 0
    taxes: tuple[int, ...] = ()
    tax: int = 0
    base: Decimal = _ZERO
    method: int = 0
    ticket: int = 0


def closing(tickets: Iterable[Ticket], till: Till, gain_account: int, loss_account: int) -> list[EntryLine]:
    """The lines of the entry."""
    sums: dict[EntryLine, Decimal] = defaultdict(lambda: _ZERO)
    bases: dict[EntryLine, Decimal] = defaultdict(lambda: _ZERO)
    rounding = _ZERO
    for ticket in tickets:
        if ticket.owed_on is None:
            _add_sales(ticket, sums, bases)
        else:
            account, partner = ticket.owed_on
            unpaid = sum((each.amount for each in ticket.received if each.partner), _ZERO)
            line = EntryLine("invoice", account, _ZERO, partner=partner, ticket=ticket.key)
            sums[line] -= ticket.total - unpaid
        for each in ticket.received:
            if each.partner and ticket.owed_on is not None:
                continue  # the invoice itself stays open for it
            kind = "open" if each.partner else "money"
            sums[EntryLine(kind, each.account, _ZERO, partner=each.partner, method=each.method)] += (
                each.amount
            )
        rounding += sum((each.amount for each in ticket.received), _ZERO) - ticket.total
    found = [_filled(line, amount, bases.get(line, _ZERO)) for line, amount in sums.items()]
    found.append(EntryLine("rounding", gain_account if rounding > 0 else loss_account, -rounding))
    for key, amount in till.moved:
        found.append(EntryLine("moved", till.account, amount, ticket=key))
        found.append(EntryLine("moved", till.moved_account, -amount, ticket=key))
    off = till.counted_off
    found.append(EntryLine("count", till.account, off))
    found.append(EntryLine("count", gain_account if off > 0 else loss_account, -off))
    return [line for line in found if line.amount]


def taken_back(ticket: Ticket, account: int, partner: int) -> list[EntryLine]:
    """The lines that take a ticket's sales out of a closing entry, because an invoice has them now: against the open
    item of the invoice, and of what the customer still owes of it.
    """
    sums: dict[EntryLine, Decimal] = defaultdict(lambda: _ZERO)
    bases: dict[EntryLine, Decimal] = defaultdict(lambda: _ZERO)
    _add_sales(ticket, sums, bases)
    found = [_filled(line, -amount, -bases.get(line, _ZERO)) for line, amount in sums.items()]
    owed = sum((each.amount for each in ticket.received if each.partner), _ZERO)
    found.append(EntryLine("invoice", account, owed - ticket.total, partner=partner, ticket=ticket.key))
    found.append(EntryLine("open", account, -owed, partner=partner, ticket=ticket.key))
    return [line for line in found if line.amount]


def _add_sales(ticket: Ticket, sums: dict[EntryLine, Decimal], bases: dict[EntryLine, Decimal]) -> None:
    for sold in ticket.sold:
        sums[EntryLine("sale", sold.account, _ZERO, taxes=sold.taxes)] -= sold.net
    for taxed in ticket.taxed:
        line = EntryLine("tax", taxed.account, _ZERO, tax=taxed.tax)
        sums[line] -= taxed.amount
        bases[line] -= taxed.base


def _filled(line: EntryLine, amount: Decimal, base: Decimal) -> EntryLine:
    return EntryLine(
        line.kind,
        line.account,
        amount,
        partner=line.partner,
        taxes=line.taxes,
        tax=line.tax,
        base=base,
        method=line.method,
        ticket=line.ticket,
    )
