"""Stock that moved is told to every peer, in the commit in which it moved. Source: B4, B6 rule 2."""

from __future__ import annotations

from entrepot.addons.exchange import order_states
from entrepot.api import Model


class Move(Model, extends="stock.move"):
    """What the exchange adds to a move."""

    def _after_done(self) -> None:
        """Tell what is on hand now where the goods were and where they are, and that orders were delivered."""
        super()._after_done()  # type: ignore[misc]  # the method of the model this extends
        moves = self.sudo()
        pairs = {
            (move.product_id.id, place.warehouse_id.id)
            for move in moves
            for place in (move.location_id, move.location_dest_id)
            if place.usage == "internal" and place.warehouse_id
        }
        self.env["ek.teller"].sudo().stock(sorted(pairs))
        orders = moves.mapped("sale_line_id.order_id").filtered("ek_peer_id")
        for order in orders:
            if all(picking.state in {"done", "cancel"} for picking in order.picking_ids):
                order.stepped(order_states.DELIVERED)
