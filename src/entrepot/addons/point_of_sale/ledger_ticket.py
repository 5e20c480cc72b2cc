"""Tickets as the ledger sees them: from records to the plain values that `settlement` adds up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entrepot.addons.point_of_sale.settlement import Received, Sold, Taxed, Ticket


def ledger_tickets(orders: Any, *, as_sold: bool = False) -> list[Ticket]:
    """One value for each ticket. `as_sold`: with its sales, also when it is invoiced."""
    return [_ticket(order, as_sold=as_sold) for order in orders]


def receivable_of(partner: Any, company: Any) -> Any:
    """The account on which a customer owes a company."""
    own = partner.commercial_partner_id.property_account_receivable_id
    return own if own and own.company_id == company else company.default_receivable_account_id


def income_of(product: Any, company: Any) -> Any:
    """Where sales of a product are booked: its own account, its category's or one above, the company's."""
    candidates = [product.property_account_income_id]
    category = product.categ_id
    while category and len(candidates) < 20:
        candidates.append(category.property_account_income_categ_id)
        category = category.parent_id
    candidates.append(company.default_income_account_id)
    return next((each for each in candidates if each and each.company_id == company), candidates[-1])


def _ticket(order: Any, *, as_sold: bool) -> Ticket:
    company = order.company_id
    sold: list[Sold] = []
    taxed: list[Taxed] = []
    for line in order.lines:
        account = income_of(line.product_id, company).id
        shares = line.tax_shares or []
        sold.append(Sold(account, tuple(sorted(key for key, _, _ in shares)), line.price_subtotal))
        taxes = order.env["account.tax"].browse(key for key, _, _ in shares)
        for tax, (key, base, amount) in zip(taxes, shares, strict=True):
            on = tax.account_for(refund=line.qty < 0).id or account
            taxed.append(Taxed(key, on, Decimal(base), Decimal(amount)))
    owed = None
    if order.account_move and not as_sold:
        partner = order.account_move.commercial_partner_id
        owed = (receivable_of(partner, company).id, partner.id)
    return Ticket(order.id, order.amount_total, tuple(sold), tuple(taxed), _received(order), owed)


def _received(order: Any) -> tuple[Received, ...]:
    found = []
    for payment in order.payment_ids:
        method = payment.payment_method_id
        if method.type == "pay_later":
            partner = order.partner_id.commercial_partner_id
            found.append(
                Received(method.id, receivable_of(partner, order.company_id).id, partner.id, payment.amount)
            )
        else:
            journal = method.journal_id
            waiting = journal.payment_debit_account_id or journal.default_account_id
            found.append(Received(method.id, waiting.id, 0, payment.amount))
    return tuple(found)
