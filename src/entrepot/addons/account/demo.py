"""A quarter of a small shop: invoices paid, half paid and late, a bill, a credit note. Made once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from entrepot.api import Command, Environment

_CUSTOMERS = (("harbour", "Harbour School"), ("whitfield", "Nora Whitfield"), ("rowing", "Rowing Club North"))
_DOCUMENTS = (
    # type, partner, days ago, label, quantity, price, share that is paid
    ("out_invoice", "harbour", 80, "Safety glasses", 12, 45.0, 100),
    ("out_invoice", "whitfield", 50, "Progressive lenses", 2, 240.0, 50),
    ("out_invoice", "rowing", 35, "Sports glasses", 8, 90.0, 0),
    ("out_refund", "harbour", 20, "Safety glasses, returned", 1, 45.0, 0),
    ("in_invoice", "lenses", 60, "Lens blanks", 100, 6.5, 100),
)


def load(env: Environment) -> None:
    """Make partners and documents once; a second call finds them and leaves them alone."""
    if env.ref("account.demo_harbour", missing_ok=True):
        return
    company = env.ref("base.main_company")
    # Whoever installs works for no company yet; these are the tenant's own books.
    env = env["res.users"].with_context(allowed_company_ids=[company.id]).env
    partners = {
        key: env.upsert(f"account.demo_{key}", "res.partner", {"name": name}, noupdate=True)
        for key, name in (*_CUSTOMERS, ("lenses", "Lens Works"))
    }
    for kind, who, ago, label, quantity, price, paid in _DOCUMENTS:
        day = env.today() - timedelta(days=ago)
        sale = kind.startswith("out")
        tax = company.account_sale_tax_id if sale else company.account_purchase_tax_id
        line = {"name": label, "quantity": quantity, "price_unit": price, "tax_ids": [Command.link(tax.id)]}
        move = env["account.move"].create(
            {
                "move_type": kind,
                "company_id": company.id,
                "partner_id": partners[who].id,
                "invoice_date": day,
                "invoice_payment_term_id": env.ref("account.account_payment_term_15days").id,
                "invoice_line_ids": [Command.create(line)],
            }
        )
        move.action_post()
        if paid:
            _pay(env, move, paid)


def _pay(env: Environment, move: Any, percent: int) -> None:
    context = {"active_model": "account.move", "active_ids": list(move.ids)}
    values = {
        "payment_date": move.invoice_date_due,
        "amount": move.currency_id.round(move.amount_total * percent / 100),
    }
    env["account.payment.register"].with_context(**context).create(values).action_create_payments()
