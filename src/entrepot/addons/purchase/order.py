"""Purchase orders: what a vendor is asked for, confirms, sends and bills. Lines stand in `order_line`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from entrepot.addons.purchase import progress
from entrepot.api import (
    Char,
    Datetime,
    Float,
    Html,
    Integer,
    Json,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

STATES: Final = [
    ("draft", "RFQ"),
    ("sent", "RFQ Sent"),
    ("purchase", "Purchase Order"),
    ("cancel", "Cancelled"),
]
STEP: Final = "_purchase_step"
"""Context key of the steps that change states; clients cannot send it."""
_PRIORITIES = [("0", "Normal"), ("1", "Urgent")]


class Order(Model, name="purchase.order", order="priority desc, id desc", unique=[("company_id", "name")]):
    """Purchase Order"""

    name = Char(string="Order Reference", copy=False, index=True)
    state = Selection(
        STATES, string="Status", readonly=True, copy=False, default="draft", index=True, tracking=True
    )
    priority = Selection(_PRIORITIES, default="0")
    origin = Char(string="Source Document", index=True, copy=False)
    partner_ref = Char(string="Vendor Reference", copy=False, index=True)
    date_order = Datetime(
        string="Order Deadline", required=True, copy=False, index=True, default=lambda self: self.env.now()
    )
    date_approve = Datetime(string="Confirmation Date", readonly=True, copy=False, index=True)
    date_planned = Datetime(
        string="Expected Arrival",
        compute="_compute_date_planned",
        inverse="_set_date_planned",
        store=True,
        copy=False,
    )
    effective_date = Datetime(string="Arrival", compute="_compute_effective_date", store=True, copy=False)
    partner_id = Many2one("res.partner", string="Vendor", required=True, index=True, tracking=True)
    user_id = Many2one(
        "res.users", string="Buyer", index=True, tracking=True, default=lambda self: self.env.user
    )
    company_id = Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    currency_id = Many2one("res.currency", required=True, on_delete="restrict")
    currency_rate = Float(compute="_compute_currency_rate", digits=(24, 12), aggregator=None)
    payment_term_id = Many2one("account.payment.term", string="Payment Terms", on_delete="restrict")
    picking_type_id = Many2one(
        "stock.picking.type",
        string="Deliver To",
        required=True,
        on_delete="restrict",
        help="Which warehouse receives.",
    )
    notes = Html(string="Terms and Conditions")
    order_line = One2many("purchase.order.line", "order_id", string="Order Lines", copy=True)
    amount_untaxed = Monetary(compute="_compute_amounts", store=True, string="Untaxed Amount", tracking=True)
    amount_tax = Monetary(compute="_compute_amounts", store=True, string="Taxes")
    amount_total = Monetary(compute="_compute_amounts", store=True, string="Total", tracking=True)
    tax_totals = Json(compute="_compute_tax_totals")
    invoice_ids = Many2many(
        "account.move", compute="_compute_invoices", search="_search_invoices", string="Bills", copy=False
    )
    invoice_count = Integer(compute="_compute_invoices", string="Bill Count", aggregator=None)
    invoice_status = Selection(
        list(progress.INVOICE_STATUS),
        compute="_compute_invoice_status",
        store=True,
        index=True,
        string="Billing Status",
    )
    picking_ids = One2many("stock.picking", "purchase_id", string="Receptions")
    incoming_picking_count = Integer(compute="_compute_picking_count", aggregator=None)
    receipt_status = Selection(
        list(progress.RECEIPT_STATUS), compute="_compute_receipt_status", store=True, index=True
    )

    @depends("name", "partner_ref")
    def _compute_display_name(self) -> None:
        for order in self:
            order.display_name = f"{order.name} ({order.partner_ref})" if order.partner_ref else order.name

    @depends("order_line.price_subtotal", "order_line.price_total")
    def _compute_amounts(self) -> None:
        for order in self:
            untaxed = sum((line.price_subtotal for line in order.order_line), Decimal(0))
            total = sum((line.price_total for line in order.order_line), Decimal(0))
            order.amount_untaxed = untaxed
            order.amount_tax = total - untaxed
            order.amount_total = total

    @depends("order_line.price_total", "order_line.taxes_id")
    def _compute_tax_totals(self) -> None:
        """The taxes by group, as a document shows them under its lines."""
        for order in self:
            sums: dict[str, Decimal] = {}
            for tax, share in order.order_line.taxed().get(order.id, {}).items():
                group = tax.tax_group_id.name or tax.name
                sums[group] = sums.get(group, Decimal(0)) + share
            order.tax_totals = {
                "amount_untaxed": float(order.amount_untaxed),
                "amount_total": float(order.amount_total),
                "groups": [{"name": name, "amount": float(amount)} for name, amount in sums.items()],
            }

    @depends("currency_id", "company_id", "date_order")
    def _compute_currency_rate(self) -> None:
        for order in self:
            home = order.company_id.currency_id
            day = (order.date_order or self.env.now()).date()
            order.currency_rate = float(
                home._convert(Decimal(1), order.currency_id, order.company_id, day, rounded=False)
            )

    @depends("order_line.date_planned")
    def _compute_date_planned(self) -> None:
        for order in self:
            days = [line.date_planned for line in order.order_line if line.date_planned]
            order.date_planned = min(days, default=None)

    def _set_date_planned(self) -> None:
        for order in self:
            order.order_line.filtered(lambda line: not line.display_type).write(
                {"date_planned": order.date_planned}
            )

    @depends("order_line.invoice_lines")
    def _compute_invoices(self) -> None:
        for order in self:
            bills = order.order_line.mapped("invoice_lines").mapped("move_id")
            order.invoice_ids = bills
            order.invoice_count = len(bills)

    def _search_invoices(self, operator: str, value: Any) -> list[Any]:
        return [("order_line.invoice_lines.move_id", operator, value)]

    @depends("state", "order_line.qty_to_invoice", "order_line.qty_invoiced")
    def _compute_invoice_status(self) -> None:
        for order in self:
            lines = order.order_line.filtered(lambda line: not line.display_type)
            left = [line.qty_to_invoice for line in lines]
            billed = any(line.qty_invoiced for line in lines)
            order.invoice_status = (
                progress.order_status(left, billed=billed) if order.state == "purchase" else "no"
            )

    @depends("picking_ids")
    def _compute_picking_count(self) -> None:
        for order in self:
            order.incoming_picking_count = len(order.picking_ids)

    @depends("picking_ids.state")
    def _compute_receipt_status(self) -> None:
        for order in self:
            order.receipt_status = progress.receipt_status(
                each.state or "draft" for each in order.picking_ids
            )

    @depends("picking_ids.date_done")
    def _compute_effective_date(self) -> None:
        for order in self:
            came = order.picking_ids.filtered(
                lambda each: each.state == "done" and each.location_id.usage == "supplier"
            )
            order.effective_date = min((each.date_done for each in came if each.date_done), default=None)

    @constrains("company_id", "picking_type_id", "payment_term_id")
    def _everything_is_of_one_company(self) -> Iterator[Problem]:
        for order in self:
            for name in ("picking_type_id", "payment_term_id"):
                record = getattr(order, name)
                if record.company_id and record.company_id != order.company_id:
                    yield Problem(
                        name, "company", f"{record.display_name} belongs to another company than the order."
                    )

    @constrains("picking_type_id")
    def _goods_are_received(self) -> Iterator[Problem]:
        for order in self:
            if order.picking_type_id.code != "incoming":
                yield Problem(
                    "picking_type_id", "not_receipt", "Goods are received by an operation type for receipts."
                )
