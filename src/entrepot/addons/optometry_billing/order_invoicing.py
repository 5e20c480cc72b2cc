"""Two invoices for an insured order: the patient's and the payer's; together they are the order's total."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entrepot.addons.base.rounding import decimal_places
from entrepot.addons.optometry_billing.benefit import part_due
from entrepot.addons.optometry_billing.billing_products import SHARE
from entrepot.api import Command, Model, One2many, Problem, ValidationError, public


class OrderInvoicing(Model, extends="sale.order"):
    """Order"""

    insurer_invoice_ids = One2many("account.move", "clinic_order_id", string="Payer's invoices")

    def invoice(self, **options: Any) -> Any:
        """Invoice; a patient's order gets invoices of its own, the payer's part on one to the payer.

        The patient's invoice has every line at its full price and the taxes of all of it, then what the payer takes
        over; the payer's has its part of each line. So both add up to what was ordered, to the cent. Answers the
        patients' invoices; the payers' are in `insurer_invoice_ids`.
        """
        final = bool(options.get("final", True))
        due = self.filtered(lambda order: any(quantity for _, quantity in order.invoiceable(final=final)))
        ours = due.filtered("patient_id")
        others: Any = super(OrderInvoicing, self - ours)
        moves = self.env["account.move"].sudo().browse()
        if due - ours or not ours:
            moves |= others.invoice(**options)
        for order in ours:
            alone: Any = super(OrderInvoicing, order)
            made = alone.invoice(**options)
            made.link(patient_id=order.patient_id.id, payer_kind="patient")
            order._share_invoices(made.filtered(lambda move: move.move_type == "out_invoice"))
            moves |= made
        return moves

    def _share_invoices(self, invoices: Any) -> None:
        for invoice in invoices:
            shares = self._shares_of(invoice)
            total = sum((share for _, share in shares), Decimal(0))
            if total <= 0:
                continue
            plan, product = self.insurance_plan_id, self.env.ref(SHARE)
            insurer = self._payer_contact()
            taken = {
                "product_id": product.id,
                "name": f"Paid by {plan.payer_id.name}, {plan.plan_name}",
                "quantity": 1,
                "price_unit": -total,
                "tax_ids": [Command.set([])],
            }
            invoice.sudo().write({"invoice_line_ids": [Command.create(taken)]})
            self._payer_invoice(insurer, shares)

    def _payer_contact(self) -> Any:
        contact = self.insurance_plan_id.payer_id.partner_id
        if not contact:
            message = (
                "The payer has no contact to invoice: add details with a contact to the insurance company."
            )
            raise ValidationError(problems=[Problem("insurance_plan_id", "no_contact", message)])
        return contact

    def _shares_of(self, invoice: Any) -> list[tuple[Any, Decimal]]:
        """The payer's part of what an invoice bills, by line of the order."""
        places = decimal_places(self.currency_id.step())
        found = []
        for line in self.order_line.filtered(lambda line: line.insurance_amount > 0):
            billed = invoice.invoice_line_ids.filtered(lambda each, line=line: line in each.sale_line_ids)
            if not billed:
                continue
            now = sum((Decimal(repr(each.quantity)) for each in billed), Decimal(0))
            before = Decimal(repr(line.qty_invoiced)) - now
            whole = Decimal(repr(line.product_uom_qty))
            found.append((line, part_due(line.insurance_amount, whole, before, now, places=places)))
        return found

    def _payer_invoice(self, contact: Any, shares: list[tuple[Any, Decimal]]) -> Any:
        product = self.env.ref(SHARE)
        rows = [
            {
                "product_id": product.id,
                "name": " ".join(filter(None, (line.procedure_id.code, line.product_id.name, line.eye))),
                "quantity": 1,
                "price_unit": share,
                "tax_ids": [Command.set([])],
            }
            for line, share in shares
            if share
        ]
        claim = self.sudo().claim_id
        values = {
            "move_type": "out_invoice",
            "partner_id": contact.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "invoice_origin": self.name,
            "ref": f"{self.patient_id.name}, {self.insurance_plan_id.member_id}",
            "patient_id": self.patient_id.id,
            "payer_kind": "insurer",
            "clinic_order_id": self.id,
            "claim_id": claim.id or None,
            "invoice_line_ids": [Command.create(row) for row in rows],
        }
        made = self.env["account.move"].sudo().create([values])
        if claim and not claim.invoice_id:
            claim.write({"invoice_id": made.id})
        return made

    @public
    def bill(self) -> list[int]:
        """Make what invoices the orders still need and post all of them; answers the ids of the posted ones."""
        self.check_access("write")
        self.lock()
        posted: list[int] = []
        for order in self.sudo():
            if order.invoice_status == "to invoice":
                order.invoice()
            drafts = (order.invoice_ids | order.insurer_invoice_ids).filtered(
                lambda move: move.state == "draft"
            )
            drafts._post()
            posted += drafts.ids
        return posted
