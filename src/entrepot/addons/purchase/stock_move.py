"""Moves that bring what was ordered, and the transfers they are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from entrepot.api import Many2one, Model, depends


class Move(Model, extends="stock.move"):
    """Stock Move"""

    purchase_line_id = Many2one(
        "purchase.order.line", string="Purchase Order Line", index=True, on_delete="set null"
    )

    def create(self, vals_list: Any) -> Self:
        """Create; what sends goods back belongs to the line that brought them."""
        many = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        if not isinstance(many, (list, tuple)) or not all(isinstance(each, Mapping) for each in many):
            return super().create(vals_list)
        back = {
            each["origin_returned_move_id"]
            for each in many
            if isinstance(each.get("origin_returned_move_id"), int) and not each.get("purchase_line_id")
        }
        if not back:
            return super().create(many)
        line_of = {move.id: move.purchase_line_id.id for move in self.sudo().browse(sorted(back)).exists()}
        rows = []
        for each in many:
            line = each.get("purchase_line_id") or line_of.get(each.get("origin_returned_move_id") or 0)
            rows.append({**each, "purchase_line_id": line or None})
        return super().create(rows)

    def bought_quantity(self, quantity: float) -> float:
        """A quantity of this single move in its order line's unit: below 0 for what goes back, 0 for what does not
        count.
        """
        unit = self.purchase_line_id.product_uom or self.product_uom
        told = (
            quantity if unit == self.product_uom else self.product_uom.convert(quantity, unit, rounding=False)
        )
        if self.location_id.usage == "supplier":
            return told if not self.origin_returned_move_id or self.to_refund else 0.0
        return -told if self.to_refund and self.location_dest_id.usage == "supplier" else 0.0


class Picking(Model, extends="stock.picking"):
    """Transfer"""

    purchase_id = Many2one(
        "purchase.order",
        compute="_compute_purchase",
        store=True,
        index=True,
        string="Purchase Order",
        help="The order whose goods it moves.",
    )

    @depends("move_ids.purchase_line_id.order_id")
    def _compute_purchase(self) -> None:
        for picking in self:
            picking.purchase_id = picking.move_ids.mapped("purchase_line_id").mapped("order_id")[:1]
