"""The steps of a ticket: paid, cancelled, refunded."""

from __future__ import annotations

from typing import Any, Self

from entrepot.addons.point_of_sale.paying import NotSettledError, Paid, settle
from entrepot.addons.point_of_sale.steps import POS
from entrepot.api import Command, Model, Problem, UserError, ValidationError, public


class OrderSteps(Model, extends="pos.order"):
    """Point of Sale Orders"""

    @public
    def action_pos_order_paid(self) -> bool:
        """Take these tickets as paid: change is noted, each gets its number, goods leave where the shop wants it at once.

        Raises ValidationError with everything that is wrong with them.
        """
        self.lock_with_sessions()
        problems: list[Problem] = []
        changes: list[dict[str, Any]] = []
        several = len(self) > 1
        for at, order in enumerate(self):
            found, change = order._settling()  # noqa: SLF001 - its own kind
            problems += [
                Problem(f"{at}.{each.path}", each.code, each.message) if several else each for each in found
            ]
            changes += change
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        self.env["pos.payment"].with_context(**{POS: True}).create(changes)
        self._number()
        self.step({"state": "paid"})
        at_once = self.filtered(lambda order: order.config_id.update_stock_quantities == "real")
        for order in at_once.sudo():
            order.session_id.move_goods(order, order.partner_id, order.name, {"pos_order_id": order.id})
        return True

    def lock_with_sessions(self) -> None:
        """Keep these tickets, those they give back and their sessions to this call."""
        sessions = dict.fromkeys(self.sudo().mapped("session_id").ids)
        refunded = self.sudo().mapped("lines.refunded_orderline_id.order_id").ids
        orders = dict.fromkeys([*self.ids, *refunded])
        self.env.lock_all(
            [*(("pos.order", each) for each in orders), *(("pos.session", each) for each in sessions)]
        )

    def _settling(self) -> tuple[list[Problem], list[dict[str, Any]]]:
        """What keeps this single ticket from being paid, and the payment that gives change."""
        if self.state != "draft":
            return [Problem("state", "settled", f"{self.name} is settled already.")], []
        if self.session_id.state not in {"opened", "closing_control"}:
            return [Problem("session_id", "not_open", f"{self.session_id.name} does not sell now.")], []
        if not self.lines:
            return [Problem("lines", "required", "A ticket has at least one line.")], []
        problems: list[Problem] = []
        for sold in self.lines.mapped("refunded_orderline_id"):
            if sold.refunded_qty > sold.qty:
                text = f"{sold.full_product_name}: {sold.qty:g} were sold, not {sold.refunded_qty:g}."
                problems.append(Problem("lines", "too_many", text))
        later = self.payment_ids.filtered(lambda each: each.payment_method_id.type == "pay_later")
        asking = self.payment_ids.filtered(lambda each: each.payment_method_id.split_transactions)
        if (later or asking) and not self.partner_id:
            problems.append(Problem("partner_id", "required", "Name the customer of this payment method."))
        if self.to_invoice and not self.partner_id:
            problems.append(Problem("partner_id", "required", "Name the customer of the invoice."))
        paid = [Paid(each.amount, bool(each.payment_method_id.is_cash_count)) for each in self.payment_ids]
        try:
            settled = settle(self.amount_total, paid, self.config_id.rounding_step)
        except NotSettledError as error:
            return [*problems, Problem("payment_ids", error.code, str(error))], []
        if not settled.change:
            return problems, []
        cash = self.payment_ids.filtered(lambda each: each.payment_method_id.is_cash_count)
        change = {
            "pos_order_id": self.id,
            "payment_method_id": cash[0].payment_method_id.id,
            "amount": -settled.change,
            "is_change": True,
            "name": "Change",
        }
        return problems, [change]

    def _number(self) -> None:
        """Numbers without gaps: a ticket gets its own when it is paid."""
        for order in self.filtered(lambda each: each.name == "/"):
            order.step({"name": order.config_id.sudo().sequence_id.take()})
        for session in self.sudo().mapped("session_id"):
            count = sum(order.session_id == session for order in self)
            session.step({"sequence_number": session.sequence_number + count})

    @public
    def action_pos_order_cancel(self) -> bool:
        """Cancel unpaid tickets. Raises UserError for others."""
        self.lock_with_sessions()
        if self.filtered(lambda order: order.state != "draft"):
            raise UserError("Only a ticket that is not paid is cancelled; make a refund of others.")
        self.step({"state": "cancel"})
        return True

    @public
    def refund(self) -> Self:
        """New unpaid tickets, in the open sessions of their shops, that take back what is left of these.

        Raises UserError without an open session, or when nothing is left.
        """
        self.lock_with_sessions()
        unsettled = self.filtered(lambda order: order.state in {"draft", "cancel"})
        if unsettled:
            raise UserError(f"{unsettled[0].name} was not paid: there is nothing to give back.")
        rows = [order._refund_values() for order in self]  # noqa: SLF001 - its own kind
        return self.create(rows)

    def _refund_values(self) -> dict[str, Any]:
        session = self.config_id.current_session_id
        if not session:
            raise UserError(f"Open a session of {self.config_id.name} before giving money back.")
        lines = [
            Command.create(
                {
                    "product_id": line.product_id.id,
                    "full_product_name": line.full_product_name,
                    "qty": -left,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                    "refunded_orderline_id": line.id,
                }
            )
            for line in self.lines
            if (left := round(line.qty - line.refunded_qty, 6)) > 0
        ]
        if not lines:
            raise UserError(f"Everything of {self.name} was given back already.")
        return {
            "session_id": session.id,
            "partner_id": self.partner_id.id or None,
            "pricelist_id": self.pricelist_id.id or None,
            "lines": lines,
        }
