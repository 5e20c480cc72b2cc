"""What a contact ordered."""

from __future__ import annotations

from entrepot.api import Integer, Model, One2many, depends


class Partner(Model, extends="res.partner"):
    """Contact"""

    sale_order_ids = One2many("sale.order", "partner_id", string="Sales Orders")
    sale_order_count = Integer(
        compute="_compute_sale_order_count", aggregator=None, groups="sale.group_sale_salesman"
    )

    @depends("sale_order_ids.state")
    def _compute_sale_order_count(self) -> None:
        for partner in self:
            partner.sale_order_count = len(
                partner.sale_order_ids.filtered(lambda each: each.state != "cancel")
            )
