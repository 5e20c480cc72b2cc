"""What confirmed lines still need to have delivered, and the transfers that deliver it."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from entrepot.addons.sale.progress import settled, total
from entrepot.api import Command, Model, Problem, UserError, ValidationError, public

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLOSED = frozenset({"done", "cancel"})


class OrderLine(Model, extends="sale.order.line"):
    """Sales Order Line"""

    def follow_with_deliveries(self) -> None:
        """Make what is planned to go out what is ordered: more moves for more, less of open moves for less."""
        self.mapped("order_id").lock()
        more: dict[tuple[Any, Any], list[tuple[Any, float]]] = defaultdict(list)
        for line in self.filtered(lambda each: each.qty_delivered_method == "stock_move" and each.product_id):
            planned = total(move.planned() for move in line.move_ids if move.state != "cancel")
            missing = settled(line.product_uom_qty - planned)
            if missing > 0 and not line.ask_more(missing):
                more[(line.order_id, line.delivering_warehouse())].append((line, missing))
            elif missing < 0:
                line.call_off(-missing)
        self.mapped("order_id").deliver(more)

    def delivering_warehouse(self) -> Any:
        """The warehouse that delivers this single line. Raises ValidationError when there is none."""
        found = self.warehouse_id or self.order_id.warehouse_id
        if not found:
            text = f"{self.order_id.name}: say which warehouse delivers {self.product_id.display_name}."
            raise ValidationError(problems=[Problem("warehouse_id", "required", text)], model=self.model_name)
        return found

    def waiting_moves(self) -> Any:
        """The moves of this single line that still have to go out, the latest first."""
        waiting = self.move_ids.filtered(
            lambda move: move.state not in _CLOSED and move.sold_quantity(1.0) > 0
        )
        return waiting.sorted("id", reverse=True)

    def ask_more(self, quantity: float) -> bool:
        """Have a waiting move of this single line take a quantity along; whether there is one in the right warehouse."""
        kind = self.delivering_warehouse().out_type_id
        waiting = self.waiting_moves().filtered(lambda move: move.picking_type_id == kind)[:1]
        if waiting:
            told = self.product_uom.convert(quantity, waiting.product_uom, rounding=False)
            waiting.write({"product_uom_qty": settled(waiting.product_uom_qty + told)})
        return bool(waiting)

    def call_off(self, quantity: float) -> None:
        """Take a quantity off what is still to go out for this single line, the latest moves first."""
        rest = quantity
        for move in self.waiting_moves():
            planned = move.sold_quantity(move.product_uom_qty)
            part = min(rest, planned)
            if part <= 0:
                continue
            if settled(planned - part) > 0:
                left = self.product_uom.convert(planned - part, move.product_uom, rounding=False)
                move.write({"product_uom_qty": left})
            else:
                move._action_cancel()  # noqa: SLF001 - the field's own name
            rest = settled(rest - part)

    def move_values(self, quantity: float) -> dict[str, Any]:
        """What the move of a quantity of this single line is created with."""
        order = self.order_id
        day = order.commitment_date or order.date_order + timedelta(days=self.customer_lead)
        return {
            "name": self.name or self.product_id.display_name,
            "product_id": self.product_id.id,
            "product_uom": self.product_uom.id,
            "product_uom_qty": quantity,
            "sale_line_id": self.id,
            "date": day,
            "origin": order.name,
        }


class Order(Model, extends="sale.order"):
    """Sales Order"""

    def deliver(self, wanted: Mapping[tuple[Any, Any], list[tuple[Any, float]]]) -> Any:
        """Put quantities of lines, told by order and warehouse, on open deliveries, or on new ones made all at once."""
        pickings = self.env["stock.picking"]
        fresh: dict[int, list[dict[str, Any]]] = defaultdict(list)
        touched = pickings
        for (order, warehouse), pairs in wanted.items():
            kind = warehouse.out_type_id
            moves = [Command.create(line.move_values(quantity)) for line, quantity in pairs]
            still = order.open_delivery(kind)
            if still:
                still.write({"move_ids": moves})
                touched |= still
            else:
                fresh[order.company_id.id].append(order.picking_values(kind, moves))
        for company, rows in fresh.items():
            touched |= pickings.browse(pickings.with_company(company).create(rows).ids)
        touched.action_confirm()
        return touched

    def open_delivery(self, kind: Any) -> Any:
        """The first transfer of a kind of this single order that can still take goods along; empty when there is none."""
        return self.picking_ids.filtered(
            lambda each: each.picking_type_id == kind and each.state not in _CLOSED and not each.return_id
        )[:1]

    def picking_values(self, kind: Any, moves: list[Any]) -> dict[str, Any]:
        """What a delivery of this single order is created with."""
        return {
            "picking_type_id": kind.id,
            "partner_id": self.partner_shipping_id.id,
            "origin": self.name,
            "move_type": self.picking_policy,
            "user_id": None,
            "move_ids": moves,
        }

    @public(readonly=True)
    def action_view_delivery(self) -> dict[str, Any]:
        """The transfers of these orders, as an action of the web client. Raises UserError when there are none."""
        pickings = self.mapped("picking_ids")
        if not pickings:
            raise UserError("There are no deliveries yet.")
        return {
            "type": "ir.actions.act_window",
            "name": "Delivery Orders",
            "res_model": "stock.picking",
            "view_mode": "list,form",
            "domain": [["id", "in", list(pickings.ids)]],
        }
