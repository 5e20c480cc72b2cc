"""Orders of peers and their states, both ways. Source: B3 (order status values), B4, B8 cases 4 and 11.

The states of a peer are no states of `sale.order`: each one stands for a step of the business, which is carried out.
They go forward only; the same one twice is nothing new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.exchange import order_states, spellings
from entrepot.addons.exchange.absorb import keep_unknown
from entrepot.addons.exchange.exchanged import refuse_kept
from entrepot.addons.exchange.filters import aimed
from entrepot.addons.exchange.receive import Receipt, receive
from entrepot.addons.exchange.sender import refuse_message, sender_of
from entrepot.addons.exchange.watched import noted, snapshot
from entrepot.api import Char, ConflictError, Integer, Many2one, Model, Problem, Selection

if TYPE_CHECKING:
    from collections.abc import Mapping


class SaleOrder(Model, extends="sale.order", mixins=["ek.exchanged"], unique=[("ek_peer_id", "ek_order_id")]):
    """What the exchange adds to an order."""

    ek_peer_id = Many2one(
        "ek.peer", string="Bank", readonly=True, copy=False, on_delete="restrict", index=True
    )
    ek_order_source = Char(related="ek_peer_id.name", string="Order Source", readonly=True)
    ek_order_id = Integer(
        string="Platform Order", readonly=True, copy=False, nullable=True, aggregator=None, index=True
    )
    ek_state = Selection(order_states.STATES, string="Platform State", readonly=True, copy=False)
    ek_file_number = Integer(string="File Number", copy=False, nullable=True, aggregator=None)
    cancel_reason = Char(copy=False)

    def create(self, vals_list: Any) -> Self:
        """Create; which bank's it is follows from a message."""
        refuse_kept(self.browse(), vals_list)
        return super().create(vals_list)

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; a bank is told the state of its orders."""
        refuse_kept(self, vals)
        before = snapshot(self, vals, {"ek_state"})
        done = super().write(vals)
        changed = noted(self, before)
        if changed:
            self.env["ek.teller"].sudo().order_states(self.browse(changed).sudo())
        return done

    def action_confirm(self) -> Any:
        """Confirm; a bank's order is in preparation then."""
        done = super().action_confirm()  # type: ignore[misc]  # the method of the model this extends
        self.stepped(order_states.PREPARATION)
        return done

    def action_cancel(self) -> Any:
        """Cancel; a bank's order is canceled there too."""
        done = super().action_cancel()  # type: ignore[misc]  # the method of the model this extends
        self.stepped(order_states.CANCELED)
        return done

    def stepped(self, state: str) -> None:
        """Note a step that was taken here, if it leads forward."""
        for order in self.sudo().filtered("ek_peer_id"):
            if order_states.is_forward(order.ek_state, state):
                order.write({"ek_state": state})
                if state == order_states.DELIVERED:
                    order.bill()

    def reach(self, state: str) -> None:
        """Carry out what a peer's state stands for. Raises ConflictError for a step backwards.

        In preparation: confirmed, stock reserved. In delivery: what can be is on its way. Delivered: pickings are done,
        the invoice is posted. Canceled: the order is, and its stock is free; once delivered, only goods that come back
        undo it.
        """
        order = self.ensure_one()
        if order.ek_state == state:
            return
        if not order_states.is_forward(order.ek_state, state):
            text = f"{order.name} is {order.ek_state or 'new'} and does not go back to {state}."
            if order.ek_state == order_states.DELIVERED:
                text += " Goods that come back are a return of its delivery."
            raise ConflictError(problems=[Problem("state", "backwards", text)])
        if state == order_states.CANCELED:
            order.action_cancel()
            return
        if order.state in {"draft", "sent"}:
            order.action_confirm()
        if state == order_states.DELIVERED:
            order.ship_everything()
        elif state == order_states.DELIVERY:
            order.open_pickings().action_assign()
        order.write({"ek_state": state})

    def open_pickings(self) -> Any:
        """The deliveries that are still to be made."""
        return self.picking_ids.filtered(lambda each: each.state not in {"done", "cancel"})

    def ship_everything(self) -> None:
        """Everything that was ordered leaves, and the client's invoice is posted."""
        for picking in self.open_pickings():
            picking.action_assign()
            for move in picking.move_ids.filtered(lambda each: each.state not in {"done", "cancel"}):
                move.write({"quantity": move.product_uom_qty})
            picking.button_validate()
        self.bill()

    def bill(self) -> None:
        """Post the client's invoice of what was delivered, unless there is one."""
        if not self.invoice_ids:
            self.create_invoices()
            self.invoice_ids.filtered(lambda each: each.state == "draft").action_post()

    def rest_create(self, data: Any) -> dict[str, Any]:
        """Orders of peers come with their opportunity; anybody else's is created as usual."""
        refuse_message(self.env, data, "an order comes with its cart, by POST /api/crm.lead/")
        return super().rest_create(data)

    def rest_write(self, target: Any, data: Any, require_match: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002
        """A peer tells the state of an order, found by `ek_order_id`; anybody else writes as usual."""
        sender = sender_of(self.env, data)
        if sender is None:
            return super().rest_write(target, data, require_match)

        def change(orders: Any, receipt: Receipt) -> bool:
            form = receipt.form
            form.ignore("create_by", "order_source")
            banks = sender.bank if sender.bank is not None else sender.peers
            own = [("ek_peer_id", "in", banks.ids)]
            mine = aimed(orders, target, ("ek_order_id",), receipt, within=own, require_match=require_match)
            state = form.take("state", _state, required=True)
            reason = form.take("cancel_reason", spellings.text)
            if len(mine) > 1:
                _which_bank(receipt, mine)
            form.check()
            for order in mine.lock():
                if reason:
                    order.write({"cancel_reason": reason})
                order.reach(state)
                if order.ek_last_writer != sender.side:
                    order.write({"ek_last_writer": sender.side})
                keep_unknown(order, form.rest())
            return True

        return receive(self, sender, "order state", data, change, verb="PUT")


def _which_bank(receipt: Receipt, orders: Any) -> None:
    names = ", ".join(str(order.ek_peer_id.name) for order in orders)
    receipt.form.wrong("order_source", "ambiguous_order", f"is needed: orders of {names} have that number")


def _state(given: Any) -> str:
    if given not in order_states.KEYS:
        raise ValueError(f"is one of {', '.join(order_states.KEYS)}; got {str(given)[:60]!r}")
    return str(given)
