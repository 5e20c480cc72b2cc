"""The steps of an order: sent, confirmed, cancelled, set back. Each checks its right and its state itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.purchase.order import STEP
from entrepot.api import Model, Problem, UserError, ValidationError, public

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Order(Model, extends="purchase.order"):
    """Purchase Order"""

    @public
    def action_rfq_send(self) -> bool:
        """Note that these requests were sent. Raises UserError for what is no request any more."""
        self.lock()
        wrong = self.filtered(lambda order: order.state not in {"draft", "sent"})
        if wrong:
            raise UserError(f"{wrong[0].name} is no request any more: it cannot be sent.")
        self._into({"state": "sent"})
        return True

    @public
    def print_quotation(self) -> bool:
        """The same under its other name."""
        return self.action_rfq_send()

    @public
    def button_confirm(self) -> bool:
        """Make orders of these requests, and their receipts. What is confirmed already stays as it is.

        Raises UserError for cancelled orders, ValidationError for lines that cannot be ordered.
        """
        self.lock()
        cancelled = self.filtered(lambda order: order.state == "cancel")
        if cancelled:
            raise UserError(f"{cancelled[0].name} is cancelled: set it back to a request first.")
        orders = self.filtered(lambda order: order.state in {"draft", "sent"})
        problems = [problem for order in orders for problem in order._confirmation_problems()]
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        orders._into({"state": "purchase", "date_approve": self.env.now()})
        orders.sudo().mapped("order_line").follow_with_receipts()
        return True

    def _confirmation_problems(self) -> Iterator[Problem]:
        lines = self.order_line.filtered(lambda line: not line.display_type)
        if not lines:
            yield Problem("order_line", "required", f"{self.name} has no lines: add products first.")
        for line in lines:
            if not line.product_id:
                yield Problem("order_line", "no_product", f"{self.name}: a line is missing a product.")
            elif not line.product_id.active:
                text = f"{line.product_id.display_name} is archived: take it off {self.name}."
                yield Problem("order_line", "archived", text)

    @public
    def button_cancel(self) -> bool:
        """Cancel; what has not come is called off, draft bills are cancelled.

        Raises UserError when something was received or is billed.
        """
        self.lock()
        orders = self.sudo()
        for order in orders:
            if any(
                line.qty_received > 0
                for line in order.order_line
                if line.qty_received_method == "stock_moves"
            ):
                raise UserError(f"Something of {order.name} was received: return it before cancelling.")
            if order.invoice_ids.filtered(lambda each: each.state == "posted") and any(
                line.qty_invoiced for line in order.order_line
            ):
                raise UserError(f"Something of {order.name} is billed: cancel the vendor bill first.")
        still = orders.mapped("picking_ids").filtered(lambda each: each.state not in {"done", "cancel"})
        still.action_cancel()
        orders.mapped("invoice_ids").filtered(lambda each: each.state == "draft").button_cancel()
        self._into({"state": "cancel"})
        return True

    @public
    def button_draft(self) -> bool:
        """Set cancelled and sent orders back to requests. Raises UserError for others."""
        self.lock()
        wrong = self.filtered(lambda order: order.state not in {"cancel", "sent", "draft"})
        if wrong:
            raise UserError(f"{wrong[0].name} is confirmed: cancel it first.")
        self._into({"state": "draft", "date_approve": None})
        return True

    def _into(self, values: Mapping[str, Any]) -> None:
        self.with_context(**{STEP: True}).write(values)
