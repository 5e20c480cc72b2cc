"""The plans patients are enrolled in, and whether one pays on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry.confirmations import importing
from entrepot.addons.optometry_billing import claim_states
from entrepot.addons.optometry_billing.benefit import Benefit
from entrepot.addons.optometry_billing.eligibility import (
    FREQUENT,
    Coverage,
    available,
    date_problems,
    frequency_problems,
)
from entrepot.api import (
    Binary,
    Boolean,
    Char,
    Date,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    UserError,
    constrains,
    depends,
    ondelete,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RANKS = [("primary", "Primary"), ("secondary", "Secondary"), ("tertiary", "Tertiary")]
_RELATIONSHIPS = [("self", "Self"), ("spouse", "Spouse"), ("child", "Child"), ("other", "Other")]
_STATES = [("unchecked", "Unchecked"), ("active", "Active"), ("inactive", "Inactive")]
_SHOWN = (
    ("remaining_exam", "exam"),
    ("remaining_frame", "frame"),
    ("remaining_cl", "contact_lens"),
)


@dataclass(frozen=True, slots=True)
class Usage:
    """A benefit that a claim has used: the claim's id, the category, the day of the service."""

    claim: int
    category: str
    day: dt.date


class PatientPlan(Model, name="patient.insurance.plan", rec_name="plan_name", order="patient_id, rank, id"):
    """Patient's Insurance Plan"""

    patient_id = Many2one("got2.patient", required=True, on_delete="cascade", index=True)
    plan_id = Many2one("spec.insurance.plan", required=True, on_delete="restrict", index=True)
    plan_name = Char(related="plan_id.name", store=True, string="Name")
    payer_id = Many2one(
        "insurance.company.listing", related="plan_id.payer_id", store=True, string="Payer", index=True
    )
    rank = Selection(RANKS, required=True, default="primary")
    active = Boolean(default=True)
    member_id = Char(string="Member number", required=True, size=60)
    group_no = Char(string="Group number", size=60)
    subscriber_name = Char(help="Empty: the patient.")
    subscriber_birth_date = Date()
    relationship = Selection(_RELATIONSHIPS, default="self", help="The patient's to the subscriber.")
    effective_date = Date()
    termination_date = Date()
    authorization_no = Char(size=60)
    authorization_date = Date()
    authorization_expiry = Date()
    eligibility_state = Selection(_STATES, default="unchecked", readonly=True, copy=False)
    checked_on = Date(readonly=True, copy=False)
    currency_id = Many2one("res.currency", related="plan_id.currency_id")
    remaining_exam = Monetary(compute="_compute_remaining", nullable=True, help="Empty: without limit.")
    remaining_frame = Monetary(compute="_compute_remaining", nullable=True)
    remaining_cl = Monetary(compute="_compute_remaining", nullable=True, string="Remaining contact lenses")
    card_front = Binary(string="Card, front", copy=False)
    card_back = Binary(string="Card, back", copy=False)
    claim_ids = One2many("claim.manager", "patient_plan_id", string="Claims")

    @depends("plan_id", "effective_date", "termination_date", "claim_ids.state")
    def _compute_remaining(self) -> None:
        today = self.env.today()
        coverages = self.coverages()
        for each in self:
            benefits = each.plan_id.benefits() if each.plan_id else {}
            for name, category in _SHOWN:
                benefit = benefits.get(category)
                there = benefit is not None and available(coverages[each.id], today, category)
                setattr(each, name, benefit.allowance if there and benefit is not None else Decimal(0))

    # checks -------------------------------------------------------------------------------------------------

    @constrains("effective_date", "termination_date", "authorization_date", "authorization_expiry")
    def _dates_are_in_order(self) -> Iterator[Problem]:
        for each in self:
            if each.effective_date and each.termination_date and each.termination_date < each.effective_date:
                yield Problem("termination_date", "order", "A plan ends after it begins.")
            granted, until = each.authorization_date, each.authorization_expiry
            if granted and until and until < granted:
                yield Problem("authorization_expiry", "order", "An authorization ends after it was given.")

    @constrains("rank", "active", "patient_id", "effective_date", "termination_date")
    def _one_plan_a_rank(self) -> Iterator[Problem]:
        mine = self.filtered(lambda each: each.active)
        if not mine:
            return
        self.env.lock_all([("patient.insurance.plan", number) for number in mine.mapped("patient_id").ids])
        others = self.search([("patient_id", "in", mine.mapped("patient_id").ids)])
        for each in mine:
            same = [
                other
                for other in others
                if other != each
                and other.patient_id == each.patient_id
                and other.rank == each.rank
                and each.overlaps(other)
            ]
            if same:
                message = (
                    f"{each.patient_id.name} has a {each.rank} plan already ({same[0].plan_name}): end it with a "
                    "termination_date, archive it, or choose another rank."
                )
                yield Problem("rank", "taken", message)

    def overlaps(self, other: PatientPlan) -> bool:
        """Whether two enrolments are valid on some same day."""
        first, last = self.effective_date or dt.date.min, self.termination_date or dt.date.max
        return first <= (other.termination_date or dt.date.max) and last >= (
            other.effective_date or dt.date.min
        )

    @constrains("relationship", "subscriber_name")
    def _dependants_name_the_subscriber(self) -> Iterator[Problem]:
        if importing(self.env):
            return
        for each in self:
            if each.relationship not in {None, "self"} and not each.subscriber_name:
                message = "The plan is somebody else's: give subscriber_name, whose it is."
                yield Problem("subscriber_name", "required", message)

    @ondelete
    def _claimed_ones_stay(self) -> Iterator[Problem]:
        claims = self.env["claim.manager"].search([("patient_plan_id", "in", self.ids)])
        for each in claims.mapped("patient_plan_id"):
            message = f"Claims were made on {each.plan_name}: archive it instead, by writing active=False."
            yield Problem("claim_ids", "claimed", message)

    # eligibility --------------------------------------------------------------------------------------------

    def usages(self) -> dict[int, list[Usage]]:
        """What living claims have used of each plan; by two queries, however many there are."""
        lines = self.env["claim.manager.line"].sudo()
        domain = [
            ("claim_id.patient_plan_id", "in", self.ids),
            ("claim_id.state", "not in", list(claim_states.DEAD)),
            ("claim_id.frequency_code", "!=", "8"),
        ]
        found: dict[int, list[Usage]] = {}
        for line in lines.search(domain):
            claim = line.claim_id
            if line.expected > 0 or line.paid > 0:
                used = Usage(claim.id, line.benefit_category or "none", claim.service_date)
                found.setdefault(claim.patient_plan_id.id, []).append(used)
        return found

    def coverage(self, usages: Iterable[Usage]) -> Coverage:
        """What is known of this plan for deciding whether it pays."""
        used: dict[str, dt.date] = {}
        for each in usages:
            used[each.category] = max(used.get(each.category, each.day), each.day)
        return Coverage(self.effective_date, self.termination_date, self.plan_id.months(), used)

    def coverages(self) -> dict[int, Coverage]:
        """The same for several plans, by id."""
        usages = self.usages()
        return {each.id: each.coverage(usages.get(each.id, ())) for each in self}

    def benefits_on(self, day: dt.date, *, without: Any) -> dict[str, Benefit]:
        """What this plan pays on a day: its benefits that are not used up, leaving some claims aside; none outside
        its dates.
        """
        self.ensure_one()
        if not self.payer_id:
            return {}  # who pays for themselves has no payer
        used = [each for each in self.usages().get(self.id, ()) if each.claim not in without.ids]
        coverage = self.coverage(used)
        return {
            category: benefit
            for category, benefit in self.plan_id.benefits().items()
            if available(coverage, day, category)
        }

    def problems_on(self, day: dt.date, categories: Iterable[str] = ()) -> list[Problem]:
        """Why this plan does not pay for something on a day."""
        self.ensure_one()
        return self.coverage_problems(self.coverages()[self.id], day, categories)

    def coverage_problems(
        self, coverage: Coverage, day: dt.date, categories: Iterable[str] = ()
    ) -> list[Problem]:
        """The same, when what was used is known."""
        found = list(date_problems(coverage, day))
        if not self.active:
            found.append(Problem("active", "archived", f"The plan {self.plan_name} is archived."))
        found += frequency_problems(coverage, day, categories)
        if self.plan_id.requires_authorization:
            found += self._authorization_problems(day)
        return found

    def _authorization_problems(self, day: dt.date) -> Iterator[Problem]:
        if not self.authorization_no:
            message = "The plan pays only what it authorized: ask the payer and give authorization_no."
            yield Problem("authorization_no", "required", message)
        elif self.authorization_expiry and self.authorization_expiry < day:
            message = f"The authorization ended on {self.authorization_expiry}: ask the payer for a new one."
            yield Problem("authorization_expiry", "expired", message)

    @public
    def check_eligibility(
        self, service_date: dt.date | str | None = None, categories: Any = None
    ) -> list[dict[str, Any]]:
        """Check these plans for a day (default today) and note the result.

        Answers for each `{id, eligible, state, service_date, problems, benefits}`: `problems` are
        `{path, code, message}` of the plan itself and of the `categories` asked for; `benefits` says for each
        category `{available, allowance, copay, reason}` (an allowance of False is without limit).
        """
        day = self._day(service_date)
        wanted = self._categories(categories)
        answers = []
        coverages = self.coverages()
        for each in self:
            found = each.coverage_problems(coverages[each.id], day, wanted)
            state = "inactive" if found else "active"
            each.write({"eligibility_state": state, "checked_on": self.env.today()})
            answers.append(
                {
                    "id": each.id,
                    "eligible": not found,
                    "state": state,
                    "service_date": day,
                    "problems": [
                        {"path": problem.path, "code": problem.code, "message": problem.message}
                        for problem in found
                    ],
                    "benefits": each.benefit_answers(coverages[each.id], day),
                }
            )
        return answers

    def benefit_answers(self, coverage: Coverage, day: dt.date) -> dict[str, dict[str, Any]]:
        """What `check_eligibility` tells of each benefit."""
        answers: dict[str, dict[str, Any]] = {}
        for category, benefit in self.plan_id.benefits().items():
            again = [problem.message for problem in frequency_problems(coverage, day, [category])]
            answers[category] = {
                "available": available(coverage, day, category),
                "allowance": False if benefit.allowance is None else benefit.allowance,
                "copay": benefit.copay,
                "reason": again[0] if again else "",
            }
        return answers

    def _day(self, given: dt.date | str | None) -> dt.date:
        if isinstance(given, dt.date):
            return given
        if not given:
            return self.env.today()
        try:
            return dt.date.fromisoformat(given)
        except (TypeError, ValueError) as error:
            raise UserError("service_date is a day, YYYY-MM-DD.") from error

    def _categories(self, given: Any) -> list[str]:
        if not given:
            return []
        known = (*FREQUENT, "medical")
        if not isinstance(given, (list, tuple)) or any(name not in known for name in given):
            raise UserError(f"categories is a list of {', '.join(known)}.")
        return list(given)
