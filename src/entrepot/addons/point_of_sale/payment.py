"""Payments of tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Self

from entrepot.addons.point_of_sale.steps import POS, refuse_settled
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Many2one,
    Model,
    Monetary,
    Problem,
    constrains,
    ondelete,
)


class Payment(Model, name="pos.payment", order="id desc"):
    """Point of Sale Payments"""

    name = Char(string="Label")
    pos_order_id = Many2one("pos.order", string="Order", required=True, index=True, on_delete="cascade")
    session_id = Many2one("pos.session", related="pos_order_id.session_id", store=True, index=True)
    company_id = Many2one("res.company", related="pos_order_id.company_id", store=True, index=True)
    currency_id = Many2one("res.currency", related="pos_order_id.currency_id")
    partner_id = Many2one("res.partner", related="pos_order_id.partner_id", string="Customer")
    payment_method_id = Many2one("pos.payment.method", required=True, index=True, on_delete="restrict")
    amount = Monetary(required=True)
    payment_date = Datetime(string="Date", required=True, readonly=True, default=lambda self: self.env.now())
    is_change = Boolean(string="Is this payment change?", readonly=True)
    transaction_id = Char(string="Payment Transaction ID", copy=False)

    @constrains("payment_method_id", "pos_order_id")
    def _method_is_of_the_shop(self) -> Iterator[Problem]:
        for payment in self:
            if payment.payment_method_id not in payment.pos_order_id.config_id.payment_method_ids:
                name = payment.payment_method_id.name
                yield Problem("payment_method_id", "other_shop", f"{name} is no payment method of this shop.")

    @constrains("amount")
    def _amount_can_be_paid(self) -> Iterator[Problem]:
        for payment in self:
            if payment.currency_id.round(payment.amount) != payment.amount:
                yield Problem("amount", "rounding", f"{payment.amount} cannot be paid in this currency.")

    def create(self, vals_list: Any) -> Self:
        """Create; tickets that are paid take no more payments."""
        made = super().create(vals_list)
        refuse_settled(made.mapped("pos_order_id"))
        return made

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; what was paid stays."""
        refuse_settled(self.mapped("pos_order_id"))
        return super().write(vals)

    @ondelete
    def _what_was_paid_stays(self) -> None:
        if not self.env.context.get(POS):
            refuse_settled(self.mapped("pos_order_id"))
