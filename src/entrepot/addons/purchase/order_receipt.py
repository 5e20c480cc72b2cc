"""What confirmed lines still need to receive, and the transfers that bring it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from entrepot.addons.stock.quantities import minus, total
from entrepot.addons.stock.states import CLOSED
from entrepot.api import Command, Model, UserError, public

if TYPE_CHECKING:
    from collections.abc import Mapping


class OrderLine(Model, extends="purchase.order.line"):
    """Purchase Order Line"""

    def follow_with_receipts(self) -> None:
        """Make what is planned to come what is ordered: more moves for more, less of open moves for less."""
        more: dict[Any, list[tuple[Any, float]]] = defaultdict(list)
        for line in self.filtered(lambda each: each.qty_received_method == "stock_moves" and each.product_id):
            moves = [move for move in line.move_ids if move.state != "cancel"]
            planned = total(move.bought_quantity(_counted(move)) for move in moves)
            missing = minus(line.product_qty, planned)
            if missing > 0:
                more[line.order_id].append((line, missing))
            elif missing < 0:
                line._call_off(-missing)
        for order, wanted in more.items():
            order._receive(wanted)

    def _call_off(self, quantity: float) -> None:
        """Take a quantity off what is still to come for this single line, the latest moves first."""
        rest = quantity
        waiting = self.move_ids.filtered(
            lambda move: move.state not in CLOSED and move.bought_quantity(1.0) > 0
        )
        for move in waiting.sorted("id", reverse=True):
            planned = move.bought_quantity(move.product_uom_qty)
            part = min(rest, planned)
            if part <= 0:
                continue
            left = minus(planned, part)
            if left > 0:
                told = self.product_uom.convert(left, move.product_uom, rounding=False)
                move.write({"product_uom_qty": told})
            else:
                move._action_cancel()
            rest = minus(rest, part)

    def _move_values(self, quantity: float) -> dict[str, Any]:
        """What the move of a quantity of this single line is created with."""
        return {
            "name": self.name or self.product_id.display_name,
            "product_id": self.product_id.id,
            "product_uom": self.product_uom.id,
            "product_uom_qty": quantity,
            "purchase_line_id": self.id,
            "date": self.date_planned or self.order_id.date_order,
            "price_unit": self.unit_cost(),
            "origin": self.order_id.name,
        }


class Order(Model, extends="purchase.order"):
    """Purchase Order"""

    def _receive(self, wanted: list[tuple[Any, float]]) -> Any:
        """Put quantities of lines of this single order on its open receipt, or on a new one."""
        still = self.picking_ids.filtered(
            lambda each: (
                each.picking_type_id == self.picking_type_id
                and each.state not in CLOSED
                and not each.return_id
            )
        )
        moves = [Command.create(line._move_values(quantity)) for line, quantity in wanted]
        if still:
            picking = still[:1]
            picking.write({"move_ids": moves})
        else:
            pickings = self.env["stock.picking"].with_company(self.company_id.id)
            picking = pickings.create([self._picking_values(moves)])
        picking.action_confirm()
        return picking

    def _picking_values(self, moves: list[Any]) -> Mapping[str, Any]:
        """What a receipt of this single order is created with."""
        return {
            "picking_type_id": self.picking_type_id.id,
            "partner_id": self.partner_id.id,
            "origin": self.name,
            "user_id": None,
            "move_ids": moves,
        }

    @public(readonly=True)
    def action_view_picking(self) -> dict[str, Any]:
        """The transfers of these orders, as an action of the web client. Raises UserError when there are none."""
        pickings = self.mapped("picking_ids")
        if not pickings:
            raise UserError("There are no receipts yet.")
        return {
            "type": "ir.actions.act_window",
            "name": "Receptions",
            "res_model": "stock.picking",
            "view_mode": "list,form",
            "domain": [["id", "in", list(pickings.ids)]],
        }


def _counted(move: Any) -> float:
    """What a move brings or has brought, in its own unit."""
    quantity: float = move.quantity if move.state == "done" else move.product_uom_qty
    return quantity
