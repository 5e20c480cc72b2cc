"""Invoices and credit notes for what is to be billed of orders."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from entrepot.api import Command, Model, UserError, public

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

_NOTHING = (
    "Nothing to invoice: confirm the order, deliver what is billed by delivered quantities, or look whether it is "
    "invoiced already."
)


class Order(Model, extends="sale.order"):
    """Sales Order"""

    @public
    def create_invoices(
        self,
        grouped: bool = False,  # noqa: FBT001, FBT002 - the field's own signature
        final: bool = True,  # noqa: FBT001, FBT002 - the field's own signature
        date: dt.date | None = None,
    ) -> list[int]:
        """Draft invoices for what is to be billed of these orders; their ids.

        Orders of one company, invoice address and currency share an invoice, unless `grouped` (one for each order).
        `final`: down payments are taken off, and what was billed too much is credited; where more is credited than
        billed, it is a credit note. Raises UserError when there is nothing to invoice.
        """
        return list(self.invoice(grouped=grouped, final=final, day=date).ids)

    def invoice(self, *, grouped: bool = False, final: bool = True, day: dt.date | None = None) -> Any:
        """See `create_invoices`; answers the invoices, seen by the superuser."""
        self.check_access("write")
        self.lock()
        groups: dict[Any, list[tuple[Any, list[tuple[Any, float]]]]] = {}
        for order in self:
            lines = list(order.invoiceable(final=final))
            if not any(quantity for _, quantity in lines):
                continue
            shared = (order.company_id, order.partner_invoice_id, order.currency_id)
            groups.setdefault(order if grouped else shared, []).append((order, lines))
        if not groups:
            raise UserError(_NOTHING)
        moves = self.env["account.move"].sudo()
        made: list[int] = []
        for company, several in groupby(groups.values(), key=lambda group: group[0][0].company_id.id):
            made += moves.with_company(company).create([_values(group, day) for group in several]).ids
        return moves.browse(made)

    def invoiceable(self, *, final: bool) -> Iterator[tuple[Any, float]]:
        """The lines of this single order to bill with their quantities; sections and notes before what they head."""
        heads: list[Any] = []
        for line in self.order_line:
            if line.display_type == "line_section":
                heads = [line]
            elif line.display_type:
                heads.append(line)
            elif not line.is_downpayment and (line.qty_to_invoice > 0 or (final and line.qty_to_invoice < 0)):
                yield from ((head, 0.0) for head in heads)
                heads = []
                yield line, line.qty_to_invoice
        if final:
            for line in self.order_line.filtered("is_downpayment"):
                if line.qty_to_invoice < 0:
                    yield line, line.qty_to_invoice

    @public(readonly=True)
    def action_view_invoice(self) -> dict[str, Any]:
        """The invoices of these orders, as an action of the web client."""
        return {
            "type": "ir.actions.act_window",
            "name": "Invoices",
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [["id", "in", list(self.mapped("invoice_ids").ids)]],
        }


class OrderLine(Model, extends="sale.order.line"):
    """Sales Order Line"""

    def invoice_line_values(self, quantity: float, at: int) -> dict[str, Any]:
        """What the invoice line of a quantity of this single line is created with, at a place on the invoice."""
        values: dict[str, Any] = {
            "sequence": at,
            "name": self.name,
            "sale_line_ids": [Command.link(self.id)],
        }
        if self.display_type:
            return {**values, "display_type": self.display_type}
        return {
            **values,
            "product_id": self.product_id.id or None,
            "quantity": quantity,
            "product_uom_id": self.product_uom.id or None,
            "price_unit": self.price_unit,
            "discount": self.discount,
            "tax_ids": [Command.set(self.tax_id.ids)],
        }


def _values(several: Iterable[tuple[Any, list[tuple[Any, float]]]], day: dt.date | None) -> dict[str, Any]:
    """One invoice for orders of one company, customer and currency, or a credit note if that is what it comes to."""
    orders = [order for order, _ in several]
    lines = [pair for _, pairs in several for pair in pairs]
    worth = sum((_worth(line, quantity) for line, quantity in lines), Decimal(0))
    sign = -1 if worth < 0 else 1
    first = orders[0]
    return {
        "move_type": "out_refund" if sign < 0 else "out_invoice",
        "company_id": first.company_id.id,
        "partner_id": first.partner_invoice_id.id,
        "partner_shipping_id": first.partner_shipping_id.id,
        "currency_id": first.currency_id.id,
        "invoice_origin": ", ".join(order.name or "" for order in orders),
        "ref": ", ".join(dict.fromkeys(order.client_order_ref for order in orders if order.client_order_ref))
        or None,
        "invoice_payment_term_id": first.payment_term_id.id or None,
        "invoice_user_id": first.user_id.id or None,
        "payment_reference": first.reference,
        "narration": first.note,
        **({"invoice_date": day} if day else {}),
        "invoice_line_ids": [
            Command.create(line.invoice_line_values(sign * quantity, at))
            for at, (line, quantity) in enumerate(lines)
        ],
    }


def _worth(line: Any, quantity: float) -> Decimal:
    return Decimal(line.price_unit * Decimal(repr(quantity)) * (100 - Decimal(repr(line.discount))) / 100)
