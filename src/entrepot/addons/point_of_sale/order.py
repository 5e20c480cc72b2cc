"""Tickets: what a shop sold, to whom, and how it was paid. Steps stand in `order_steps`, the tills' door in `order_sync`."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.point_of_sale.steps import POS, refuse_settled
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    Text,
    UserError,
    ValidationError,
    depends,
    ondelete,
)

STATES = [
    ("draft", "New"),
    ("cancel", "Cancelled"),
    ("paid", "Paid"),
    ("done", "Posted"),
    ("invoiced", "Invoiced"),
]
_BY_STEPS = frozenset(
    {"name", "state", "account_move", "session_move_id", "session_id", "company_id", "currency_id", "uuid"}
)
_ALWAYS_FREE = frozenset({"note", "user_id", "to_invoice"})


class Order(Model, name="pos.order", order="date_order desc, name desc, id desc"):
    """Point of Sale Orders"""

    name = Char(string="Order Ref", readonly=True, copy=False, default="/", index=True)
    pos_reference = Char(string="Receipt Number", copy=False, index=True)
    uuid = Char(required=True, copy=False, unique=True, default=lambda _: str(uuid.uuid4()))
    state = Selection(
        STATES, string="Status", required=True, readonly=True, copy=False, index=True, default="draft"
    )
    date_order = Datetime(string="Date", required=True, index=True, default=lambda self: self.env.now())
    session_id = Many2one("pos.session", required=True, index=True, on_delete="restrict")
    config_id = Many2one("pos.config", related="session_id.config_id", store=True, index=True)
    company_id = Many2one("res.company", related="session_id.company_id", store=True, index=True)
    currency_id = Many2one("res.currency", related="company_id.currency_id")
    user_id = Many2one("res.users", string="Employee", default=lambda self: self.env.uid)
    partner_id = Many2one("res.partner", string="Customer", index=True, on_delete="restrict")
    pricelist_id = Many2one("product.pricelist", on_delete="restrict")
    note = Text(string="Internal Notes")
    lines = One2many("pos.order.line", "order_id", string="Order Lines", copy=True)
    payment_ids = One2many("pos.payment", "pos_order_id", string="Payments")
    amount_total = Monetary(compute="_compute_amounts", store=True, string="Total")
    amount_tax = Monetary(compute="_compute_amounts", store=True, string="Taxes")
    amount_paid = Monetary(compute="_compute_paid", store=True, string="Paid")
    amount_return = Monetary(compute="_compute_paid", store=True, string="Returned")
    amount_difference = Monetary(compute="_compute_difference", string="Difference")
    is_refunded = Boolean(compute="_compute_refunds")
    refunded_order_id = Many2one("pos.order", compute="_compute_refunds", string="Refunded Order")
    to_invoice = Boolean(copy=False)
    is_invoiced = Boolean(compute="_compute_is_invoiced")
    account_move = Many2one("account.move", string="Invoice", readonly=True, copy=False, index=True)
    session_move_id = Many2one("account.move", related="session_id.move_id", string="Session Journal Entry")
    picking_ids = One2many("stock.picking", "pos_order_id", string="Pickings")

    @depends("lines.price_subtotal", "lines.price_subtotal_incl")
    def _compute_amounts(self) -> None:
        for order in self:
            total = sum((line.price_subtotal_incl for line in order.lines), Decimal(0))
            order.amount_total = total
            order.amount_tax = total - sum((line.price_subtotal for line in order.lines), Decimal(0))

    @depends("payment_ids.amount", "payment_ids.is_change")
    def _compute_paid(self) -> None:
        for order in self:
            order.amount_paid = sum((each.amount for each in order.payment_ids), Decimal(0))
            change = order.payment_ids.filtered("is_change")
            order.amount_return = -sum((each.amount for each in change), Decimal(0))

    @depends("amount_total", "amount_paid")
    def _compute_difference(self) -> None:
        for order in self:
            order.amount_difference = order.amount_total - order.amount_paid

    @depends("lines.refunded_qty", "lines.refunded_orderline_id")
    def _compute_refunds(self) -> None:
        for order in self:
            order.is_refunded = any(line.refunded_qty > 0 for line in order.lines)
            order.refunded_order_id = order.lines.mapped("refunded_orderline_id").mapped("order_id")[:1]

    @depends("account_move")
    def _compute_is_invoiced(self) -> None:
        for order in self:
            order.is_invoiced = bool(order.account_move)

    def create(self, vals_list: Any) -> Self:
        """Create unpaid tickets, of sessions that are open."""
        rows = vals_list if isinstance(vals_list, (list, tuple)) else [vals_list]
        ids = {row.get("session_id") for row in rows if isinstance(row, Mapping)}
        sessions = self.env["pos.session"].sudo().browse(each for each in ids if type(each) is int).exists()
        lists = {session.id: session.config_id.pricelist_id.id or None for session in sessions}
        made = super().create(with_each(vals_list, lambda values: self._drafted(values, lists)))
        closed = made.sudo().mapped("session_id").filtered(lambda session: session.state == "closed")
        if closed:
            text = f"{closed[0].name} is closed: make the ticket in an open session."
            raise ValidationError(problems=[Problem("session_id", "closed", text)], model=self.model_name)
        return made

    def _drafted(self, values: Mapping[str, Any], lists: Mapping[Any, int | None]) -> Mapping[str, Any]:
        if self.env.context.get(POS):
            return values
        found = {
            name: each for name, each in values.items() if name not in _BY_STEPS - {"session_id", "uuid"}
        }
        if "pricelist_id" not in found:
            found["pricelist_id"] = lists.get(found.get("session_id"))
        return found

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; a ticket that is paid keeps what it says, but for a customer that is named later; steps change its state."""
        if not self.env.context.get(POS):
            wrong = sorted(_BY_STEPS & vals.keys())
            if wrong:
                text = "Tickets change their state by their steps: pay, cancel, refund, invoice."
                raise ValidationError(
                    problems=[Problem(name, "step", text) for name in wrong], model=self.model_name
                )
            nameless = not self.mapped("partner_id").ids
            if vals.keys() - _ALWAYS_FREE - ({"partner_id"} if nameless else set()):
                refuse_settled(self)
        return super().write(vals)

    def copy(self, default: Mapping[str, Any] | None = None) -> Self:
        """Refused: a ticket is sold once; `refund` makes its counterpart."""
        raise UserError("A ticket is not copied: make a new one, or a refund.")

    @ondelete
    def _numbered_ones_stay(self) -> None:
        if self.filtered(lambda order: order.state != "draft"):
            raise UserError("A ticket that was paid or cancelled stays.")

    def step(self, values: Mapping[str, Any]) -> bool:
        """Write what only steps may."""
        return self.with_context(**{POS: True}).write(values)
