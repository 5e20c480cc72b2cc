"""Lines of moves: how much is taken from exactly where. An open line keeps its part of the stock reserved."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.stock import states
from entrepot.addons.stock.quant import LEDGER, Shift
from entrepot.addons.stock.quantities import DIGITS, minus, total
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Float,
    Many2one,
    Model,
    Problem,
    Selection,
    ValidationError,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from entrepot.addons.stock.quant import Place

_HOLDING = frozenset({"quantity", "qty_done", "product_uom_id", "location_id", "move_id"})
"""What a change of means to let go and reserve anew."""
_INNER = frozenset({"reserved_qty", "quantity_product_uom"})


class MoveLine(Model, name="stock.move.line", rec_name="product_id", order="id"):
    """Product Move"""

    move_id = Many2one("stock.move", string="Stock Operation", required=True, index=True, on_delete="cascade")
    picking_id = Many2one(
        "stock.picking", related="move_id.picking_id", store=True, string="Transfer", index=True
    )
    product_id = Many2one("product.product", related="move_id.product_id", store=True, index=True)
    company_id = Many2one("res.company", related="move_id.company_id", store=True, index=True)
    product_uom_id = Many2one("uom.uom", string="Unit of Measure", required=True, on_delete="restrict")
    quantity = Float(digits=DIGITS)
    qty_done = Float(string="Done", digits=DIGITS, compute="_compute_qty_done", inverse="_set_qty_done")
    quantity_product_uom = Float(
        string="Quantity in Product UoM", digits=DIGITS, compute="_compute_in_product_unit", store=True
    )
    reserved_qty = Float(
        string="Reserved", digits=DIGITS, readonly=True, copy=False, help="In the product's unit."
    )
    location_id = Many2one("stock.location", string="From", required=True, index=True, on_delete="restrict")
    location_dest_id = Many2one(
        "stock.location", string="To", required=True, index=True, on_delete="restrict"
    )
    state = Selection(states.MOVE_STATES, related="move_id.state", store=True, index=True, readonly=True)
    date = Datetime(related="move_id.date", readonly=True)
    reference = Char(related="move_id.reference", readonly=True)
    picked = Boolean(related="move_id.picked", readonly=True)

    @depends("quantity", "product_uom_id", "product_id.uom_id")
    def _compute_in_product_unit(self) -> None:
        for line in self:
            unit, own = line.product_uom_id, line.product_id.uom_id
            known = unit and own
            line.quantity_product_uom = (
                unit.convert(line.quantity, own, method="HALF-UP") if known else line.quantity
            )

    @depends("quantity")
    def _compute_qty_done(self) -> None:
        for line in self:
            line.qty_done = line.quantity

    def _set_qty_done(self) -> None:
        for line in self:
            line.write({"quantity": line.qty_done})

    @constrains("quantity", "product_uom_id", "location_id", "location_dest_id", "move_id")
    def _lines_make_sense(self) -> Iterator[Problem]:
        for line in self:
            if line.quantity < 0:
                yield Problem("quantity", "range", "A moved quantity is not negative.")
            if line.product_uom_id.category_id != line.product_id.uom_id.category_id:
                yield Problem(
                    "product_uom_id", "category", f"{line.product_id.name} is not counted in that unit."
                )
            for name in ("location_id", "location_dest_id"):
                place, planned = getattr(line, name), getattr(line.move_id, name)
                if not (place.parent_path or "").startswith(planned.parent_path or ""):
                    text = f"{place.complete_name} is not in {planned.complete_name}, where the move was planned."
                    yield Problem(name, "elsewhere", text)
                if place.usage == "view":
                    yield Problem(name, "view", f"{place.complete_name} is a view: choose a location in it.")

    # writing -----------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create; what a line of a confirmed move takes is reserved as far as it is free."""
        many = vals_list if isinstance(vals_list, (list, tuple)) else [vals_list]
        for values in many:
            self._refuse_inner(values)
        moves = self.env["stock.move"].browse(
            dict.fromkeys(
                each for each in (values.get("move_id") for values in many) if isinstance(each, int)
            )
        )
        by_id = {move.id: move for move in moves}
        lines = super().create([_filled(values, by_id) for values in many])
        lines._refuse_closed()
        lines._reserve_again()
        if not self.env.su:
            lines._said()
        return lines

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; reservations follow. The lines of done and cancelled moves stay as they are."""
        if self.env.context.get(LEDGER):
            return super().write(vals)
        self._refuse_inner(vals)
        self._refuse_closed()
        holding = bool(_HOLDING & set(vals))
        if holding:
            self._release()
        done = super().write(vals)
        if holding:
            self._reserve_again()
            if not self.env.su:
                self._said()
        return done

    def unlink(self) -> bool:
        """Delete; what was reserved is free again."""
        self._refuse_closed()
        moves = self.mapped("move_id")
        self._release()
        done = super().unlink()
        if not self.env.su:
            moves._refresh_states()
        return done

    def _refuse_inner(self, values: Mapping[str, Any]) -> None:
        wrong = sorted(_INNER & set(values))
        if wrong:
            text = "Reservations follow from quantities: write quantity."
            raise ValidationError(problems=[Problem(name, "not_allowed", text) for name in wrong])

    def _refuse_closed(self) -> None:
        if any(line.move_id.state in states.CLOSED for line in self):
            text = "A move that is done or cancelled does not change: make a return, or count the product."
            raise ValidationError(problems=[Problem("state", "closed", text)], model=self.model_name)

    def _said(self) -> None:
        """Somebody wrote these quantities: they are no mere reservation any more."""
        moves = self.mapped("move_id")
        moves.filtered(lambda move: not move.picked).write({"picked": True})
        moves._refresh_states()

    # reservation -------------------------------------------------------------------------------------------------

    def _reserves(self) -> bool:
        return bool(
            self.move_id.state in states.OPEN and self.product_id.is_storable and self.location_id.is_own()
        )

    def _release(self) -> None:
        """Let go of what these lines hold."""
        holding = self.filtered(lambda line: line.reserved_qty > 0)
        if not holding:
            return
        holding.mapped("move_id")._lock()
        changes: dict[Place, Shift] = defaultdict(Shift)
        for line in holding:
            change = changes[line.product_id.id, line.location_id.id]
            change.reserved = minus(change.reserved, line.reserved_qty)
        self.env["stock.quant"]._shift(changes)
        holding.with_context(**{LEDGER: True}).write({"reserved_qty": 0.0})

    def _reserve_again(self) -> None:
        """Reserve what these lines want and do not hold, as far as it is free where they take it."""
        wanting = self.filtered(
            lambda line: line._reserves() and line.quantity_product_uom > line.reserved_qty
        )
        if not wanting:
            return
        wanting.mapped("move_id")._lock()
        quants = self.env["stock.quant"]._known((line.product_id.id, line.location_id.id) for line in wanting)
        free = {
            place: max(minus(quant.quantity, quant.reserved_quantity), 0.0) for place, quant in quants.items()
        }
        changes: dict[Place, Shift] = defaultdict(Shift)
        for line in wanting.with_context(**{LEDGER: True}):
            place = (line.product_id.id, line.location_id.id)
            part = min(minus(line.quantity_product_uom, line.reserved_qty), free.get(place, 0.0))
            if part > 0:
                free[place] = minus(free[place], part)
                changes[place].reserved = total((changes[place].reserved, part))
                line.write({"reserved_qty": total((line.reserved_qty, part))})
        self.env["stock.quant"]._shift(changes)

    def _shrink(self, kept: Mapping[int, tuple[float, float]]) -> None:
        """Leave each line its (quantity, reserved), in the product's unit and no more than it has; empty ones go."""
        changes: dict[Place, Shift] = defaultdict(Shift)
        empty: list[int] = []
        for line in self.with_context(**{LEDGER: True}):
            quantity, reserved = kept[line.id]
            change = changes[line.product_id.id, line.location_id.id]
            change.reserved = total((change.reserved, reserved, -line.reserved_qty))
            if quantity > 0:
                unit = line.product_id.uom_id.id
                line.write({"quantity": quantity, "reserved_qty": reserved, "product_uom_id": unit})
            else:
                line.write({"reserved_qty": 0.0})
                empty.append(line.id)
        held = {place: change for place, change in changes.items() if change.reserved}
        self.env["stock.quant"]._shift(held)
        self.browse(empty).unlink()


def _filled(values: Mapping[str, Any], moves: Mapping[int, Any]) -> Mapping[str, Any]:
    """Unit and places of the move, where a new line says none."""
    asked = values.get("move_id")
    move = moves.get(asked) if isinstance(asked, int) else None
    if move is None:
        return values
    planned = {
        "product_uom_id": move.product_uom.id,
        "location_id": move.location_id.id,
        "location_dest_id": move.location_dest_id.id,
    }
    return {**{key: value for key, value in planned.items() if not values.get(key)}, **values}
