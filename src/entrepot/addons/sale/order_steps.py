"""The steps of an order: sent, confirmed, cancelled, set back, locked. Each checks its right and its state itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.sale.order import STEP
from entrepot.api import AccessError, Model, Problem, UserError, ValidationError, public

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MANAGER = "sale.group_sale_manager"


class Order(Model, extends="sale.order"):
    """Sales Order"""

    @public
    def action_quotation_send(self) -> bool:
        """Note that these quotations were sent. Raises UserError for orders that are none any more."""
        self.lock()
        self._refuse_unless(("draft", "sent"), "is no quotation any more: it cannot be sent.")
        self.into({"state": "sent"})
        return True

    @public
    def action_quotation_sent(self) -> bool:
        """The same under its other name."""
        return self.action_quotation_send()

    @public
    def action_confirm(self) -> bool:
        """Make orders of these quotations, and their deliveries.

        Of two calls at once one confirms and the other is refused. Raises UserError for what is no quotation,
        ValidationError for lines that cannot be ordered.
        """
        self.lock()
        self._refuse_unless(("draft", "sent"), "is not in a state requiring confirmation.")
        problems = [problem for order in self for problem in order.confirmation_problems()]
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        self.into({"state": "sale", "date_order": self.env.now()})
        self.sudo().mapped("order_line").follow_with_deliveries()
        return True

    def confirmation_problems(self) -> Iterable[Problem]:
        """What keeps this single quotation from being ordered."""
        lines = self.order_line.filtered(lambda line: not line.display_type)
        if not lines:
            yield Problem("order_line", "required", f"{self.name} has no lines: add products first.")
        for line in lines:
            if not line.product_id and not line.is_downpayment:
                yield Problem("order_line", "no_product", f"{self.name}: a line is missing a product.")
            elif line.product_id and not line.product_id.active:
                text = f"{line.product_id.display_name} is archived: take it off {self.name}."
                yield Problem("order_line", "archived", text)

    @public
    def action_cancel(self) -> bool:
        """Cancel; what is not delivered is called off, draft invoices are cancelled.

        Raises UserError for locked orders and for those of which something is delivered or invoiced.
        """
        self.lock()
        for order in self:
            if order.locked:
                raise UserError(f"{order.name} is locked: unlock it before cancelling.")
            if any(
                line.qty_delivered > 0
                for line in order.order_line
                if line.qty_delivered_method == "stock_move"
            ):
                raise UserError(
                    f"Something of {order.name} is delivered: take it back by a return before cancelling."
                )
            posted = order.sudo().invoice_ids.filtered(lambda each: each.state == "posted")
            if posted and any(line.qty_invoiced for line in order.order_line):
                raise UserError(f"Something of {order.name} is invoiced: credit it before cancelling.")
        orders = self.sudo()
        orders.mapped("picking_ids").filtered(
            lambda each: each.state not in {"done", "cancel"}
        ).action_cancel()
        orders.mapped("invoice_ids").filtered(lambda each: each.state == "draft").button_cancel()
        self.into({"state": "cancel"})
        return True

    @public
    def action_draft(self) -> bool:
        """Set cancelled and sent orders back to quotations. Raises UserError for others."""
        self.lock()
        self._refuse_unless(("cancel", "sent"), "is neither cancelled nor sent: it cannot be set back.")
        self.into({"state": "draft"})
        return True

    @public
    def action_lock(self) -> bool:
        """Keep confirmed orders from being changed. Raises UserError for others."""
        self.lock()
        self._refuse_unless(("sale",), "is not confirmed: it cannot be locked.")
        self.into({"locked": True})
        return True

    @public
    def action_unlock(self) -> bool:
        """Let locked orders be changed again; for managers of sales alone."""
        if not self.env.su and not self.env.has_group(_MANAGER):
            raise AccessError("Only managers of sales unlock orders.")
        self.lock()
        self.into({"locked": False})
        return True

    @public
    def action_update_prices(self) -> bool:
        """Take the prices of the price list anew. Raises UserError for orders that are confirmed."""
        self.lock()
        self._refuse_unless(("draft", "sent"), "is no quotation any more: its prices stay.")
        self.mapped("order_line").reprice()
        return True

    def into(self, values: Mapping[str, Any]) -> None:
        """Write what only steps may write."""
        self.with_context(**{STEP: True}).write(values)

    def _refuse_unless(self, states: tuple[str, ...], why: str) -> None:
        wrong = self.filtered(lambda order: order.state not in states)
        if wrong:
            raise UserError("\n".join(f"{order.name} {why}" for order in wrong))
