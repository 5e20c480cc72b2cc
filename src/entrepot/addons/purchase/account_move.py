"""Bill lines that bill order lines."""

from __future__ import annotations

from typing import Any

from entrepot.api import Integer, Many2one, Model, depends


class MoveLine(Model, extends="account.move.line"):
    """Journal Item"""

    purchase_line_id = Many2one(
        "purchase.order.line", string="Purchase Order Line", index=True, copy=False, on_delete="set null"
    )
    purchase_order_id = Many2one(
        "purchase.order", related="purchase_line_id.order_id", string="Purchase Order"
    )

    def bought_quantity(self, unit: Any) -> float:
        """What this single line bills, in a unit; below 0 on a credit note."""
        own = self.product_uom_id
        told: float = (
            own.convert(self.quantity, unit, rounding=False)
            if own and unit and own != unit
            else self.quantity
        )
        return -told if self.move_type == "in_refund" else told


class Move(Model, extends="account.move"):
    """Journal Entry"""

    purchase_order_count = Integer(compute="_compute_purchase_order_count", aggregator=None)

    @depends("invoice_line_ids.purchase_line_id")
    def _compute_purchase_order_count(self) -> None:
        for move in self:
            move.purchase_order_count = len(
                move.sudo().line_ids.mapped("purchase_line_id").mapped("order_id")
            )

    def _reversal_values(self, given: dict[str, Any]) -> dict[str, Any]:
        """A credit note takes back what its bill billed, from the same order lines."""
        values = super()._reversal_values(given)  # type: ignore[misc]  # the ledger's method
        lines = self.sudo().invoice_line_ids
        commands = values.get("invoice_line_ids") or []
        if len(commands) == len(lines):
            for command, line in zip(commands, lines, strict=True):
                if line.purchase_line_id:
                    command[2]["purchase_line_id"] = line.purchase_line_id.id
        return values  # type: ignore[no-any-return]  # a dict
