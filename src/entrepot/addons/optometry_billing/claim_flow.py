"""The way of a claim: ready, submitted, answered; to the next payer, again, or away."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry_billing import claim_states
from entrepot.addons.optometry_billing.claim_amounts import state_after, total
from entrepot.addons.optometry_billing.eligibility import Coverage
from entrepot.api import Command, Model, Problem, UserError, ValidationError, public

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELSEWHERE = ["draft", "rejected", "denied", "void"]
_SECOND = {"primary": "secondary", "secondary": "tertiary"}


class ClaimFlow(Model, extends="claim.manager"):
    """Claim"""

    # readiness ----------------------------------------------------------------------------------------------

    @public(readonly=True)
    def readiness(self) -> list[dict[str, Any]]:
        """For each claim `{id, ready, problems}`: what a payer would send it back for, as path, code, message."""
        answers = []
        for number, found in self.ready_problems().items():
            told = [{"path": each.path, "code": each.code, "message": each.message} for each in found]
            answers.append({"id": number, "ready": not found, "problems": told})
        return answers

    def ready_problems(self) -> dict[int, list[Problem]]:
        """What is missing before each claim can be sent, by its id; the number of queries is that of one."""
        usages = self.sudo().mapped("patient_plan_id").usages()
        claimed = self._claimed_elsewhere()
        found = {}
        for claim in self:
            plan = claim.patient_plan_id.sudo()
            aside = {claim.id, claim.resubmission_of_id.id}
            used = [each for each in usages.get(plan.id, ()) if each.claim not in aside]
            found[claim.id] = [
                *claim._person_problems(),
                *claim._line_problems(),
                *claim._plan_problems(plan.coverage(used)),
                *claim._repetition_problems(claimed),
                *claim._filing_problems(),
            ]
        return found

    def require_ready(self) -> None:
        """Raise ValidationError with everything that keeps one of these claims from being sent."""
        found = self.ready_problems()
        names = {claim.id: claim.name for claim in self}
        several = len(self) > 1
        problems = [
            Problem(
                f"{at}.{each.path}" if several else each.path,
                each.code,
                f"{names[number]}: {each.message}" if several else each.message,
            )
            for at, (number, one) in enumerate(found.items())
            for each in one
        ]
        if problems:
            raise ValidationError(problems=problems)

    def _person_problems(self) -> Iterator[Problem]:
        patient = self.patient_id
        if not patient.name:
            yield Problem("patient_id.name", "required", "The patient's name is missing.")
        if not patient.birth_date:
            yield Problem("patient_id.birth_date", "required", "The patient's birth date is missing.")
        if patient.gender in {None, "unknown"}:
            yield Problem("patient_id.gender", "required", "The patient's sex is missing.")
        if not self.rendering_provider_npi:
            message = "The provider's NPI is missing: give it on the doctor's user, or here."
            yield Problem("rendering_provider_npi", "required", message)
        details = self.payer_id.detail_ids[:1]
        if details.npi_required and not self.billing_npi:
            message = "The clinic's NPI is missing: give it on the company's contact, or here."
            yield Problem("billing_npi", "required", message)

    def _line_problems(self) -> Iterator[Problem]:
        if not self.diagnosis_list():
            yield Problem("diagnosis_codes", "required", "A claim has at least one diagnosis.")
        if not self.line_ids:
            yield Problem("line_ids", "required", "A claim has at least one line.")
        for at, line in enumerate(self.line_ids):
            if not line.diagnosis_pointers:
                message = f"Line {at + 1} ({line.procedure_code}) points to no diagnosis."
                yield Problem(f"line_ids.{at}.diagnosis_pointers", "required", message)
            if line.charge <= 0:
                message = f"Line {at + 1} ({line.procedure_code}) has no charge above 0."
                yield Problem(f"line_ids.{at}.charge", "required", message)

    def _plan_problems(self, coverage: Coverage) -> Iterator[Problem]:
        plan = self.patient_plan_id
        if not plan.member_id:
            yield Problem("patient_plan_id.member_id", "required", "The member number is missing.")
        if not self.payer_id:
            message = "The plan belongs to no insurance company: nobody can be asked to pay."
            yield Problem("patient_plan_id", "no_payer", message)
        categories = [line.benefit_category or "none" for line in self.line_ids]
        for each in plan.sudo().coverage_problems(coverage, self.service_date, categories):
            yield Problem(f"patient_plan_id.{each.path}", each.code, each.message)
        if self.rank != "primary" and not self.payer_id.detail_ids[:1].accepts_secondary:
            message = f"{self.payer_id.name} takes no claims as a later payer."
            yield Problem("rank", "refused", message)

    def _claimed_elsewhere(self) -> dict[int, Any]:
        """The lines of living claims by the order line they claim."""
        orders = self.mapped("line_ids.order_line_id").ids
        found: dict[int, Any] = {}
        if not orders:
            return found
        lines = self.env["claim.manager.line"].sudo()
        for line in lines.search([("order_line_id", "in", orders), ("claim_id.state", "not in", _ELSEWHERE)]):
            found.setdefault(line.order_line_id.id, []).append(line.claim_id)
        return found

    def _repetition_problems(self, claimed: dict[int, Any]) -> Iterator[Problem]:
        mine = (self, self.resubmission_of_id)
        others = {
            claim.name: claim.state
            for line in self.line_ids
            for claim in claimed.get(line.order_line_id.id or 0, ())
            if claim.rank == self.rank and all(claim.id != each.id for each in mine)
        }
        for name, state in others.items():
            yield Problem("line_ids", "claimed", f"The same is claimed in {name}, which is {state}.")

    def _filing_problems(self) -> Iterator[Problem]:
        if self.timely_filing_date and self.timely_filing_date < self.env.today():
            message = f"The payer takes claims for {self.service_date} until {self.timely_filing_date}."
            yield Problem("timely_filing_date", "late", message)

    # states -------------------------------------------------------------------------------------------------

    def _move(self, state: str, **values: Any) -> bool:
        self.lock()
        for claim in self:
            refused = claim_states.refusal(claim.state or "", state)
            if refused is not None:
                raise UserError(f"{claim.name}: {refused}")
        return self.sudo().write({"state": state, **values})

    @public
    def action_ready(self) -> bool:
        """Check the claims; they become ready. ValidationError names everything a payer would refuse."""
        self.lock()
        self.require_ready()
        return self._move("ready")

    @public
    def action_draft(self) -> bool:
        """Take ready or rejected claims back, to change them."""
        return self._move("draft", batch_id=None)

    @public
    def action_submit(self) -> bool:
        """The claims were sent (a batch of kind submission does it for many)."""
        self.lock()
        self.require_ready()
        for claim in self.filtered("resubmission_of_id"):
            claim._take_over()
        return self._move("submitted", submission_date=self.env.today())

    def _take_over(self) -> None:
        """A replacement or void stands for the claim it is about: that one is void, its invoice goes along."""
        first = self.resubmission_of_id.sudo()
        if first.total_paid:
            raise UserError(f"{first.name} was paid meanwhile: appeal it instead, by action_appeal.")
        self.sudo().write({"invoice_id": first.invoice_id.id or None})
        first.move_ids.link(claim_id=self.id)
        first.write({"state": "void", "invoice_id": None})

    @public
    def action_accept(self, payer_claim_no: str = "") -> bool:
        """The payer took the claims in. What takes an earlier claim back is done with that, and void."""
        done = self._move("accepted", **({"payer_claim_no": str(payer_claim_no)} if payer_claim_no else {}))
        self.filtered(lambda claim: claim.frequency_code == "8").sudo().write({"state": "void"})
        return done

    @public
    def action_reject(self, denial_code: str = "", denial_reason: str = "") -> bool:
        """The payer sent the claims back unread; they can be mended and sent again."""
        return self._move("rejected", denial_code=denial_code or None, denial_reason=denial_reason or None)

    @public
    def action_deny(self, denial_code: str, denial_reason: str = "", *, patient_pays: bool = True) -> bool:
        """The payer pays nothing (more): what is open becomes the patient's, or is written off."""
        if not denial_code:
            raise UserError("A denial has a code: give denial_code.")
        self._move("denied", denial_code=str(denial_code), denial_reason=denial_reason or None)
        part = "patient_resp" if patient_pays else "adjustment"
        for line in self.sudo().mapped("line_ids"):
            if line.balance > 0:
                line.write({part: getattr(line, part) + line.balance, "reason_code": str(denial_code)})
        self.sudo().book_corrections(self.env.today())
        return True

    @public
    def action_appeal(self) -> bool:
        """Ask the payer again: what was adjusted or left to the patient is open until it answers."""
        self._move("appealed")
        self.sudo().mapped("line_ids").write({"adjustment": Decimal(0), "patient_resp": Decimal(0)})
        return True

    @public
    def action_close(self) -> bool:
        """Nothing more is expected of the payers. What is open would be lost, so it must be decided before."""
        for claim in self:
            if claim.balance != 0:
                raise UserError(
                    f"{claim.name} has {claim.balance} open: record the payer's answer, or use action_deny."
                )
        return self._move("closed")

    @public
    def action_void(self) -> bool:
        """Take claims that were not sent, or came back, out of use."""
        return self._move("void")

    def take_answer(self) -> None:
        """Bring the states of claims in line with what their lines now say."""
        states: dict[str, Any] = {}
        for claim in self:
            state = state_after(total(line.amounts() for line in claim.line_ids))
            if not claim.state == state == "partially_paid":
                states[state] = states.get(state, self.browse()) | claim
        for state, claims in states.items():
            claims._move(state)

    # further claims -----------------------------------------------------------------------------------------

    @public
    def action_make_secondary(self) -> list[int]:
        """Claim what the payers left to the patients from their next plans; answers the ids of the new claims.

        ValidationError when a claim is not answered yet, nothing is left, or there is no such plan.
        """
        self.check_access("create")
        self.lock()
        return list(self.sudo().create([claim._secondary_values() for claim in self]).ids)

    def _secondary_values(self) -> dict[str, Any]:
        rank = _SECOND.get(self.rank or "")
        if self.state not in claim_states.ADJUDICATED:
            raise _one("state", "not_adjudicated", f"{self.name} is {self.state}: its payer answers first.")
        if any(each.state not in claim_states.DEAD for each in self.secondary_claim_ids):
            raise _one("secondary_claim_ids", "claimed", f"{self.name} went to the next payer already.")
        plans = self.patient_id.insurance_plan_ids.filtered(
            lambda plan: plan.active and plan.rank == rank and not plan.problems_on(self.service_date)
        )
        if not plans:
            raise _one(
                "patient_plan_id", "no_plan", f"{self.patient_id.name} has no further plan on that day."
            )
        lines = [line for line in self.line_ids if line.patient_resp > 0]
        if not lines:
            raise _one("line_ids", "nothing_left", f"{self.name} left nothing to the patient.")
        kept = (
            "service_date",
            "diagnosis_codes",
            "rendering_provider_npi",
            "billing_npi",
            "place_of_service",
        )
        links = ("patient_id", "exam_id", "sale_order_id", "company_id")
        return {
            **{name: getattr(self, name) for name in (*kept, "claim_type", "form")},
            **{name: getattr(self, name).id for name in links},
            "patient_plan_id": plans[:1].id,
            "rank": rank,
            "primary_claim_id": self.id,
            "line_ids": [Command.create(_left_to_patient(line)) for line in lines],
        }

    @public
    def action_resubmit(self, frequency_code: str = "7") -> list[int]:
        """Make replacements (7) or voids (8) of submitted claims, as drafts; answers their ids."""
        if frequency_code not in {"7", "8"}:
            raise UserError("frequency_code is 7 (replacement) or 8 (void).")
        self.check_access("create")
        made: Any = self.browse()
        for claim in self:
            if not claim.submission_date:
                raise UserError(f"{claim.name} was never sent: change it, or void it.")
            if claim.total_paid:
                raise UserError(f"{claim.name} was paid in part: appeal it instead, by action_appeal.")
            made |= claim.sudo().copy({"resubmission_of_id": claim.id, "frequency_code": frequency_code})
        return list(made.ids)


def _left_to_patient(line: Any) -> dict[str, Any]:
    return {
        "sequence": line.sequence,
        "procedure_id": line.procedure_id.id,
        "description": line.description,
        "modifier_ids": [Command.set(line.modifier_ids.ids)],
        "diagnosis_pointers": line.diagnosis_pointers,
        "eye": line.eye,
        "benefit_category": line.benefit_category,
        "qty": line.qty,
        "charge": line.patient_resp,
        "order_line_id": line.order_line_id.id or None,
        "service_id": line.service_id.id or None,
        "primary_line_id": line.id,
    }


def _one(path: str, code: str, message: str) -> ValidationError:
    return ValidationError(problems=[Problem(path, code, message)])
