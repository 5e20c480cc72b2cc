"""Carrying moves out: quantities on hand change here, and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.stock import states
from entrepot.addons.stock.move import STEP
from entrepot.addons.stock.quant import LEDGER, Shift
from entrepot.addons.stock.quantities import minus, settled, total
from entrepot.api import Model, UserError

if TYPE_CHECKING:
    from entrepot.addons.stock.quant import Place


class Move(Model, extends="stock.move"):
    """Stock Move"""

    def _action_done(self, *, cancel_backorder: bool = False) -> Self:
        """Carry out what the lines hold; answers the moves that were done.

        What is left of a demand becomes a move of its own, still wanted (or cancelled, with `cancel_backorder`).
        Moves without any quantity stay wanted (or are cancelled).
        """
        self._action_confirm()
        self._lock()
        running = self.filtered(lambda move: move.state in states.OPEN)
        doing = running.filtered(lambda move: move.promised() > 0)
        idle = running - doing
        left = self.env["stock.move"].sudo().create([values for move in doing for values in move._rest()])
        doing._close()
        if cancel_backorder:
            (left | idle)._action_cancel()
        left.filtered(lambda move: move.state == "draft")._action_confirm()
        doing._release_followers()
        doing._serve_waiting()
        doing._after_done()
        return doing

    def _after_done(self) -> None:
        """For other add-ons to extend: these moves were just done."""

    def _rest(self) -> list[dict[str, Any]]:
        """The values of the move for what this single one leaves undone; shrinks it to what it does."""
        done = self.promised()
        rest = minus(self.product_qty, done)
        if rest <= 0:
            return []
        own, unit = self.product_id.uom_id, self.product_uom
        told = settled(self.in_own_unit(rest))
        if self.in_product_unit(told) != rest:
            # 5 of 12 units are no decimal part of a dozen that turns back into 5: the rest is told in the product's
            # unit.
            told, unit = rest, own
        values = self.copy_data(
            {
                "product_uom_qty": told,
                "product_uom": unit.id,
                "picking_id": self.picking_id.id or None,
                "move_orig_ids": self.move_orig_ids.ids,
                "move_dest_ids": self.move_dest_ids.ids,
                "origin_returned_move_id": self.origin_returned_move_id.id or None,
            }
        )
        self.with_context(**{STEP: True}).write({"product_uom_qty": self.in_own_unit(done)})
        return [values]

    def _close(self) -> None:
        """Bring the quantities of these moves from where they were to where they are."""
        for move in self:
            if not move.location_id.active or not move.location_dest_id.active:
                raise UserError(
                    f"{move.display_name}: an archived location neither gives nor takes products."
                )
        lines = self.mapped("move_line_ids").sudo()
        lines.filtered(lambda line: line.quantity_product_uom <= 0).unlink()
        lines = self.mapped("move_line_ids").sudo()
        stored = lines.filtered(lambda line: line.product_id.is_storable)
        ledger = self.env["stock.quant"]
        quants = ledger._known((line.product_id.id, line.location_id.id) for line in stored)
        changes: dict[Place, Shift] = defaultdict(Shift)
        left: set[Place] = set()
        for line in stored:
            source = (line.product_id.id, line.location_id.id)
            target = (line.product_id.id, line.location_dest_id.id)
            quantity = line.quantity_product_uom
            out, into = changes[source], changes[target]
            out.quantity = minus(out.quantity, quantity)
            out.reserved = minus(out.reserved, line.reserved_qty)
            into.quantity = total((into.quantity, quantity))
            if line.location_id.is_own() and source in quants:
                came = quants[source].in_date
                into.since = min(came, into.since) if into.since else came
            left.add(source)
        ledger._shift(changes)
        lines.with_context(**{LEDGER: True}).write({"reserved_qty": 0.0})
        now = self.env.now()
        self.with_context(**{STEP: True}).write({"state": "done", "date": now})
        self._free_reservations(left)
