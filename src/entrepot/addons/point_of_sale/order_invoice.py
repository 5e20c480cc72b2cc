"""Invoices of tickets, before or after their session is closed."""

from __future__ import annotations

from typing import Any

from entrepot.addons.point_of_sale.closing_entry import match, open_items, post_entry
from entrepot.addons.point_of_sale.ledger_ticket import ledger_tickets, receivable_of
from entrepot.addons.point_of_sale.settlement import taken_back
from entrepot.api import Command, Model, UserError, public


class OrderInvoice(Model, extends="pos.order"):
    """Point of Sale Orders"""

    @public
    def action_pos_order_invoice(self) -> dict[str, Any]:
        """Make and post the invoice (or credit note) of a paid ticket; what to open then: the invoice.

        An invoice that is there already is answered as it is. After the session was closed, an entry takes the ticket's
        sales out of its closing entry. Raises UserError without a customer, or for an unpaid ticket.
        """
        self.ensure_one().lock_with_sessions()
        order = self.sudo()
        if not order.account_move:
            if order.state not in {"paid", "done"}:
                raise UserError(f"{order.name} is not paid: there is nothing to invoice.")
            if not order.partner_id:
                raise UserError("Name the customer (partner_id) before making an invoice.")
            closed = order.state == "done"
            invoice = order._make_invoice()  # noqa: SLF001 - its own kind
            order.step({"account_move": invoice.id, "state": "invoiced", "to_invoice": True})
            if closed:
                order._take_back_sales(invoice)  # noqa: SLF001 - its own kind
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": order.account_move.id,
            "view_mode": "form",
        }

    def _make_invoice(self) -> Any:
        sign = -1 if self.amount_total < 0 else 1
        lines = [
            Command.create(
                {
                    "product_id": line.product_id.id,
                    "name": line.full_product_name,
                    "quantity": sign * line.qty,
                    "product_uom_id": line.product_id.uom_id.id,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                }
            )
            for line in self.lines
        ]
        moves = self.env["account.move"].with_company(self.company_id.id)
        invoice = moves.create(
            {
                "move_type": "out_refund" if sign < 0 else "out_invoice",
                "partner_id": self.partner_id.id,
                "journal_id": self.config_id.invoice_journal_id.id,
                "company_id": self.company_id.id,
                "currency_id": self.currency_id.id,
                "invoice_date": self.env.today(),
                "invoice_origin": self.name,
                "ref": self.name,
                "invoice_line_ids": lines,
            }
        )
        if invoice.amount_total != abs(self.amount_total):
            raise UserError(
                f"The invoice would be over {invoice.amount_total}, the ticket was {self.amount_total}: taxes were "
                "changed since. Invoice it by hand."
            )
        invoice._post()  # noqa: SLF001 - whoever sells may invoice it
        return invoice

    def _take_back_sales(self, invoice: Any) -> None:
        """The closing entry has this ticket's sales, and now the invoice has them too: one of them goes."""
        partner = invoice.commercial_partner_id
        account = receivable_of(partner, self.company_id)
        [ticket] = ledger_tickets(self, as_sold=True)
        lines = taken_back(ticket, account.id, partner.id)
        if not lines:
            return  # it was free
        head = {
            "journal_id": self.config_id.journal_id.id,
            "company_id": self.company_id.id,
            "ref": f"{self.session_id.name}: {self.name}",
        }
        _, made = post_entry(self.env, head, lines)
        pairs = []
        for line, record in zip(lines, made, strict=True):
            if line.kind == "invoice":
                pairs.append(record | open_items(invoice).filtered(lambda each: each.account_id == account))
            elif line.kind == "open":
                still = self.session_id.move_id.line_ids.filtered(
                    lambda each, owed=record: (
                        each.account_id == owed.account_id and each.partner_id == partner
                    )
                )
                pairs.append(record | still)
        match(pairs)
