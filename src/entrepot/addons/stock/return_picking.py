"""Taking back what was moved: a method of transfers, and the wizard that older clients know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.stock.quantities import DIGITS, minus, settled, total
from entrepot.api import (
    Boolean,
    Command,
    Float,
    Many2one,
    Model,
    One2many,
    Problem,
    UserError,
    ValidationError,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


class Picking(Model, extends="stock.picking"):
    """Transfer"""

    @public
    def return_goods(self, quantities: Mapping[str, float] | None = None) -> list[int]:
        """A confirmed transfer the other way; answers its id in a list.

        `quantities`: product id (as a number or text) -> quantity in the product's unit; without it, all that was
        moved and has not been returned yet. Raises UserError when nothing is left to return, ValidationError for more
        than was moved.
        """
        self.ensure_one()._keep()
        wanted = None if quantities is None else _asked(quantities)
        left = self._returnable()
        whole = {move: quantity for move, quantity in left.items() if quantity > 0}
        plan = whole if wanted is None else _spread(wanted, left)
        if not plan:
            raise UserError(f"Nothing of {self.name} is left to be returned.")
        return list(self._make_return(plan).ids)

    def _returnable(self) -> dict[Any, float]:
        """Done move of this single transfer -> what of it has not been returned, in the product's unit."""
        if self.state != "done":
            raise UserError(f"Only what was moved can be returned: {self.name} is not done.")
        found: dict[Any, float] = {}
        for move in self.move_ids.filtered(lambda each: each.state == "done"):
            back = move.returned_move_ids.filtered(lambda each: each.state != "cancel")
            gone = total(each.promised() if each.state == "done" else each.product_qty for each in back)
            found[move] = minus(move.promised(), gone)
        return found

    def _make_return(self, plan: Mapping[Any, float]) -> Any:
        kind = self.picking_type_id.return_picking_type_id or self.picking_type_id
        transfer = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": self.partner_id.id or None,
                "location_id": self.location_dest_id.id,
                "location_dest_id": self.location_id.id,
                "origin": f"Return of {self.name}",
                "return_id": self.id,
                "move_ids": [
                    Command.create(self._returning(move, quantity, kind)) for move, quantity in plan.items()
                ],
            }
        )
        transfer.action_confirm()
        return transfer

    def _returning(self, move: Any, quantity: float, kind: Any) -> dict[str, Any]:
        return {
            "name": move.name,
            "product_id": move.product_id.id,
            "product_uom": move.product_id.uom_id.id,
            "product_uom_qty": quantity,
            "location_id": move.location_dest_id.id,
            "location_dest_id": move.location_id.id,
            "picking_type_id": kind.id,
            "origin_returned_move_id": move.id,
            "price_unit": move.price_unit,
            "to_refund": True,
        }


def _asked(quantities: Any) -> dict[int, float]:
    if not hasattr(quantities, "items"):
        raise UserError("return_goods takes an object of product ids and quantities.")
    found: dict[int, float] = {}
    for key, value in quantities.items():
        text = str(key)
        number = value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
        if not (text.isascii() and text.isdigit()) or number is None or not 0 < number < 1e12:
            raise UserError("return_goods takes product ids and quantities above 0.")
        found[int(text)] = settled(float(number))
    return found


def _spread(wanted: Mapping[int, float], left: Mapping[Any, float]) -> dict[Any, float]:
    """The wanted quantities over the moves of their products. Raises ValidationError naming what is too much."""
    plan: dict[Any, float] = {}
    problems = []
    for product_id, quantity in wanted.items():
        rest = quantity
        for move, most in left.items():
            part = min(rest, most) if move.product_id.id == product_id else 0.0
            if part > 0:
                plan[move] = part
                rest = minus(rest, part)
        if rest > 0:
            text = f"Product {product_id}: {minus(quantity, rest):g} can be returned, not {quantity:g}."
            problems.append(Problem(f"quantities.{product_id}", "too_much", text))
    if problems:
        raise ValidationError(problems=problems, model="stock.picking")
    return plan


class ReturnPicking(Model, name="stock.return.picking", transient=True, rec_name="picking_id"):
    """Return Picking"""

    picking_id = Many2one(
        "stock.picking", required=True, on_delete="cascade", default=lambda self: _active(self.env)
    )
    product_return_moves = One2many("stock.return.picking.line", "wizard_id", string="Moves")

    def create(self, vals_list: Any) -> ReturnPicking:
        """Create; without lines of its own it lists what may be returned."""
        wizards = super().create(vals_list)
        for wizard in wizards.filtered(lambda each: not each.product_return_moves):
            left = wizard.picking_id._returnable()
            wizard.product_return_moves = [
                Command.create({"move_id": move.id, "quantity": quantity})
                for move, quantity in left.items()
                if quantity > 0
            ]
        return wizards

    @public
    def create_returns(self) -> dict[str, Any]:
        """Make the transfer the other way; answers the action that shows it."""
        transfer = self.ensure_one()._return()
        return {
            "name": "Returned Picking",
            "type": "ir.actions.act_window",
            "res_model": "stock.picking",
            "view_mode": "form,list",
            "res_id": transfer.id,
        }

    @public
    def action_create_returns(self) -> dict[str, Any]:
        """The same under its newer name."""
        return self.create_returns()

    def _return(self) -> Any:
        picking = self.picking_id
        picking._keep()
        left = picking._returnable()
        plan: dict[Any, float] = {}
        problems = []
        for at, line in enumerate(self.product_return_moves):
            move = next((each for each in left if each.id == line.move_id.id), None)
            if line.quantity <= 0:
                continue
            if move is None or line.quantity > left[move]:
                most = left[move] if move is not None else 0.0
                text = f"{line.product_id.display_name}: {most:g} can be returned, not {line.quantity:g}."
                problems.append(Problem(f"product_return_moves.{at}.quantity", "too_much", text))
            else:
                plan[move] = line.quantity
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        if not plan:
            raise UserError("Please specify at least one non-zero quantity.")
        return picking._make_return(plan)


class ReturnLine(Model, name="stock.return.picking.line", transient=True, rec_name="product_id"):
    """Return Picking Line"""

    wizard_id = Many2one("stock.return.picking", required=True, on_delete="cascade", index=True)
    move_id = Many2one("stock.move", required=True, on_delete="cascade")
    product_id = Many2one("product.product", related="move_id.product_id")
    uom_id = Many2one("uom.uom", related="move_id.product_id.uom_id", string="Unit of Measure")
    quantity = Float(digits=DIGITS, required=True, help="In the product's unit.")
    to_refund = Boolean(default=True)


def _active(env: Any) -> Any:
    asked = (
        env.context.get("active_id")
        if env.context.get("active_model", "stock.picking") == "stock.picking"
        else None
    )
    return asked if isinstance(asked, int) else None
