"""A payer's sum in the books: one payment, its answers on the claims, matched with their invoices line by line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entrepot.addons.optometry_billing import remittance, submission_file
from entrepot.addons.optometry_billing.claim_form import pages
from entrepot.api import Command, Model, Problem, ValidationError, public


class BatchPosting(Model, extends="got2.batch.account.payment"):
    """Batch of Claims"""

    @public
    def action_post(self) -> bool:
        """Book payments: the answers reach the claims, the money their invoices; what nobody claims stays open.

        Lines that were not given are spread by `action_allocate`. ValidationError names everything that is wrong.
        """
        for batch in self:
            batch.require("payment", "draft", "confirmed")
            if not batch.line_ids:
                batch.action_allocate()
            claims = batch.line_ids.mapped("claim_id")
            self.env.lock_all(
                [
                    *(("got2.batch.account.payment", each) for each in batch.ids),
                    *(("claim.manager", each) for each in claims.ids),
                ]
            )
            problems = list(batch.posting_problems())
            if problems:
                raise ValidationError(problems=problems)
            batch.sudo()._post_payment()
        return True

    def posting_problems(self) -> list[Problem]:
        """What keeps this payment from being booked."""
        found = []
        if not self.line_ids and not self.amount_total:
            found.append(
                Problem("line_ids", "required", "There is nothing to book: give claim_ids and amount_total.")
            )
        if self.amount_total and not self.payer_id.partner_id:
            message = (
                f"{self.payer_id.name} has no contact: add details with a contact to the insurance company."
            )
            found.append(Problem("payer_id", "no_contact", message))
        for line in self.line_ids:
            claim, whole = line.claim_id.sudo(), line.claim_line_id
            complete = line.paid + line.adjustment + line.patient_resp == whole.balance
            if claim.invoice_id and claim.invoice_id.state != "posted":
                message = f"The payer's invoice of {claim.name} is a draft: bill the order first."
                found.append(Problem("line_ids", "not_posted", message))
            elif not claim.invoice_id and claim.rank == "primary":
                message = f"{claim.name} was not invoiced: bill its order, or use action_invoice."
                found.append(Problem("line_ids", "not_invoiced", message))
            elif not claim.invoice_id and line.paid and not complete:
                message = f"Answer {claim.name} in full: its invoice follows from the answer."
                found.append(Problem("line_ids", "incomplete", message))
        return found

    def _post_payment(self) -> None:
        paid: dict[Any, Decimal] = {}
        for line in self.line_ids:
            target = line.claim_line_id
            target.write(
                {
                    "paid": target.paid + line.paid,
                    "adjustment": target.adjustment + line.adjustment,
                    "patient_resp": target.patient_resp + line.patient_resp,
                    "allowed": line.allowed or target.allowed,
                    "reason_code": line.reason_code or target.reason_code,
                }
            )
            paid[line.claim_id.id] = paid.get(line.claim_id.id, Decimal(0)) + line.paid
        claims = self.line_ids.mapped("claim_id")
        claims.take_answer()
        claims.book_corrections(self.date)
        if self.amount_total:
            money = self._payment().move_id.open_items()[:1]
            money.match_parts(_parts(money, [(claim.payer_invoices(), paid[claim.id]) for claim in claims]))
        missing = claims - self.claim_ids
        if missing:
            self.write({"claim_ids": [(4, each) for each in missing.ids]})
        self.write({"state": "posted" if self.unallocated else "reconciled"})

    def _payment(self) -> Any:
        journal = self.journal_id or self._bank()
        values = {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": self.payer_id.partner_id.id,
            "amount": self.amount_total,
            "date": self.date,
            "journal_id": journal.id,
            "company_id": self.company_id.id,
            "memo": " ".join(filter(None, (self.name, self.reference))),
            "batch_id": self.id,
        }
        payment = self.env["account.payment"].create([values])
        payment.action_post()
        return payment

    def _bank(self) -> Any:
        domain = [("type", "in", ["bank", "cash"]), ("company_id", "=", self.company_id.id)]
        found = (
            self.env["account.journal"]
            .search(domain)
            .sorted(lambda journal: (journal.type != "bank", journal.id))
        )
        if not found:
            problem = Problem(
                "journal_id", "required", "There is no bank journal: make one, or give journal_id."
            )
            raise ValidationError(problems=[problem])
        return found[:1]

    @public
    def action_read_answers(self, text: str) -> int:
        """Take a payer's answers from a CSV text into this draft, in place of those it has; answers how many.

        Columns `claim` and `line` as in the file of the submission, then `allowed`, `paid`, `adjustment`,
        `patient_resp`, `reason_code`. ValidationError names everything that is wrong, by row.
        """
        self.ensure_one()
        self.require("payment", "draft")
        answers, problems = remittance.read(str(text or ""))
        claims = self.env["claim.manager"].search([("name", "in", sorted({each.claim for each in answers}))])
        lines = {claim.name: list(claim.line_ids) for claim in claims}
        rows = []
        for each in answers:
            known = lines.get(each.claim, ())
            if each.line > len(known):
                message = f"Row {each.row}: there is no line {each.line} of a claim {each.claim[:40]}."
                problems.append(Problem(f"text.{each.row}", "unknown", message))
                continue
            target = known[each.line - 1]
            rows.append({"claim_line_id": target.id, "reason_code": each.reason or None, **each.amounts})
        if problems:
            raise ValidationError(problems=problems)
        self.write({"line_ids": [Command.clear(), *(Command.create(row) for row in rows)]})
        return len(rows)

    # the file of a submission ---------------------------------------------------------------------------------

    def submission_file(self) -> dict[str, Any]:
        """The claims of this submission as a file."""
        rows = [row for claim in self.claim_ids.sorted("id") for row in _rows(claim)]
        return {
            "file": submission_file.written(rows),
            "file_name": f"{(self.name or 'batch').replace('/', '-')}.csv",
        }


def _parts(money: Any, owed: list[tuple[Any, Decimal]]) -> list[tuple[Any, Decimal]]:
    """What of a payment goes to which open item, when so much of it is for the invoices of each claim."""
    there = abs(money.amount_residual)
    found = []
    for invoices, amount in owed:
        left = amount
        for item in invoices.open_items():
            part = min(left, item.amount_residual, there)
            if part > 0 and item.account_id == money.account_id:
                found.append((item, part))
                left -= part
                there -= part
    return found


def _rows(claim: Any) -> list[dict[str, Any]]:
    plan, patient = claim.patient_plan_id, claim.patient_id
    subscriber = plan.subscriber_name or patient.name
    shared = {
        "claim": claim.name,
        "frequency": claim.frequency_code,
        "original_claim": claim.resubmission_of_id.payer_claim_no or claim.resubmission_of_id.name,
        "payer_code": claim.payer_id.payer_code,
        "edi_payer_id": claim.payer_id.edi_payer_id,
        "member_id": plan.member_id,
        "group_no": plan.group_no,
        "patient": patient.name,
        "birth_date": patient.birth_date,
        "sex": patient.gender,
        "relationship": plan.relationship,
        "subscriber": subscriber,
        "service_date": claim.service_date,
        "place_of_service": claim.place_of_service,
        "billing_npi": claim.billing_npi,
        "rendering_npi": claim.rendering_provider_npi,
        "diagnoses": " ".join(claim.diagnosis_list()),
        "authorization": plan.authorization_no,
    }
    lines = list(claim.line_ids)
    rows = []
    for number, page in enumerate(pages([line.charge for line in lines]), start=1):
        for at in page.lines:
            line = lines[at]
            rows.append(
                {
                    **shared,
                    "page": number,
                    "line": at + 1,
                    "procedure": line.procedure_code,
                    "modifiers": " ".join(line.modifier_ids.mapped("code")),
                    "pointers": line.diagnosis_pointers,
                    "units": f"{line.qty:g}",
                    "charge": f"{line.charge:.2f}",
                }
            )
    return rows
