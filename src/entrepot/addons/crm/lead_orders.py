"""Quotations and orders of an opportunity."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entrepot.api import Integer, Model, Monetary, One2many, UserError, depends, public

_OFFERS = frozenset({"draft", "sent"})


class LeadOrders(Model, extends="crm.lead"):
    """Lead"""

    order_ids = One2many("sale.order", "opportunity_id", string="Orders")
    sale_amount_total = Monetary(
        compute="_compute_orders",
        string="Sum of Orders",
        help="Untaxed total of confirmed orders.",
        currency="company_currency",
    )
    quotation_count = Integer(compute="_compute_orders", string="Number of Quotations", aggregator=None)
    sale_order_count = Integer(compute="_compute_orders", string="Number of Sale Orders", aggregator=None)

    @depends("order_ids.state", "order_ids.amount_untaxed", "order_ids.currency_id")
    def _compute_orders(self) -> None:
        for lead in self.sudo():
            orders = lead.order_ids
            confirmed = orders.filtered(lambda order: order.state == "sale")
            lead.quotation_count = len(orders.filtered(lambda order: order.state in _OFFERS))
            lead.sale_order_count = len(confirmed)
            lead.sale_amount_total = sum((in_company_money(order) for order in confirmed), Decimal(0))

    @public
    def action_new_quotation(self) -> dict[str, Any]:
        """Make a quotation for this opportunity's customer; what to open then: the quotation.

        Raises UserError without a customer.
        """
        order = self.ensure_one().new_quotation({})
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "view_mode": "form",
        }

    @public
    def action_sale_quotations_new(self) -> dict[str, Any]:
        """The name of the button for it."""
        return self.action_new_quotation()

    def new_quotation(self, values: dict[str, Any]) -> Any:
        """A quotation for this opportunity, with more values of the order."""
        if not self.partner_id and not values.get("partner_id"):
            raise UserError("Link the opportunity to a customer first: convert it, or set partner_id.")
        own = {
            "opportunity_id": self.id,
            "partner_id": self.partner_id.id,
            "team_id": self.team_id.id or None,
            "user_id": self.user_id.id or None,
            "company_id": (self.company_id or self.env.company).id,
            "origin": self.name,
            "tag_ids": [(6, 0, self.tag_ids.ids)],
        }
        return self.env["sale.order"].create({**own, **values})


def in_company_money(order: Any) -> Decimal:
    """The untaxed amount of an order in its company's currency, at the rate of the order's day."""
    own: Any = order.company_id.currency_id
    if order.currency_id == own:
        return Decimal(order.amount_untaxed)
    day = order.date_order.date() if order.date_order else order.env.today()
    return Decimal(order.currency_id._convert(order.amount_untaxed, own, order.company_id, day))  # noqa: SLF001 - the field's own name
