"""What a contact was asked for, and in which currency it sells."""

from __future__ import annotations

from entrepot.api import Integer, Many2one, Model, One2many, depends


class Partner(Model, extends="res.partner"):
    """Contact"""

    property_purchase_currency_id = Many2one(
        "res.currency", string="Supplier Currency", groups="base.group_user", help="Empty: the company's."
    )
    purchase_order_ids = One2many(
        "purchase.order", "partner_id", string="Purchase Orders", groups="base.group_user"
    )
    purchase_order_count = Integer(
        compute="_compute_purchase_order_count", aggregator=None, groups="purchase.group_purchase_user"
    )

    @depends("purchase_order_ids.state")
    def _compute_purchase_order_count(self) -> None:
        for partner in self:
            partner.purchase_order_count = len(
                partner.purchase_order_ids.filtered(lambda each: each.state != "cancel")
            )
