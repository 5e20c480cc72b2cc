"""How moves find their goods, and let go of them. Every step holds the locks of its products first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from entrepot.addons.stock import states
from entrepot.addons.stock.quant import LEDGER
from entrepot.addons.stock.quantities import is_none, minus, settled, total
from entrepot.addons.stock.reservation import Promise, Shelf, given_back, taken
from entrepot.api import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from entrepot.addons.stock.quant import Place


class Move(Model, extends="stock.move"):
    """Stock Move"""

    def _action_assign(self) -> bool:
        """Reserve what these moves still need, urgent and early ones first; what is not there stays wanted."""
        moves = self.filtered(lambda move: move.state in {"confirmed", "partially_available", "waiting"})
        moves = moves.filtered(lambda move: not move._waits())
        if not moves:
            return True
        moves._lock()
        shelves = self.env["stock.quant"]._shelves(
            moves.mapped("product_id").ids, moves.mapped("location_id").ids
        )
        plan = _Plan(self.env, shelves)
        for move in sorted(moves, key=_rank):
            need = minus(move.product_qty, move.promised())
            if need > 0:
                plan.serve(move, need)
        plan.carry_out()
        moves._refresh_states()
        return True

    def _do_unreserve(self) -> bool:
        """Let go of what these moves hold, said quantities too."""
        moves = self.filtered(lambda move: move.state in states.OPEN)
        if moves:
            moves._lock()
            moves.mapped("move_line_ids").unlink()
            moves.filtered("picked").write({"picked": False})
            moves._refresh_states()
        return True

    def _refresh_states(self) -> None:
        """The states of open moves follow what their lines hold."""
        groups: dict[str, list[int]] = defaultdict(list)
        for move in self.filtered(lambda each: each.state in states.OPEN):
            state = states.move_state(move.product_qty, move.promised(), waits=move._waits())
            groups[state].append(move.id)
        for state, ids in groups.items():
            self.browse(ids)._into(state)

    def _set_quantity(self) -> None:
        """What somebody says is (to be) moved. More than is free may be said: it is then taken without reservation."""
        said = {move.id: settled(move.in_product_unit(move.quantity)) for move in self}
        self._lock()
        more = {move.id: minus(said[move.id], move.promised()) for move in self}
        self.filtered(lambda move: more[move.id] < 0)._give_up({i: -part for i, part in more.items()})
        self.filtered(lambda move: more[move.id] > 0)._take_more(more)
        self.filtered(lambda move: not move.picked).write({"picked": True})
        self._refresh_states()

    def _set_quantity_done(self) -> None:
        for move in self:
            move.quantity = move.quantity_done

    def _take_more(self, wanted: Mapping[int, float]) -> None:
        """Put quantities (move id -> in the product's unit) onto lines: what is free is reserved, the rest just said."""
        running = self.filtered(lambda move: move.state in states.OPEN and move.takes_from_stock())
        shelves = self.env["stock.quant"]._shelves(
            running.mapped("product_id").ids, running.mapped("location_id").ids
        )
        plan = _Plan(self.env, shelves)
        reserving = set(running.ids)
        for move in self:
            left = plan.serve(move, wanted[move.id]) if move.id in reserving else wanted[move.id]
            if left > 0:
                plan.add(move, move.location_id.id, left)
        plan.carry_out()

    def _give_up(self, unwanted: Mapping[int, float]) -> None:
        """Take quantities off the lines: first what is not reserved, then the latest lines."""
        kept: dict[int, tuple[float, float]] = {}
        for move in self:
            left = unwanted[move.id]
            for line in sorted(move.move_line_ids, key=lambda each: (each.reserved_qty > 0, -each.id)):
                part = min(left, line.quantity_product_uom)
                if part > 0:
                    rest = minus(line.quantity_product_uom, part)
                    kept[line.id] = (rest, min(line.reserved_qty, rest))
                    left = minus(left, part)
        self.mapped("move_line_ids").filtered(lambda line: line.id in kept)._shrink(kept)

    def _free_reservations(self, places: Iterable[Place]) -> None:
        """Where more is promised than there is, the last in turn give back. The locks are held."""
        wanted = sorted(set(places))
        if not wanted:
            return
        lines = (
            self.env["stock.move.line"]
            .sudo()
            .search(
                [
                    ("product_id", "in", sorted({product for product, _ in wanted})),
                    ("location_id", "in", sorted({location for _, location in wanted})),
                    ("reserved_qty", ">", 0),
                ]
            )
        )
        held: dict[Place, list[Any]] = defaultdict(list)
        for line in lines:
            held[line.product_id.id, line.location_id.id].append(line)
        quants = self.env["stock.quant"]._known(wanted)
        back: dict[int, float] = {}
        for place in wanted:
            on_hand = quants[place].quantity if place in quants else 0.0
            promises = [Promise(line.id, line.reserved_qty, _rank(line.move_id)) for line in held[place]]
            back |= given_back(on_hand, promises)
        giving = lines.filtered(lambda line: line.id in back)
        moves = giving.mapped("move_id")
        giving._shrink(
            {
                line.id: (
                    minus(line.quantity_product_uom, back[line.id]),
                    minus(line.reserved_qty, back[line.id]),
                )
                for line in giving
            }
        )
        moves._refresh_states()

    def _serve_waiting(self) -> None:
        """Goods came in: those who waited for them are served, first in turn first."""
        came = self.filtered(lambda move: move.product_id.is_storable and move.location_dest_id.is_own())
        if not came:
            return
        waiting = self.sudo().search(
            [
                ("product_id", "in", came.mapped("product_id").ids),
                ("state", "in", ["confirmed", "partially_available"]),
                ("product_uom_qty", ">", 0),
                ("picked", "=", False),
            ]
        )
        waiting.filtered(lambda move: move.takes_from_stock() and move._reserves_at_once())._action_assign()


def _rank(move: Any) -> tuple[Any, ...]:
    """Urgent moves first, then by date."""
    return (-int(move.priority or "0"), move.date, move.id)


class _Plan:
    """Which lines of which moves take how much: collected for many moves, carried out at once."""

    def __init__(self, env: Any, shelves: dict[int, list[Shelf]]) -> None:
        self.env = env
        self.shelves = shelves
        places = dict.fromkeys(shelf.location_id for known in shelves.values() for shelf in known)
        locations = env["stock.location"].sudo().browse(places)
        self.paths = {location.id: location.parent_path or "" for location in locations}
        self.parts: dict[tuple[int, int], float] = {}
        self.moves: dict[int, Any] = {}

    def serve(self, move: Any, wanted: float) -> float:
        """Plan what can be given to a move; answers what is missing."""
        if not move.takes_from_stock():
            self.add(move, move.location_id.id, wanted)
            return 0.0
        product = move.product_id.id
        below = move.location_id.parent_path or ""
        reachable = [
            shelf
            for shelf in self.shelves.get(product, ())
            if self.paths[shelf.location_id].startswith(below)
        ]
        found = dict(taken(wanted, reachable))
        for location, quantity in found.items():
            self.add(move, location, quantity)
        self.shelves[product] = [
            replace(shelf, reserved=total((shelf.reserved, found.get(shelf.location_id, 0.0))))
            for shelf in self.shelves.get(product, ())
        ]
        return minus(wanted, total(found.values()))

    def add(self, move: Any, location_id: int, quantity: float) -> None:
        """Plan that a move takes a quantity from a location."""
        key = (move.id, location_id)
        self.moves[move.id] = move
        self.parts[key] = total((self.parts.get(key, 0.0), quantity))

    def carry_out(self) -> None:
        """Make the lines, or let those that are there take more."""
        fresh: list[dict[str, Any]] = []
        lines = self.env["stock.move.line"].sudo()
        grown: list[int] = []
        for (move_id, location), quantity in self.parts.items():
            if is_none(quantity):
                continue
            move = self.moves[move_id]
            unit = move.product_id.uom_id
            line = next((each for each in move.move_line_ids if each.location_id.id == location), None)
            if line is not None:
                whole = total((line.quantity_product_uom, quantity))
                line.sudo().with_context(**{LEDGER: True}).write(
                    {"quantity": whole, "product_uom_id": unit.id}
                )
                grown.append(line.id)
            else:
                fresh.append(
                    {
                        "move_id": move_id,
                        "quantity": quantity,
                        "product_uom_id": unit.id,
                        "location_id": location,
                        "location_dest_id": move.location_dest_id.id,
                    }
                )
        lines.browse(grown)._reserve_again()
        lines.create(fresh)
