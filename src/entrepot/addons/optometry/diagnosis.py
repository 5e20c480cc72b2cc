"""Assessment and plan of an exam: diagnoses, each with its treatment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry.codes import icd10, icd10_problem
from entrepot.addons.optometry.exam_test import EYES
from entrepot.api import (
    Boolean,
    Char,
    Integer,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    Text,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STATES = [("draft", "Draft"), ("final", "Final")]
_STATUSES = [
    ("new", "New"),
    ("stable", "Stable"),
    ("improving", "Improving"),
    ("worsening", "Worsening"),
    ("resolved", "Resolved"),
]
_MOST_LINES = 12
"""A claim has room for twelve diagnoses."""


class DiagnosisPlan(Model, name="exam.diagnosis.plan", mixins=["appointment.exam.part"], order="id"):
    """Diagnosis Plan"""

    name = Char(compute="_compute_name", store=True)
    exam_id = Many2one("appointment.exam", required=True, on_delete="cascade", index=True)
    patient_id = Many2one("got2.patient", related="exam_id.patient_id", store=True, index=True)
    assessment = Text()
    plan_summary = Text()
    line_ids = One2many("exam.diagnosis.plan.line", "plan_id", string="Diagnoses")
    follow_up_months = Integer(aggregator=None)
    referral_to = Many2one("res.partner")
    state = Selection(_STATES, required=True, default="draft")

    @depends("exam_id.name")
    def _compute_name(self) -> None:
        for plan in self:
            plan.name = f"Plan {plan.exam_id.name}"

    @constrains("line_ids", "follow_up_months")
    def _fits_a_claim(self) -> Iterator[Problem]:
        for plan in self:
            if len(plan.line_ids) > _MOST_LINES:
                yield Problem("line_ids", "too_many", f"A plan has at most {_MOST_LINES} diagnoses.")
            if not 0 <= plan.follow_up_months <= 60:
                yield Problem("follow_up_months", "range", "A follow-up is within 60 months.")


class DiagnosisLine(
    Model,
    name="exam.diagnosis.plan.line",
    mixins=["appointment.exam.part"],
    rec_name="description",
    order="plan_id, sequence, id",
):
    """Diagnosis"""

    plan_id = Many2one("exam.diagnosis.plan", required=True, on_delete="cascade", index=True)
    exam_id = Many2one("appointment.exam", related="plan_id.exam_id", store=True, index=True)
    sequence = Integer(default=1, aggregator=None, help="1 is the principal diagnosis.")
    icd10_code = Char(string="ICD-10 code", required=True, index=True, check=icd10_problem)
    description = Char(required=True)
    eye = Selection([*EYES, ("NA", "Not of an eye")])
    status = Selection(_STATUSES, default="new")
    treatment = Text()
    medication = Char()
    sig = Char(string="Directions")
    education = Boolean(string="Patient educated")
    follow_up = Char()

    def create(self, vals_list: Any) -> Self:
        """Create; codes take their usual spelling (`h5213` is `H52.13`)."""
        return super().create(with_each(vals_list, _spelled))

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; codes take their usual spelling."""
        return super().write(_spelled(vals))


def _spelled(values: Mapping[str, Any]) -> Mapping[str, Any]:
    code = values.get("icd10_code")
    usual = icd10(code) if isinstance(code, str) else None
    return values if usual is None else {**values, "icd10_code": usual}
