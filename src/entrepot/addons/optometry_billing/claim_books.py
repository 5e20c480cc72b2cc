"""Claims in the ledger: the payer's invoice, what its answer changes, and the money of a batch on its invoices."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from entrepot.addons.optometry_billing.billing_products import ADJUSTMENT, SHARE
from entrepot.api import Command, Model, Problem, UserError, ValidationError, public

_NOTHING = Decimal(0)


class ClaimBooks(Model, extends="claim.manager"):
    """Claim"""

    @public
    def action_invoice(self) -> list[int]:
        """Invoice claims to their payers that no order has invoiced, and post; answers the ids of the invoices.

        The payer is asked for all of it; what it does not pay becomes the patient's or is written off by its answer.
        """
        self.lock()
        self.check_access("write")
        for claim in self:
            if claim.invoice_id:
                raise UserError(f"{claim.name} is invoiced in {claim.sudo().invoice_id.name}.")
            if claim.sale_order_id:
                raise UserError(
                    f"{claim.name} is of order {claim.sale_order_id.name}: its billing invoices the payer."
                )
            if claim.rank != "primary":
                raise UserError(
                    f"{claim.name} follows another claim: its invoice comes with the payer's answer."
                )
        product = self.env.ref(SHARE)
        values = []
        for claim in self.sudo():
            rows = []
            for line in claim.line_ids:
                line.write({"expected": line.charge, "granted": _NOTHING})
                rows.append((f"{line.procedure_code} {line.description or ''}".strip(), line.charge))
            values.append(claim._document("insurer", _shares(rows, product), claim.service_date))
        moves = self.env["account.move"].sudo().create(values)
        moves._post()
        for claim, move in zip(self.sudo(), moves, strict=True):
            claim.write({"invoice_id": move.id})
        return list(moves.ids)

    def book_corrections(self, day: dt.date) -> None:
        """Bring the books in line with what payers have answered in full.

        What the payer's invoice is too high by leaves it with a credit note: to the patient, who gets an invoice for
        it, or into the write-offs. What it is too low by is the other way round.
        """
        for claim in self:
            patient = write_off = _NOTHING
            for line in claim.line_ids:
                due = line.correction_due()
                patient += due.patient
                write_off += due.write_off
                if due.patient or due.write_off:
                    line.write(
                        {
                            "corrected_patient": line.corrected_patient + due.patient,
                            "corrected_write_off": line.corrected_write_off + due.write_off,
                        }
                    )
            if patient or write_off:
                claim._book_for_payer(patient, write_off, day)
            if patient:
                claim._book_for_patient(patient, day)

    def payer_invoices(self) -> Any:
        """The posted invoices to the payer of this claim: that of its order first, then what answers added."""
        added = self.move_ids.filtered(
            lambda move: (
                move.payer_kind == "insurer" and move.move_type == "out_invoice" and move.state == "posted"
            )
        )
        return self.invoice_id | added.sorted("id")

    def _book_for_payer(self, patient: Decimal, write_off: Decimal, day: dt.date) -> None:
        sign = 1 if patient + write_off >= 0 else -1
        rows = [
            *_shares([(f"Patient's share of {self.name}", sign * patient)], self._product(SHARE)),
            *_shares([(f"Adjustment of {self.name}", sign * write_off)], self._product(ADJUSTMENT)),
        ]
        kind = "out_refund" if sign > 0 else "out_invoice"
        move = self._posted(self._document("insurer", rows, day, kind))
        if sign > 0 and self.invoice_id:
            _match(move, self.invoice_id)
        elif sign < 0 and not self.invoice_id:
            self.write({"invoice_id": move.id})

    def _book_for_patient(self, amount: Decimal, day: dt.date) -> None:
        name = f"Your share of {self.name}" if amount > 0 else f"Taken over by {self.payer_id.name}"
        rows = _shares([(name, abs(amount))], self._product(SHARE))
        move = self._posted(
            self._document("patient", rows, day, "out_invoice" if amount > 0 else "out_refund")
        )
        if amount < 0:
            domain = [
                ("patient_id", "=", self.patient_id.id),
                ("payer_kind", "=", "patient"),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("amount_residual", ">", 0),
            ]
            for invoice in self.env["account.move"].search(domain, order="invoice_date, id"):
                if move.open_items():
                    _match(move, invoice)

    def _product(self, external_id: str) -> Any:
        return self.env.ref(external_id)

    def _document(
        self, kind: str, rows: list[dict[str, Any]], day: dt.date, move_type: str = "out_invoice"
    ) -> dict[str, Any]:
        """The values of an invoice or credit note about this claim."""
        payer = self.payer_id.partner_id
        patient = self.sale_order_id.partner_invoice_id or self.patient_id.responsible_party_id
        partner = payer if kind == "insurer" else (patient or self.patient_id.partner_id)
        if not partner:
            message = f"{self.payer_id.name} has no contact to invoice: add details with a contact to it."
            raise ValidationError(problems=[Problem("payer_id", "no_contact", message)])
        return {
            "move_type": move_type,
            "partner_id": partner.id,
            "company_id": self.company_id.id,
            "invoice_date": day,
            "invoice_origin": self.name,
            "ref": self.sale_order_id.name,
            "patient_id": self.patient_id.id,
            "payer_kind": kind,
            "claim_id": self.id,
            "invoice_line_ids": [Command.create(row) for row in rows],
        }

    def _posted(self, values: dict[str, Any]) -> Any:
        move = self.env["account.move"].sudo().create([values])
        move._post()
        return move


def _shares(rows: list[tuple[str, Decimal]], product: Any) -> list[dict[str, Any]]:
    """Untaxed lines of one product; nothing for amounts of nothing."""
    return [
        {
            "product_id": product.id,
            "name": name,
            "quantity": 1,
            "price_unit": amount,
            "tax_ids": [Command.set([])],
        }
        for name, amount in rows
        if amount
    ]


def _match(credit: Any, invoice: Any) -> None:
    """Match what is open of two documents, as far as it goes."""
    lines = credit.open_items() | invoice.open_items()
    if credit.open_items() and invoice.open_items():
        lines.sudo().reconcile()
