"""Plans of insurances: what is paid for which category, how often, and by which prices."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from entrepot.addons.optometry_billing.benefit import Benefit
from entrepot.addons.optometry_billing.eligibility import FREQUENT
from entrepot.api import (
    Boolean,
    Char,
    Float,
    Integer,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    constrains,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_AMOUNTS = (
    "exam_allowance",
    "exam_copay",
    "frame_allowance",
    "lens_copay",
    "cl_allowance",
    "cl_fit_copay",
    "medical_copay",
)
_MONTHS = ("frequency_exam", "frequency_lens", "frequency_frame", "frequency_cl")
_FULLY = "Empty: the whole charge is allowed."


class InsurancePlan(Model, name="spec.insurance.plan", order="insurance_id, name, id"):
    """Insurance Plan"""

    name = Char(required=True, index=True)
    insurance_id = Many2one("spec.insurance", required=True, on_delete="restrict", index=True)
    category = Selection(related="insurance_id.category", store=True)
    payer_id = Many2one(
        "insurance.company.listing", related="insurance_id.company_id", store=True, string="Payer", index=True
    )
    plan_code = Char(size=40)
    network = Char()
    active = Boolean(default=True)
    currency_id = Many2one("res.currency", default=lambda self: self.env.company.currency_id)
    exam_allowance = Monetary(nullable=True, help=_FULLY)
    exam_copay = Monetary()
    frame_allowance = Monetary(nullable=True, help=_FULLY)
    lens_copay = Monetary(help="For the pair.")
    lens_covered = Boolean(default=True, string="Lenses covered")
    cl_allowance = Monetary(string="Contact lens allowance", nullable=True, help=_FULLY)
    cl_fit_copay = Monetary(string="Contact lens fitting copay")
    cl_fit_covered = Boolean(default=True, string="Contact lens fitting covered")
    medical_covered = Boolean(string="Medical services covered", help="Tests and treatments, less the copay.")
    medical_copay = Monetary()
    frequency_exam = Integer(aggregator=None, string="Exam every (months)", help="0: as often as needed.")
    frequency_lens = Integer(aggregator=None, string="Lenses every (months)")
    frequency_frame = Integer(aggregator=None, string="Frame every (months)")
    frequency_cl = Integer(aggregator=None, string="Contact lenses every (months)")
    discount_over_allowance = Float(digits=(5, 2), aggregator=None, help="Percent off what lies above.")
    pricelist_id = Many2one("product.pricelist", string="Price list", on_delete="set null")
    requires_authorization = Boolean()
    patient_plan_ids = One2many("patient.insurance.plan", "plan_id", string="Enrolled patients")

    @constrains(*_AMOUNTS, *_MONTHS, "discount_over_allowance")
    def _numbers_make_sense(self) -> Iterator[Problem]:
        for plan in self:
            for name in _AMOUNTS:
                amount = getattr(plan, name)
                if amount is not None and amount < 0:
                    yield Problem(name, "negative", "An allowance or a copay is not below zero.")
            for name in _MONTHS:
                if not 0 <= getattr(plan, name) <= 120:
                    yield Problem(name, "range", "A benefit comes back after 0 to 120 months.")
            if not 0 <= plan.discount_over_allowance <= 100:
                yield Problem("discount_over_allowance", "range", "A discount is 0 to 100 percent.")

    def benefits(self) -> dict[str, Benefit]:
        """What this plan pays for each category; a category that is not there is the patient's."""
        self.ensure_one()
        discount = Decimal(repr(self.discount_over_allowance))
        found = {
            "exam": Benefit(self.exam_allowance, self.exam_copay, discount),
            "frame": Benefit(self.frame_allowance, discount=discount),
            "contact_lens": Benefit(self.cl_allowance, discount=discount),
        }
        if self.lens_covered:
            found["lens"] = Benefit(copay=self.lens_copay)
        if self.cl_fit_covered:
            found["cl_fit"] = Benefit(copay=self.cl_fit_copay)
        if self.medical_covered:
            found["medical"] = Benefit(copay=self.medical_copay)
        return found

    def months(self) -> dict[str, int]:
        """After how many months each category is paid again."""
        self.ensure_one()
        return {category: getattr(self, name) for category, name in FREQUENT.items()}
