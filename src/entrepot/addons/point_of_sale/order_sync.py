"""The door of the tills: tickets are sent until somebody says that they arrived, and are one ticket however often."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot.addons.point_of_sale.ticket import Ticket, TicketLine, read_tickets
from entrepot.api import Command, Model, Problem, ValidationError, public


class OrderSync(Model, extends="pos.order"):
    """Point of Sale Orders"""

    @public(model=True, right="create")
    def sync_from_ui(self, orders: Any) -> dict[str, Any]:
        """Take tickets of tills: `{"pos.order": [{id, uuid, name, pos_reference, state, amount_total, account_move}]}`.

        A ticket that is there already, by its uuid, is answered as it is; an unpaid one is replaced. A ticket of a
        session that was closed meanwhile goes into the open one of the same shop. Nothing is kept when one is wrong:
        raises ValidationError with everything.
        """
        return {"pos.order": self._take(orders, draft=False)}

    @public(model=True, right="create")
    def create_from_ui(self, orders: Any, draft: bool = False) -> list[dict[str, Any]]:  # noqa: FBT001, FBT002 - the field's own signature
        """The older way: `[{id, pos_reference, account_move}]`."""
        rows = self._take(orders, draft=bool(draft))
        return [{name: row[name] for name in ("id", "pos_reference", "account_move")} for row in rows]

    def _take(self, given: Any, *, draft: bool) -> list[dict[str, Any]]:
        tickets, problems = read_tickets(given, draft=draft)
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        sessions = self._sessions(tickets)
        names: list[tuple[str | int, ...]] = [("pos.order.uuid", each.uuid) for each in tickets]
        self.env.lock_all([*names, *(("pos.session", each) for each in dict.fromkeys(sessions.values()))])
        known = {
            each.uuid: each for each in self.search([("uuid", "in", [ticket.uuid for ticket in tickets])])
        }
        fresh = [
            ticket for ticket in tickets if ticket.uuid not in known or known[ticket.uuid].state == "draft"
        ]
        values = self._values(fresh, sessions)
        replaced = self.browse(known[ticket.uuid].id for ticket in fresh if ticket.uuid in known)
        replaced.unlink()
        made = self.create(values)
        self._agree(made, fresh)
        paying = made.browse(each.id for each, ticket in zip(made, fresh, strict=True) if not ticket.draft)
        paying.action_pos_order_paid()
        for order in paying.filtered("to_invoice"):
            order.action_pos_order_invoice()
        found = {order.uuid: order for order in made}
        return [_told(found.get(ticket.uuid) or known[ticket.uuid]) for ticket in tickets]

    def _sessions(self, tickets: Sequence[Ticket]) -> dict[int, int]:
        """The session that each asked one stands for: itself, or the open one of its shop when it is closed."""
        asked = (
            self.env["pos.session"].browse(dict.fromkeys(ticket.session_id for ticket in tickets)).exists()
        )
        asked = asked.search([("id", "in", asked.ids)])
        shops = asked.filtered(lambda session: session.state == "closed").mapped("config_id")
        still = asked.search([("config_id", "in", shops.ids), ("state", "!=", "closed")])
        open_now = {session.config_id.id: session.id for session in still}
        return {
            session.id: session.id
            if session.state != "closed"
            else open_now.get(session.config_id.id, session.id)
            for session in asked
        }

    def _values(self, tickets: Sequence[Ticket], sessions: dict[int, int]) -> list[dict[str, Any]]:
        """The values of new tickets, prices and taxes with them. Raises ValidationError for unknown links."""
        products = self.env["product.product"].browse(
            dict.fromkeys(line.product_id for ticket in tickets for line in ticket.lines)
        )
        there = {product.id: product for product in products.exists()}
        problems = [
            Problem(f"{at}.session_id", "missing", "This session is not known.")
            for at, ticket in enumerate(tickets)
            if ticket.session_id not in sessions
        ] + [
            Problem(f"{at}.lines.{place}.product_id", "missing", "This product is not known.")
            for at, ticket in enumerate(tickets)
            for place, line in enumerate(ticket.lines)
            if line.product_id not in there
        ]
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        found = []
        for ticket in tickets:
            session = self.env["pos.session"].browse(sessions[ticket.session_id])
            prices = self._prices(ticket, there, session)
            found.append(
                {
                    "uuid": ticket.uuid,
                    "session_id": session.id,
                    "partner_id": ticket.partner_id,
                    "pos_reference": ticket.reference,
                    "note": ticket.note,
                    "to_invoice": ticket.to_invoice,
                    "date_order": ticket.date or self.env.now(),
                    "lines": [
                        Command.create(_line_values(line, there[line.product_id], prices, session.company_id))
                        for line in ticket.lines
                    ],
                    "payment_ids": [
                        Command.create(
                            {
                                "payment_method_id": each.method_id,
                                "amount": each.amount,
                                "transaction_id": each.reference,
                            }
                        )
                        for each in ticket.payments
                    ],
                }
            )
        return found

    def _prices(self, ticket: Ticket, there: dict[int, Any], session: Any) -> dict[tuple[int, float], Any]:
        """(product, quantity) -> price, of lines that say none."""
        lists = session.config_id.pricelist_id or self.env["product.pricelist"]
        asked = {(line.product_id, float(line.qty)) for line in ticket.lines if line.price_unit is None}
        found: dict[tuple[int, float], Any] = {}
        for quantity in {each for _, each in asked}:
            products = self.env["product.product"].browse(
                sorted(product for product, each in asked if each == quantity)
            )
            for product, price in lists.prices(products, abs(quantity) or 1.0).items():
                found[product, quantity] = price
        return found

    def _agree(self, orders: Any, tickets: Sequence[Ticket]) -> None:
        """What tills showed is what is booked. Raises ValidationError."""
        problems = []
        for at, (order, ticket) in enumerate(zip(orders, tickets, strict=True)):
            if ticket.total is not None and order.currency_id.round(ticket.total) != order.amount_total:
                text = f"The till showed {ticket.total}, the lines come to {order.amount_total}."
                problems.append(Problem(f"{at}.amount_total", "differs", text))
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)


def _line_values(
    line: TicketLine, product: Any, prices: dict[tuple[int, float], Any], company: Any
) -> dict[str, Any]:
    taxes = line.tax_ids
    if taxes is None:
        own = product.sudo().taxes_id.filtered(lambda tax: tax.company_id == company)
        taxes = tuple(own.ids)
    values: dict[str, Any] = {
        "product_id": line.product_id,
        "qty": float(line.qty),
        "price_unit": prices[line.product_id, float(line.qty)]
        if line.price_unit is None
        else line.price_unit,
        "discount": float(line.discount),
        "tax_ids": [Command.set(taxes)],
        "refunded_orderline_id": line.refunded_line_id,
    }
    return {**values, "full_product_name": line.name} if line.name else values


def _told(order: Any) -> dict[str, Any]:
    return {
        "id": order.id,
        "uuid": order.uuid,
        "name": order.name,
        "pos_reference": order.pos_reference or order.name,
        "state": order.state,
        "amount_total": order.amount_total,
        "account_move": order.account_move.id or None,
    }
