"""Accounts: what the lines of the ledger are booked on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.account.account_types import ACCOUNT_TYPES, OPEN_ITEMS, internal_group
from entrepot.api import (
    Boolean,
    Char,
    Many2many,
    Many2one,
    Model,
    Monetary,
    Problem,
    Selection,
    Text,
    constrains,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUPS = [
    ("equity", "Equity"),
    ("asset", "Asset"),
    ("liability", "Liability"),
    ("income", "Income"),
    ("expense", "Expense"),
    ("off", "Off Balance"),
]
_BOOKED_ON = "Entries are booked on account {}: archive it instead of deleting it."


class Account(Model, name="account.account", order="code, id", unique=[("company_id", "code")]):
    """Account"""

    name = Char(string="Account Name", required=True, index=True, translate=True)
    code = Char(required=True, size=64, index=True)
    account_type = Selection(list(ACCOUNT_TYPES), string="Type", required=True, index=True)
    internal_group = Selection(_GROUPS, compute="_compute_group", store=True)
    reconcile = Boolean(
        string="Allow Reconciliation", help="Lines are matched with each other: invoices with payments."
    )
    active = Boolean(default=True)
    deprecated = Boolean(
        compute="_compute_deprecated", inverse="_set_deprecated", search="_search_deprecated"
    )
    company_id = Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company, on_delete="cascade"
    )
    currency_id = Many2one("res.currency", string="Account Currency", help="All lines are in this currency.")
    tax_ids = Many2many("account.tax", string="Default Taxes")
    note = Text(string="Internal Notes")
    current_balance = Monetary(compute="_compute_balance", currency="company_currency_id")
    company_currency_id = Many2one(related="company_id.currency_id", readonly=True)

    @depends("account_type")
    def _compute_group(self) -> None:
        for account in self:
            account.internal_group = internal_group(account.account_type or "asset")

    @depends("active")
    def _compute_deprecated(self) -> None:
        for account in self:
            account.deprecated = not account.active

    def _set_deprecated(self) -> None:
        for account in self:
            account.active = not account.deprecated

    def _search_deprecated(self, operator: str, value: Any) -> list[Any]:
        asked = {bool(each) for each in value} if isinstance(value, (list, tuple)) else {bool(value)}
        wanted = asked if operator in {"=", "in"} else {True, False} - asked
        return [("active", "in", [not each for each in wanted])]

    @depends("name")
    def _compute_balance(self) -> None:
        """What posted lines add up to, by one question for all."""
        rows = self.env["account.move.line"].read_group(
            [("account_id", "in", self.ids), ("parent_state", "=", "posted")], ["balance:sum"], ["account_id"]
        )
        known = {row["account_id"][0]: row["balance"] for row in rows}
        for account in self:
            account.current_balance = known.get(account.id, Decimal(0))

    @depends("code", "name")
    def _compute_display_name(self) -> None:
        for account in self:
            account.display_name = f"{account.code} {account.name}"

    def search_display_name(self, operator: str, value: Any) -> list[Any]:
        """People call an account by its code or its name."""
        if operator in {"=", "ilike", "like", "=ilike", "=like"}:
            return ["|", ("code", "=like", f"{value}%"), ("name", operator, value)]
        return super().search_display_name(operator, value)

    def create(self, vals_list: Any) -> Any:
        """Create; receivable and payable accounts can always be reconciled."""
        made = super().create(vals_list)
        made.filtered(lambda each: each.account_type in OPEN_ITEMS and not each.reconcile).write(
            {"reconcile": True}
        )
        return made

    @constrains("account_type", "reconcile", "company_id")
    def _what_is_booked_stays_right(self) -> Iterator[Problem]:
        rows = self.env["account.move.line"].read_group(
            [("account_id", "in", self.ids)], [], ["account_id", "company_id"], lazy=False
        )
        owners = {row["account_id"][0]: row["company_id"][0] for row in rows}
        for account in self.filtered(lambda each: each.id in owners):
            # create() lets new open items be reconciled; only a later change is an error
            if account.account_type in OPEN_ITEMS and not account.reconcile:
                text = f"Account {account.code} holds open items: it must allow reconciliation."
                yield Problem("reconcile", "required", text)
            if owners[account.id] != account.company_id.id:
                yield Problem("company_id", "in_use", f"Account {account.code} has entries of its company.")

    @ondelete
    def _nothing_is_booked_on_it(self) -> Iterator[Problem]:
        rows = self.env["account.move.line"].read_group([("account_id", "in", self.ids)], [], ["account_id"])
        booked = {row["account_id"][0] for row in rows}
        for account in self:
            if account.id in booked:
                yield Problem("id", "in_use", _BOOKED_ON.format(account.code))
