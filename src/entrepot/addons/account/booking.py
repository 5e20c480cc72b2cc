"""From the lines of an invoice to the lines of the ledger: taxes, installments, and a sum of zero. Pure.

Amounts are worked out in the document's currency; each ledger line is then rounded into the company's currency by
itself, and what rounding leaves over goes to the open items, so that the entry always balances in both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from entrepot.addons.account.tax_engine import DocumentTotals, PricedLine, Rounding, compute_document

Installments = Callable[[Decimal], list[tuple[date, Decimal]]]
"""The parts of an amount and when they fall due."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a document is told to the ledger: `direction` of its product lines, foreign units for one of the company's,
    the smallest amounts of both currencies, and how taxes are rounded.
    """

    direction: int
    rate: Decimal
    step: Decimal
    company_step: Decimal
    rounding: Rounding


@dataclass(frozen=True, slots=True)
class Amount:
    """The same amount in the document's currency and in the company's, debits positive."""

    currency: Decimal
    company: Decimal


@dataclass(frozen=True, slots=True)
class TaxEntry:
    """A tax line: of which tax, on which account, on what base."""

    tax: int
    account: int
    base: Decimal
    amount: Amount


@dataclass(frozen=True, slots=True)
class Booking:
    """All ledger lines of an invoice; `products` has one amount a line given, `open_items` one a day."""

    totals: DocumentTotals
    products: tuple[Amount, ...]
    taxes: tuple[TaxEntry, ...]
    open_items: tuple[tuple[date, Amount], ...]


def book(
    lines: Sequence[tuple[PricedLine, int]],
    tax_accounts: dict[int, int],
    terms: Terms,
    installments: Installments,
) -> Booking:
    """Book lines with their accounts. `tax_accounts`: tax -> account; a tax without one is booked with its line.

    The sum of all amounts is zero in both currencies. Raises UnsolvableTaxesError.
    """
    totals = compute_document([line for line, _ in lines], terms.step, terms.rounding)
    products = tuple(_amount(terms.direction * line.excluded, terms) for line in totals.lines)
    taxes = _taxes(totals, [account for _, account in lines], tax_accounts, terms)
    booked = [*products, *(tax.amount for tax in taxes)]
    left = Amount(
        -sum((each.currency for each in booked), Decimal(0)),
        -sum((each.company for each in booked), Decimal(0)),
    )
    return Booking(totals, products, taxes, _open_items(left, terms, installments))


def _taxes(
    totals: DocumentTotals, accounts: Sequence[int], tax_accounts: dict[int, int], terms: Terms
) -> tuple[TaxEntry, ...]:
    bases: dict[tuple[int, int], Decimal] = {}
    amounts: dict[tuple[int, int], Decimal] = {}
    for line, account in zip(totals.lines, accounts, strict=True):
        for share in line.taxes:
            key = (share.key, tax_accounts.get(share.key, 0) or account)
            bases[key] = bases.get(key, Decimal(0)) + share.base
            amounts[key] = amounts.get(key, Decimal(0)) + share.amount
    return tuple(
        TaxEntry(
            tax,
            account,
            terms.direction * _company(bases[tax, account], terms),
            _amount(terms.direction * amount, terms),
        )
        for (tax, account), amount in amounts.items()
        if amount
    )


def _open_items(left: Amount, terms: Terms, installments: Installments) -> tuple[tuple[date, Amount], ...]:
    parts = installments(left.currency)
    done: list[tuple[date, Amount]] = []
    rest = left.company
    for place, (day, part) in enumerate(parts):
        company = rest if place == len(parts) - 1 else _company(part, terms)
        rest -= company
        done.append((day, Amount(part, company)))
    return tuple(done)


def _amount(currency: Decimal, terms: Terms) -> Amount:
    return Amount(currency, _company(currency, terms))


def _company(amount: Decimal, terms: Terms) -> Decimal:
    if terms.rate == 1 and terms.step == terms.company_step:
        return amount
    return (amount / terms.rate / terms.company_step).quantize(
        Decimal(1), rounding=ROUND_HALF_UP
    ) * terms.company_step
