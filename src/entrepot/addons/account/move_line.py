"""Lines of journal entries: what invoices say, and what the ledger books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.account.account_types import ACCOUNT_TYPES
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Float,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    Text,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DISPLAY_TYPES: Final = [
    ("product", "Product"),
    ("tax", "Tax"),
    ("payment_term", "Payment Term"),
    ("line_section", "Section"),
    ("line_note", "Note"),
]
_STATES: Final = [("draft", "Draft"), ("posted", "Posted"), ("cancel", "Cancelled")]
_COPIED: Final = (
    "sequence",
    "name",
    "display_type",
    "quantity",
    "price_unit",
    "discount",
    "debit",
    "credit",
    "balance",
    "amount_currency",
    "date_maturity",
)
_COPIED_LINKS: Final = ("account_id", "partner_id", "currency_id", "product_id", "product_uom_id")


class MoveLine(
    Model,
    name="account.move.line",
    title="Journal Item",
    order="date desc, move_name desc, id",
    rec_name="name",
):
    """Journal Item"""

    move_id = Many2one("account.move", string="Journal Entry", required=True, index=True, on_delete="cascade")
    sequence = Integer(default=100, aggregator=None)
    name = Text(string="Label")
    display_type = Selection(_DISPLAY_TYPES, required=True, default="product", index=True)
    account_id = Many2one("account.account", index=True, on_delete="restrict")
    account_type = Selection(list(ACCOUNT_TYPES), related="account_id.account_type", readonly=True)
    partner_id = Many2one("res.partner", index=True, on_delete="restrict")
    company_id = Many2one("res.company", related="move_id.company_id", store=True, index=True)
    company_currency_id = Many2one(related="company_id.currency_id", readonly=True)
    currency_id = Many2one("res.currency", required=True, on_delete="restrict")
    journal_id = Many2one("account.journal", related="move_id.journal_id", store=True, index=True)
    date = Date(related="move_id.date", store=True, index=True)
    move_name = Char(string="Number", readonly=True, copy=False, index=True)
    parent_state = Selection(_STATES, related="move_id.state", store=True, string="Status")
    move_type = Selection(related="move_id.move_type", readonly=True)
    ref = Char(related="move_id.ref", readonly=True)
    invoice_date = Date(related="move_id.invoice_date", readonly=True)
    date_maturity = Date(string="Due Date", index=True)
    product_id = Many2one("product.product", index=True, on_delete="restrict")
    product_uom_id = Many2one("uom.uom", string="Unit of Measure", on_delete="restrict")
    quantity = Float(default=1.0, digits=(16, 6))
    price_unit = Monetary(scale=6, aggregator=None)
    discount = Float(string="Discount (%)", digits=(16, 4), aggregator=None)
    tax_ids = Many2many("account.tax", string="Taxes")
    tax_line_id = Many2one(
        "account.tax", string="Originator Tax", readonly=True, on_delete="restrict", index=True
    )
    tax_base_amount = Monetary(string="Base Amount", readonly=True, currency="company_currency_id")
    price_subtotal = Monetary(string="Subtotal", readonly=True)
    price_total = Monetary(string="Total", readonly=True)
    debit = Monetary(currency="company_currency_id")
    credit = Monetary(currency="company_currency_id")
    balance = Monetary(currency="company_currency_id")
    amount_currency = Monetary(string="Amount in Currency")
    amount_residual = Monetary(
        string="Residual Amount", readonly=True, copy=False, currency="company_currency_id"
    )
    amount_residual_currency = Monetary(string="Residual Amount in Currency", readonly=True, copy=False)
    reconciled = Boolean(readonly=True, copy=False, index=True)
    matched_debit_ids = One2many("account.partial.reconcile", "credit_move_id", string="Matched Debits")
    matched_credit_ids = One2many("account.partial.reconcile", "debit_move_id", string="Matched Credits")

    @depends("move_id.name", "name")
    def _compute_display_name(self) -> None:
        for line in self:
            head = line.move_name or "Draft"
            line.display_name = f"{head} ({line.name})" if line.name else head

    def create(self, vals_list: Any) -> Self:
        """Create lines of drafts; the document they belong to is worked out again."""
        rows = [vals_list] if hasattr(vals_list, "keys") else vals_list
        if not isinstance(rows, (list, tuple)) or not all(hasattr(row, "keys") for row in rows):
            return super().create(vals_list)
        lines = super().create(self._filled(rows))
        if not self._held_back():
            lines.mapped("move_id")._synchronize()
        return lines

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Change lines of drafts; of a posted document only what the ledger does not rest on."""
        if self.env.context.get("_ledger"):
            return super().write(vals)
        for wanted, lines in self._writable(vals):
            super(MoveLine, lines).write(wanted)
        if not self._held_back():
            self.mapped("move_id")._synchronize()
        return True

    def unlink(self) -> bool:
        """Delete lines of drafts; the document they belonged to is worked out again."""
        moves = self.mapped("move_id")
        done = super().unlink()
        if not self._held_back():
            moves.exists()._synchronize()
        return done

    @ondelete
    def _posted_lines_stay(self) -> Iterator[Problem]:
        if self.env.context.get("_ledger"):
            return
        for move in self.mapped("move_id").filtered(lambda each: each.state != "draft"):
            state = "cancelled" if move.state == "cancel" else "posted"
            text = f"{move.display_name} is {state}: its lines stay. Set it back to draft, or reverse it."
            yield Problem("line_ids", state, text)

    def copied(self) -> dict[str, Any]:
        """The values of a line that people wrote, for a line like it elsewhere."""
        line = self.ensure_one()
        values = {name: getattr(line, name) for name in _COPIED}
        values |= {name: getattr(line, name).id or None for name in _COPIED_LINKS}
        return {**values, "tax_ids": [(6, 0, list(line.tax_ids.ids))]}

    def _held_back(self) -> bool:
        """Whether somebody else works the document out when all of its lines are there."""
        return bool(self.env.context.get("_ledger") or self.env.context.get("_deferred"))

    def _ledger(self) -> Self:
        """The same records for what only the ledger itself may write."""
        return self.sudo().with_context(_ledger=True)
