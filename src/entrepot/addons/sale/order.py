"""Sales orders: what a customer is offered, orders, gets and is billed. Lines stand in `order_line`."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from entrepot.addons.sale import progress
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Datetime,
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
    ("draft", "Quotation"),
    ("sent", "Quotation Sent"),
    ("sale", "Sales Order"),
    ("cancel", "Cancelled"),
]
STEP: Final = "_sale_step"
"""Context key of the steps that change states; clients cannot send it."""
_POLICIES = [("direct", "As soon as possible"), ("one", "When all products are ready")]


class Order(Model, name="sale.order", order="date_order desc, id desc", unique=[("company_id", "name")]):
    """Sales Order"""

    name = Char(string="Order Reference", copy=False, index=True)
    state = Selection(
        STATES, string="Status", readonly=True, copy=False, default="draft", index=True, tracking=True
    )
    locked = Boolean(copy=False, readonly=True, tracking=True, help="A locked order does not change.")
    client_order_ref = Char(string="Customer Reference", copy=False, index=True)
    origin = Char(string="Source Document", index=True)
    reference = Char(string="Payment Ref.", copy=False)
    date_order = Datetime(
        string="Order Date", required=True, copy=False, index=True, default=lambda self: self.env.now()
    )
    validity_date = Date(string="Expiration", copy=False)
    is_expired = Boolean(compute="_compute_is_expired")
    commitment_date = Datetime(string="Delivery Date", copy=False, help="When it was promised.")
    effective_date = Datetime(
        compute="_compute_effective_date", store=True, copy=False, help="Of the first delivery."
    )
    partner_id = Many2one("res.partner", string="Customer", required=True, index=True, tracking=True)
    partner_invoice_id = Many2one("res.partner", string="Invoice Address", required=True, index=True)
    partner_shipping_id = Many2one("res.partner", string="Delivery Address", required=True, index=True)
    user_id = Many2one("res.users", string="Salesperson", index=True, tracking=True)
    company_id = Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    pricelist_id = Many2one("product.pricelist", on_delete="restrict", tracking=True)
    currency_id = Many2one("res.currency", required=True, readonly=True, on_delete="restrict")
    payment_term_id = Many2one("account.payment.term", string="Payment Terms", on_delete="restrict")
    warehouse_id = Many2one("stock.warehouse", on_delete="restrict")
    picking_policy = Selection(_POLICIES, string="Shipping Policy", required=True, default="direct")
    note = Html(string="Terms and conditions")
    order_line = One2many("sale.order.line", "order_id", string="Order Lines", copy=True)
    amount_untaxed = Monetary(compute="_compute_amounts", store=True, string="Untaxed Amount", tracking=True)
    amount_tax = Monetary(compute="_compute_amounts", store=True, string="Taxes")
    amount_total = Monetary(compute="_compute_amounts", store=True, string="Total", tracking=True)
    amount_to_invoice = Monetary(compute="_compute_amount_invoiced", string="Un-invoiced Balance")
    amount_invoiced = Monetary(compute="_compute_amount_invoiced", string="Already invoiced")
    tax_totals = Json(compute="_compute_tax_totals")
    invoice_ids = Many2many(
        "account.move", compute="_compute_invoices", search="_search_invoices", string="Invoices", copy=False
    )
    invoice_count = Integer(compute="_compute_invoices", aggregator=None)
    invoice_status = Selection(
        list(progress.INVOICE_STATUS), compute="_compute_invoice_status", store=True, index=True
    )
    picking_ids = One2many("stock.picking", "sale_id", string="Transfers")
    delivery_count = Integer(compute="_compute_delivery_count", string="Delivery Orders", aggregator=None)
    delivery_status = Selection(
        list(progress.DELIVERY_STATUS), compute="_compute_delivery_status", store=True, index=True
    )

    @depends("name", "partner_id.name")
    def _compute_display_name(self) -> None:
        shown = self.env.context.get("sale_show_partner_name")
        for order in self:
            partner = order.partner_id.name
            order.display_name = f"{order.name} - {partner}" if shown and partner else order.name

    @depends("order_line.price_subtotal", "order_line.price_total")
    def _compute_amounts(self) -> None:
        for order in self:
            untaxed = sum((line.price_subtotal for line in order.order_line), Decimal(0))
            total = sum((line.price_total for line in order.order_line), Decimal(0))
            order.amount_untaxed = untaxed
            order.amount_tax = total - untaxed
            order.amount_total = total

    @depends("order_line.price_total", "order_line.tax_id")
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

    @depends("order_line.invoice_lines.price_total", "order_line.invoice_lines.parent_state", "amount_total")
    def _compute_amount_invoiced(self) -> None:
        for order in self:
            lines = order.order_line.mapped("invoice_lines").filtered(
                lambda each: each.parent_state != "cancel"
            )
            invoiced = sum((_signed(line) for line in lines), Decimal(0))
            order.amount_invoiced = invoiced
            order.amount_to_invoice = order.amount_total - invoiced

    @depends("order_line.invoice_lines")
    def _compute_invoices(self) -> None:
        for order in self:
            invoices = order.order_line.mapped("invoice_lines").mapped("move_id")
            order.invoice_ids = invoices
            order.invoice_count = len(invoices)

    def _search_invoices(self, operator: str, value: Any) -> list[Any]:
        return [("order_line.invoice_lines.move_id", operator, value)]

    @depends("state", "order_line.invoice_status", "order_line.is_downpayment", "order_line.display_type")
    def _compute_invoice_status(self) -> None:
        for order in self:
            lines = order.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
            confirmed = order.state == "sale"
            order.invoice_status = (
                progress.order_status(line.invoice_status or "no" for line in lines) if confirmed else "no"
            )

    @depends("picking_ids")
    def _compute_delivery_count(self) -> None:
        for order in self:
            order.delivery_count = len(order.picking_ids)

    @depends("picking_ids.state")
    def _compute_delivery_status(self) -> None:
        for order in self:
            order.delivery_status = progress.delivery_status(
                each.state or "draft" for each in order.picking_ids
            )

    @depends("picking_ids.date_done")
    def _compute_effective_date(self) -> None:
        for order in self:
            gone = order.picking_ids.filtered(
                lambda each: each.state == "done" and each.location_dest_id.usage == "customer"
            )
            order.effective_date = min((each.date_done for each in gone if each.date_done), default=None)

    def _compute_is_expired(self) -> None:
        today = self.env.today()
        for order in self:
            day = order.validity_date
            order.is_expired = order.state in {"draft", "sent"} and day is not None and day < today

    @constrains("company_id", "pricelist_id", "warehouse_id", "payment_term_id")
    def _everything_is_of_one_company(self) -> Iterator[Problem]:
        for order in self:
            for name in ("pricelist_id", "warehouse_id", "payment_term_id"):
                record = getattr(order, name)
                if record.company_id and record.company_id != order.company_id:
                    text = f"{record.display_name} belongs to another company than the order."
                    yield Problem(name, "company", text)

    @constrains("pricelist_id", "currency_id")
    def _currency_is_the_lists(self) -> Iterator[Problem]:
        for order in self:
            if order.pricelist_id and order.pricelist_id.currency_id != order.currency_id:
                yield Problem(
                    "currency_id", "contradiction", "The currency of an order is that of its price list."
                )


def _signed(line: Any) -> Decimal:
    amount: Decimal = line.price_total
    return -amount if line.move_type == "out_refund" else amount
