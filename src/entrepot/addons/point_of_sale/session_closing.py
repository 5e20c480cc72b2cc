"""Closing a session: one balanced entry, goods moved, tickets done. Two that close at once make one entry."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entrepot.addons.point_of_sale.closing_entry import match, open_items, post_entry
from entrepot.addons.point_of_sale.ledger_ticket import ledger_tickets
from entrepot.addons.point_of_sale.settlement import Till, closing
from entrepot.api import Command, Model, UserError, public

_SOLD = ("paid", "invoiced")


class SessionClosing(Model, extends="pos.session"):
    """Point of Sale Session"""

    @public
    def action_pos_session_close(self) -> bool:
        """Close: raises UserError when it is closed, has unpaid tickets, or its cash was not counted."""
        session = self.ensure_one().lock()
        if session.state == "closed":
            raise UserError(f"{session.name} is closed already.")
        own = session.sudo()
        orders = own.env["pos.order"].search([("session_id", "=", own.id)], order="id")
        drafts = orders.filtered(lambda order: order.state == "draft")
        if drafts:
            raise UserError(f"{len(drafts)} tickets are not paid: pay, cancel or delete them before closing.")
        if own.config_id.cash_control and own.cash_register_balance_end_real is None:
            raise UserError("Count the cash first (post_closing_cash_details).")
        sold = orders.filtered(lambda order: order.state in _SOLD)
        own._book(sold)  # noqa: SLF001 - its own kind
        if own.config_id.update_stock_quantities == "closing":
            own.move_goods(sold, own.env["res.partner"], own.name or "", {"pos_session_id": own.id})
        sold.filtered(lambda order: order.state == "paid").step({"state": "done"})
        own.step({"state": "closed", "open_config_id": False, "stop_at": own.stop_at or own.env.now()})
        return True

    @public
    def action_pos_session_validate(self) -> bool:
        """The older name of `action_pos_session_close`."""
        return self.action_pos_session_close()

    @public
    def close_session_from_ui(self, bank_payment_method_diff_pairs: Any = None) -> dict[str, Any]:
        """Close from a till: `{"successful": True}`, or False and why."""
        try:
            self.action_pos_session_close()
        except UserError as error:
            return {"successful": False, "message": str(error), "redirect": False}
        return {"successful": True}

    def _book(self, orders: Any) -> None:
        config = self.config_id
        off = self.cash_register_difference if config.cash_control else Decimal(0)
        cash = config.payment_method_ids.filtered("is_cash_count")[:1].journal_id.default_account_id.id
        tickets = ledger_tickets(orders)
        moved = tuple((each.id, each.amount) for each in self.cash_move_ids)
        till = Till(cash, off, moved, config.cash_move_account_id.id)
        lines = closing(tickets, till, config.gain_account_id.id, config.loss_account_id.id)
        if not lines:
            return
        if any(not line.account for line in lines):
            raise UserError(
                "Give the shop its accounts (gain_account_id, loss_account_id, cash_move_account_id) before closing."
            )
        head = {"journal_id": config.journal_id.id, "company_id": self.company_id.id, "ref": self.name}
        move, made = post_entry(self.env, head, lines)
        self.step({"move_id": move.id})
        pairs = []
        invoices = {order.id: order.account_move for order in orders if order.account_move}
        for line, record in zip(lines, made, strict=True):
            if line.kind == "invoice":
                pairs.append(record | open_items(invoices[line.ticket]).filtered(_on(record.account_id)))
        match(pairs)

    def move_goods(self, orders: Any, partner: Any, origin: str, link: dict[str, Any]) -> None:
        """Move the goods of tickets: what was sold out of the shop's stock, what came back into it."""
        out: dict[int, Decimal] = {}
        back: dict[int, Decimal] = {}
        for line in orders.mapped("lines"):
            if line.product_id.type != "consu" or not line.qty:
                continue
            side = out if line.qty > 0 else back
            quantity = abs(Decimal(str(line.qty)))
            side[line.product_id.id] = side.get(line.product_id.id, Decimal(0)) + quantity
        kind = self.config_id.picking_type_id
        if out:
            self._transfer(kind, out, partner, origin, link, {})
        if back:
            places = {
                "location_id": self._customers(partner).id,
                "location_dest_id": kind.default_location_src_id.id,
            }
            self._transfer(kind.return_picking_type_id or kind, back, partner, origin, link, places)

    def _customers(self, partner: Any) -> Any:
        return partner.property_stock_customer or self.config_id.picking_type_id.default_location_dest_id

    def _transfer(
        self,
        kind: Any,
        wanted: dict[int, Decimal],
        partner: Any,
        origin: str,
        link: dict[str, Any],
        places: dict[str, Any],
    ) -> None:
        products = self.env["product.product"].browse(sorted(wanted))
        moves = [
            Command.create(
                {
                    "name": product.display_name,
                    "product_id": product.id,
                    "product_uom": product.uom_id.id,
                    "product_uom_qty": float(wanted[product.id]),
                }
            )
            for product in products
        ]
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "partner_id": partner.id or None,
                "origin": origin,
                "move_ids": moves,
                **places,
                **link,
            }
        )
        # What was sold over the counter is gone, whatever the books thought was there.
        picking.with_context(skip_backorder=True).button_validate()


def _on(account: Any) -> Any:
    return lambda line: line.account_id == account
