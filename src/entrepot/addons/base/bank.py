"""Banks, and the accounts contacts have with them."""

from __future__ import annotations

import re
from typing import Any

from entrepot.api import Boolean, Char, Integer, Many2one, Model, depends


class Bank(Model, name="res.bank", order="name"):
    """Bank"""

    name = Char(required=True)
    bic = Char(string="Bank Identifier Code", index=True, help="BIC or SWIFT code.")
    street = Char()
    street2 = Char()
    zip = Char()
    city = Char()
    state = Many2one("res.country.state", string="State")
    country = Many2one("res.country")
    email = Char()
    phone = Char()
    active = Boolean(default=True)


class PartnerBank(
    Model,
    name="res.partner.bank",
    rec_name="acc_number",
    order="sequence, id",
    unique=[("sanitized_acc_number", "partner_id")],
):
    """Bank Account"""

    active = Boolean(default=True)
    acc_number = Char(string="Account Number", required=True)
    sanitized_acc_number = Char(compute="_compute_sanitized", store=True, string="Sanitized Account Number")
    acc_holder_name = Char(string="Account Holder Name")
    partner_id = Many2one(
        "res.partner", string="Account Holder", required=True, index=True, on_delete="cascade"
    )
    bank_id = Many2one("res.bank", string="Bank")
    bank_name = Char(related="bank_id.name", readonly=True)
    bank_bic = Char(related="bank_id.bic", readonly=True)
    currency_id = Many2one("res.currency")
    company_id = Many2one("res.company", related="partner_id.company_id", store=True)
    sequence = Integer(default=10)

    @depends("acc_number")
    def _compute_sanitized(self) -> None:
        for account in self:
            account.sanitized_acc_number = sanitized(account.acc_number)


def sanitized(number: Any) -> str | None:
    """An account number without blanks and punctuation, in capitals: two spellings of one account are one
    account.
    """
    return re.sub(r"\W+", "", number).upper() or None if isinstance(number, str) else None
