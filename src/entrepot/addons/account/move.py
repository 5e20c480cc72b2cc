"""Journal entries: invoices, bills, credit notes, receipts, and the entries that payments and people make."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.account.move_types import (
    INVOICE_TYPES,
    MOVE_TYPES,
    PURCHASE_TYPES,
    SALE_TYPES,
)
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Float,
    Html,
    Json,
    Many2one,
    Model,
    Monetary,
    One2many,
    Selection,
    depends,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STATES = [("draft", "Draft"), ("posted", "Posted"), ("cancel", "Cancelled")]
PAYMENT_STATES: Final = [
    ("not_paid", "Not Paid"),
    ("in_payment", "In Payment"),
    ("paid", "Paid"),
    ("partial", "Partially Paid"),
    ("reversed", "Reversed"),
]
_PRODUCT_LINES = [("display_type", "in", ["product", "line_section", "line_note"])]


class Move(
    Model,
    name="account.move",
    title="Journal Entry",
    order="date desc, name desc, invoice_date desc, id desc",
    unique=[("journal_id", "name")],
):
    """Journal Entry"""

    name = Char(string="Number", readonly=True, copy=False, index=True)
    ref = Char(string="Reference", copy=False, tracking=True)
    date = Date(required=True, index=True, copy=False, default=lambda self: self.env.today(), tracking=True)
    state = Selection(
        _STATES,
        string="Status",
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
    )
    move_type = Selection(MOVE_TYPES, string="Type", required=True, default="entry", index=True)
    journal_id = Many2one("account.journal", required=True, index=True, on_delete="restrict")
    company_id = Many2one("res.company", required=True, index=True, on_delete="restrict")
    company_currency_id = Many2one(related="company_id.currency_id", readonly=True)
    currency_id = Many2one("res.currency", required=True, on_delete="restrict")
    line_ids = One2many("account.move.line", "move_id", string="Journal Items")
    invoice_line_ids = One2many("account.move.line", "move_id", string="Invoice lines", domain=_PRODUCT_LINES)
    partner_id = Many2one("res.partner", index=True, on_delete="restrict", tracking=True)
    commercial_partner_id = Many2one(
        "res.partner", readonly=True, copy=False, index=True, on_delete="restrict"
    )
    partner_shipping_id = Many2one("res.partner", string="Delivery Address", on_delete="restrict")
    invoice_date = Date(string="Invoice/Bill Date", index=True, copy=False)
    invoice_date_due = Date(string="Due Date", index=True, copy=False)
    invoice_payment_term_id = Many2one("account.payment.term", string="Payment Terms", on_delete="restrict")
    invoice_origin = Char(string="Origin", readonly=False, copy=False, index=True)
    invoice_user_id = Many2one("res.users", string="Salesperson", copy=False)
    invoice_currency_rate = Float(
        string="Currency Rate", digits=(24, 12), readonly=True, copy=False, aggregator=None
    )
    payment_reference = Char(copy=False, index=True)
    narration = Html(string="Terms and Conditions")
    partner_bank_id = Many2one("res.partner.bank", string="Recipient Bank", on_delete="set null")
    is_move_sent = Boolean(readonly=False, copy=False)
    posted_before = Boolean(readonly=True, copy=False)
    reversed_entry_id = Many2one(
        "account.move", string="Reversal of", readonly=True, copy=False, index=True, on_delete="restrict"
    )
    reversal_move_ids = One2many("account.move", "reversed_entry_id", string="Reversals")
    payment_state = Selection(PAYMENT_STATES, readonly=True, copy=False, default="not_paid", index=True)
    amount_untaxed = Monetary(string="Untaxed Amount", readonly=True, copy=False)
    amount_tax = Monetary(string="Tax", readonly=True, copy=False)
    amount_total = Monetary(string="Total", readonly=True, copy=False)
    amount_residual = Monetary(string="Amount Due", readonly=True, copy=False)
    amount_untaxed_signed = Monetary(readonly=True, copy=False, currency="company_currency_id")
    amount_tax_signed = Monetary(readonly=True, copy=False, currency="company_currency_id")
    amount_total_signed = Monetary(readonly=True, copy=False, currency="company_currency_id")
    amount_residual_signed = Monetary(readonly=True, copy=False, currency="company_currency_id")
    tax_totals = Json(compute="_compute_tax_totals")

    @depends("name", "ref", "move_type", "state")
    def _compute_display_name(self) -> None:
        labels = dict(MOVE_TYPES)
        for move in self:
            label = labels.get(move.move_type or "entry", "")
            name = move.name or f"Draft {label} (* {move.id})"
            move.display_name = f"{name} ({move.ref})" if move.ref else name

    @depends("line_ids.amount_currency", "line_ids.tax_line_id", "amount_total")
    def _compute_tax_totals(self) -> None:
        """The taxes by group, as a document shows them under its lines."""
        for move in self:
            sums: dict[str, Decimal] = {}
            for line in move.line_ids.filtered(lambda each: each.display_type == "tax"):
                group = line.tax_line_id.tax_group_id.name or line.tax_line_id.name or ""
                sums[group] = sums.get(group, Decimal(0)) + abs(line.amount_currency)
            move.tax_totals = {
                "amount_untaxed": float(move.amount_untaxed),
                "amount_total": float(move.amount_total),
                "groups": [{"name": name, "amount": float(amount)} for name, amount in sums.items()],
            }

    @public(readonly=True)
    def is_invoice(self, include_receipts: bool = False) -> bool:  # noqa: FBT001, FBT002 - the field's signature
        """Whether this is an invoice, a bill or a credit note; receipts only when asked for."""
        kind = self.ensure_one().move_type
        return kind in INVOICE_TYPES and (include_receipts or kind not in {"out_receipt", "in_receipt"})

    @public(readonly=True)
    def is_sale_document(self, include_receipts: bool = False) -> bool:  # noqa: FBT001, FBT002 - the field's signature
        """Whether this goes to a customer."""
        return self.ensure_one().move_type in SALE_TYPES and self.is_invoice(include_receipts)

    @public(readonly=True)
    def is_purchase_document(self, include_receipts: bool = False) -> bool:  # noqa: FBT001, FBT002 - the field's own
        """Whether this comes from a vendor."""
        return self.ensure_one().move_type in PURCHASE_TYPES and self.is_invoice(include_receipts)

    def create(self, vals_list: Any) -> Self:
        """Create drafts; what the ledger needs besides the lines given is made with them."""
        single = [vals_list] if hasattr(vals_list, "keys") else vals_list
        if not isinstance(single, (list, tuple)) or not all(hasattr(values, "keys") for values in single):
            return super().create(vals_list)
        prepared = self._prepared(single)
        moves = super(Move, self.with_context(_deferred=True)).create(prepared).with_env(self.env)
        moves._synchronize()
        return moves

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Change; a posted document keeps what it says, a draft is worked out again."""
        if self.env.context.get("_ledger"):
            return super().write(vals)
        wanted = self._writable(vals)
        done = super(Move, self.with_context(_deferred=True)).write(wanted)
        self._synchronize(moved=set(wanted))
        return done

    def copy_data(self, default: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """A copy has the lines that people wrote; the others are made anew."""
        values = super().copy_data(default)
        own = self.invoice_line_ids if self.move_type in INVOICE_TYPES else self.line_ids
        if not {"line_ids", "invoice_line_ids"} & set(default or {}):
            values.pop("line_ids", None)
            key = "invoice_line_ids" if self.move_type in INVOICE_TYPES else "line_ids"
            values[key] = [(0, 0, line.copied()) for line in own]
        return values

    def _invoices(self) -> Self:
        """Those that are made of invoice lines."""
        return self.filtered(lambda move: move.move_type in INVOICE_TYPES)

    def _ledger(self) -> Self:
        """The same records for what only the ledger itself may write."""
        return self.sudo().with_context(_ledger=True)

    def _company_ids(self) -> Iterable[int]:
        return dict.fromkeys(move.company_id.id for move in self)
