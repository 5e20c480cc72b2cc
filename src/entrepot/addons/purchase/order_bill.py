"""Vendor bills and refunds for what is to be billed of orders."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.api import Command, Model, UserError, public

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTHING = (
    "There is no invoiceable line. If a product has a control policy based on received quantity, please make sure "
    "that a quantity has been received."
)
Pair = tuple[Any, float]


class Order(Model, extends="purchase.order"):
    """Purchase Order"""

    @public
    def action_create_invoice(self) -> dict[str, Any]:
        """Draft bills for what is to be billed of these orders, as the action that shows them.

        Orders of one company, vendor and currency share a bill; where more is to be credited than billed, it is a
        refund. Raises UserError when there is nothing to bill.
        """
        return _shown(self._bill())

    def _bill(self) -> Any:
        """See `action_create_invoice`; answers the bills, seen by the superuser."""
        self.lock()
        groups: dict[Any, list[tuple[Any, list[Pair]]]] = {}
        for order in self:
            lines = list(order._billable())
            if any(quantity for _, quantity in lines):
                shared = (order.company_id, order.partner_id, order.currency_id)
                groups.setdefault(shared, []).append((order, lines))
        if not groups:
            raise UserError(_NOTHING)
        made = self.env["account.move"].sudo().browse()
        for (company, _, _), several in groups.items():
            made |= self.env["account.move"].sudo().with_company(company.id).create([_values(several)]).sudo()
        return made

    def _billable(self) -> Iterator[Pair]:
        """The lines of this single order to bill with their quantities; sections and notes before what they head."""
        heads: list[Any] = []
        for line in self.order_line:
            if line.display_type == "line_section":
                heads = [line]
            elif line.display_type:
                heads.append(line)
            elif line.qty_to_invoice:
                yield from ((head, 0.0) for head in heads)
                heads = []
                yield line, line.qty_to_invoice

    @public(readonly=True)
    def action_view_invoice(self) -> dict[str, Any]:
        """The bills of these orders, as an action of the web client."""
        return _shown(self.mapped("invoice_ids"))


class OrderLine(Model, extends="purchase.order.line"):
    """Purchase Order Line"""

    def _bill_line_values(self, quantity: float, at: int) -> dict[str, Any]:
        """What the bill line of a quantity of this single line is created with, at a place on the bill."""
        values: dict[str, Any] = {"sequence": at, "name": self.name, "purchase_line_id": self.id}
        if self.display_type:
            return {**values, "display_type": self.display_type}
        return {
            **values,
            "product_id": self.product_id.id or None,
            "quantity": quantity,
            "product_uom_id": self.product_uom.id or None,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self.taxes_id.ids)],
        }


def _values(several: list[tuple[Any, list[Pair]]]) -> dict[str, Any]:
    """One bill for orders of one company, vendor and currency, or a refund if that is what it comes to."""
    orders = [order for order, _ in several]
    lines = [pair for _, pairs in several for pair in pairs]
    worth = sum((_worth(line, quantity) for line, quantity in lines), Decimal(0))
    sign = -1 if worth < 0 else 1
    first = orders[0]
    references = dict.fromkeys(order.partner_ref for order in orders if order.partner_ref)
    return {
        "move_type": "in_refund" if sign < 0 else "in_invoice",
        "company_id": first.company_id.id,
        "partner_id": first.partner_id.id,
        "currency_id": first.currency_id.id,
        "invoice_origin": ", ".join(order.name or "" for order in orders),
        "ref": ", ".join(references) or None,
        "payment_reference": first.partner_ref if len(orders) == 1 else None,
        "invoice_payment_term_id": first.payment_term_id.id or None,
        "invoice_user_id": first.user_id.id or None,
        "narration": first.notes,
        "invoice_line_ids": [
            Command.create(line._bill_line_values(sign * quantity, at))
            for at, (line, quantity) in enumerate(lines)
        ],
    }


def _worth(line: Any, quantity: float) -> Decimal:
    price: Decimal = line.price_unit
    return price * Decimal(repr(quantity)) * (100 - Decimal(repr(line.discount))) / 100


def _shown(bills: Any) -> dict[str, Any]:
    action: dict[str, Any] = {
        "type": "ir.actions.act_window",
        "name": "Bills",
        "res_model": "account.move",
        "view_mode": "list,form",
        "domain": [["id", "in", list(bills.ids)]],
    }
    return {**action, "view_mode": "form", "res_id": bills.id} if len(bills) == 1 else action
