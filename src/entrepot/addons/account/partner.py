"""What a contact owes and is owed, and how it is billed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entrepot.api import Many2one, Model, Monetary

_ZERO = Decimal(0)
_INVOICING = "account.group_account_readonly,account.group_account_invoice"


class Partner(Model, extends="res.partner"):
    """Accounts, terms and balances of a contact."""

    property_account_receivable_id = Many2one(
        "account.account",
        string="Account Receivable",
        domain=[("account_type", "=", "asset_receivable")],
        on_delete="restrict",
        help="Empty, or of another company: the company's default.",
    )
    property_account_payable_id = Many2one(
        "account.account",
        string="Account Payable",
        domain=[("account_type", "=", "liability_payable")],
        on_delete="restrict",
    )
    property_payment_term_id = Many2one(
        "account.payment.term", string="Customer Payment Terms", on_delete="restrict"
    )
    property_supplier_payment_term_id = Many2one(
        "account.payment.term", string="Vendor Payment Terms", on_delete="restrict"
    )
    credit = Monetary(
        compute="_compute_due", string="Total Receivable", groups=_INVOICING, currency="currency_id"
    )
    debit = Monetary(
        compute="_compute_due", string="Total Payable", groups=_INVOICING, currency="currency_id"
    )
    total_due = Monetary(compute="_compute_overdue", groups=_INVOICING, currency="currency_id")
    total_overdue = Monetary(compute="_compute_overdue", groups=_INVOICING, currency="currency_id")
    currency_id = Many2one("res.currency", compute="_compute_currency", string="Currency")

    def _compute_currency(self) -> None:
        home = self.env.company.currency_id
        for partner in self:
            partner.currency_id = home

    def _compute_due(self) -> None:
        """Open items of posted documents of the companies at work, by one question."""
        known = self._open_sums([])
        for partner in self:
            partner.credit = known.get((partner.id, "asset_receivable"), _ZERO)
            partner.debit = -known.get((partner.id, "liability_payable"), _ZERO)

    def _compute_overdue(self) -> None:
        known = self._open_sums([])
        late = self._open_sums([("date_maturity", "<", self.env.today())])
        for partner in self:
            partner.total_due = known.get((partner.id, "asset_receivable"), _ZERO)
            partner.total_overdue = late.get((partner.id, "asset_receivable"), _ZERO)

    def _open_sums(self, more: list[Any]) -> dict[tuple[int, str], Decimal]:
        lines = self.env["account.move.line"]
        rows = lines.read_group(
            [
                ("partner_id", "in", self.ids),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("account_id.account_type", "in", ["asset_receivable", "liability_payable"]),
                ("company_id", "in", list(self.env.company_ids)),
                *more,
            ],
            ["amount_residual:sum"],
            ["partner_id", "account_id"],
            lazy=False,
        )
        accounts = (
            self.env["account.account"].sudo().browse(dict.fromkeys(row["account_id"][0] for row in rows))
        )
        kinds = {account.id: account.account_type or "" for account in accounts}
        sums: dict[tuple[int, str], Decimal] = {}
        for row in rows:
            key = (row["partner_id"][0], kinds[row["account_id"][0]])
            sums[key] = sums.get(key, _ZERO) + row["amount_residual"]
        return sums
