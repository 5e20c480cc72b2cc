"""Payment methods: cash, a bank, or on the customer's account."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.api import (
    Boolean,
    Char,
    Integer,
    Many2many,
    Many2one,
    Model,
    Problem,
    Selection,
    constrains,
    depends,
    ondelete,
)

_TYPES = [("cash", "Cash"), ("bank", "Bank"), ("pay_later", "Customer Account")]


class PaymentMethod(Model, name="pos.payment.method", order="sequence, id"):
    """Point of Sale Payment Methods"""

    name = Char(string="Method", required=True, translate=True)
    sequence = Integer(default=10, aggregator=None)
    active = Boolean(default=True)
    company_id = Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    journal_id = Many2one(
        "account.journal",
        domain=[("type", "in", ["cash", "bank"])],
        on_delete="restrict",
        help="Where the money is booked; empty: the customer owes it.",
    )
    type = Selection(_TYPES, compute="_compute_type", store=True)
    is_cash_count = Boolean(compute="_compute_type", store=True, string="Cash")
    split_transactions = Boolean(string="Identify Customer", help="Ask for the customer of each payment.")
    config_ids = Many2many(
        "pos.config",
        table="pos_config_pos_payment_method_rel",
        column="pos_payment_method_id",
        other="pos_config_id",
        string="Point of Sale",
    )

    @depends("journal_id.type")
    def _compute_type(self) -> None:
        for method in self:
            kind = method.journal_id.type
            method.type = kind if kind in {"cash", "bank"} else "pay_later"
            method.is_cash_count = kind == "cash"

    @constrains("journal_id", "company_id")
    def _journal_takes_money(self) -> Iterator[Problem]:
        for method in self:
            journal = method.journal_id
            if journal and journal.company_id != method.company_id:
                yield Problem("journal_id", "other_company", f"Journal {journal.name} is another company's.")
            if journal and journal.type not in {"cash", "bank"}:
                yield Problem("journal_id", "wrong_type", "Money is booked in a cash or bank journal.")
            if journal and not journal.default_account_id:
                yield Problem("journal_id", "no_account", f"Journal {journal.name} has no account for money.")

    @ondelete
    def _used_ones_stay(self) -> Iterator[Problem]:
        rows = self.env["pos.payment"].read_group(
            [("payment_method_id", "in", self.ids)], [], ["payment_method_id"]
        )
        used = {row["payment_method_id"][0] for row in rows}
        for method in self:
            if method.id in used:
                yield Problem("id", "in_use", f"{method.name} was paid with: archive it instead.")
