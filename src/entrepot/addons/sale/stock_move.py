"""Moves that carry out order lines, and the transfers they are in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from entrepot.api import Many2one, Model, depends


class Move(Model, extends="stock.move"):
    """Stock Move"""

    sale_line_id = Many2one("sale.order.line", string="Sale Line", index=True, on_delete="set null")

    def create(self, vals_list: Any) -> Self:
        """Create; what brings goods back belongs to the line that sent them."""
        many = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        if not isinstance(many, (list, tuple)):
            return super().create(vals_list)
        back = [
            each["origin_returned_move_id"]
            for each in many
            if isinstance(each, Mapping)
            and type(each.get("origin_returned_move_id")) is int
            and not each.get("sale_line_id")
        ]
        if not back:
            return super().create(many)
        sent = {move.id: move.sale_line_id.id for move in self.sudo().browse(dict.fromkeys(back)).exists()}
        return super().create(
            [
                {
                    **each,
                    "sale_line_id": sent.get(each.get("origin_returned_move_id") or 0)
                    or each.get("sale_line_id"),
                }
                if isinstance(each, Mapping)
                else each
                for each in many
            ]
        )

    def sold_quantity(self, quantity: float) -> float:
        """A quantity of this single move in its order line's unit: below 0 for what comes back, 0 for what does not
        count.
        """
        line = self.sale_line_id
        unit = line.product_uom or self.product_uom
        told = (
            self.product_uom.convert(quantity, unit, rounding=False) if unit != self.product_uom else quantity
        )
        if self.location_dest_id.usage == "customer":
            return told if not self.origin_returned_move_id or self.to_refund else 0.0
        return -told if self.to_refund and self.location_id.usage == "customer" else 0.0

    def planned(self) -> float:
        """What this single move does for its order line: what it moved once it is done, its demand until then."""
        return self.sold_quantity(self.quantity if self.state == "done" else self.product_uom_qty)


class Picking(Model, extends="stock.picking"):
    """Transfer"""

    sale_id = Many2one(
        "sale.order",
        compute="_compute_sale",
        store=True,
        index=True,
        string="Sales Order",
        help="The order whose goods it moves.",
    )

    @depends("move_ids.sale_line_id.order_id")
    def _compute_sale(self) -> None:
        for picking in self:
            picking.sale_id = picking.move_ids.mapped("sale_line_id").mapped("order_id")[:1]
