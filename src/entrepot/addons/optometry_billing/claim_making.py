"""Claims from orders and exams: what is claimed, under which codes, for which diagnoses."""

from __future__ import annotations

from typing import Any

from entrepot.addons.optometry_billing.claim_form import MOST_DIAGNOSES, MOST_POINTERS, written_pointers
from entrepot.api import Command, Model, Problem, UserError, ValidationError, public

_FORMS = {"edi": "edi837p", "portal": "portal", "paper": "cms1500"}
_SIDES = {"od": "RT", "os": "LT"}


class OrderClaims(Model, extends="sale.order"):
    """Order"""

    @public(right="read")
    def action_make_claims(self) -> list[int]:
        """Claim the payers' parts of confirmed orders, as drafts; answers the ids of the new claims.

        ValidationError when an order has nothing to claim, or was claimed already.
        """
        self.env["claim.manager"].check_access("create")
        self.lock()
        found = [problem for order in self for problem in order._claim_problems()]
        if found:
            raise ValidationError(problems=found)
        claims = self.env["claim.manager"].sudo().create([order._claim_values() for order in self])
        for order, claim in zip(self.sudo(), claims, strict=True):
            invoices = order.insurer_invoice_ids.filtered(lambda move: move.state != "cancel")
            if invoices:
                claim.write({"invoice_id": invoices[:1].id})
                invoices.link(claim_id=claim.id)
        return list(claims.ids)

    def _claim_problems(self) -> list[Problem]:
        found = []
        lines = self._claimed_lines()
        if self.state != "sale":
            found.append(Problem("state", "unconfirmed", f"{self.name} is {self.state}: confirm it first."))
        if not self.insurance_plan_id:
            found.append(Problem("insurance_plan_id", "required", f"{self.name} has no plan to claim from."))
        if not lines:
            found.append(Problem("order_line", "nothing", f"The payer takes no part of {self.name}."))
        if self.sudo().claim_id:
            found.append(
                Problem("claim_ids", "claimed", f"{self.name} is claimed in {self.sudo().claim_id.name}.")
            )
        for line in lines:
            if not line.procedure_id:
                message = (
                    f"{line.product_id.name} has no procedure code: give procedure_id on the line or product."
                )
                found.append(Problem("order_line.procedure_id", "required", message))
        return found

    def _claimed_lines(self) -> Any:
        return self.order_line.filtered(lambda line: line.insurance_amount > 0)

    def _claim_values(self) -> dict[str, Any]:
        plan, exam = self.insurance_plan_id, self.exam_id or self.rx_id.sudo().exam_id
        codes = exam.sudo().diagnosis_codes() if exam else []
        doctor = (exam.optometrist_id if exam else self.rx_id.prescriber_id).sudo()
        medical = plan.plan_id.category in {"medical", "government"}
        return {
            "patient_id": self.patient_id.id,
            "patient_plan_id": plan.id,
            "rank": "primary",
            "company_id": self.company_id.id,
            "exam_id": exam.id if exam else None,
            "sale_order_id": self.id,
            "claim_type": "medical" if medical else "vision",
            "form": _FORMS.get(plan.payer_id.detail_ids[:1].submission or "", "cms1500"),
            "service_date": self.insured_day(),
            "diagnosis_codes": ", ".join(codes),
            "rendering_provider_npi": doctor.partner_id.npi,
            "line_ids": [Command.create(line.claim_values(codes)) for line in self._claimed_lines()],
        }


class OrderLineClaims(Model, extends="sale.order.line"):
    """Order Line"""

    def claim_values(self, codes: list[str]) -> dict[str, Any]:
        """The line of a claim for this line, when the claim has these diagnoses."""
        service = self.exam_service_id.sudo()
        at = service.pointers(codes) if service else []
        pointers = self.diagnosis_pointers or written_pointers(
            (at or list(range(len(codes))))[:MOST_POINTERS]
        )
        return {
            "sequence": self.sequence,
            "procedure_id": self.procedure_id.id,
            "description": self.product_id.name,
            "modifier_ids": [Command.set((self.modifier_ids | self._side_modifiers()).ids)],
            "diagnosis_pointers": pointers or None,
            "eye": self.eye,
            "benefit_category": self.benefit_category,
            "qty": self.product_uom_qty,
            "charge": self.price_subtotal,
            "expected": self.insurance_amount,
            "granted": self.insurance_discount,
            "order_line_id": self.id,
            "service_id": service.id or None,
        }

    def _side_modifiers(self) -> Any:
        modifiers = self.env["spec.procedure.modifier"]
        if not self.procedure_id.eye_specific:
            return modifiers.browse()
        return modifiers.search([("code", "in", [_SIDES[name] for name in self.eye_names()])])


class ExamClaims(Model, extends="appointment.exam"):
    """Exam"""

    def diagnosis_codes(self) -> list[str]:
        """The diagnoses of this exam as a claim has them: the principal one first, each once, at most twelve."""
        lines = self.diagnosis_plan_ids.mapped("line_ids").sorted(lambda line: (line.sequence, line.id))
        return list(dict.fromkeys(code for code in lines.mapped("icd10_code") if code))[:MOST_DIAGNOSES]

    @public(right="read")
    def action_make_claims(self) -> list[int]:
        """Claim the confirmed orders of these exams that are not claimed yet; answers the ids of the new claims."""
        orders = self.mapped("sale_order_ids").filtered(
            lambda order: order.state == "sale" and order.insurance_amount > 0 and not order.sudo().claim_id
        )
        if not orders:
            raise UserError("There is no confirmed order with a payer's part that is not claimed yet.")
        return list(orders.action_make_claims())
