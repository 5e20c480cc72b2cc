"""Claims: what a payer is asked to pay for an exam or an order, and where the asking stands."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry.codes import npi_problem
from entrepot.addons.optometry.confirmations import importing
from entrepot.addons.optometry_billing import claim_states
from entrepot.addons.optometry_billing.claim_form import (
    MOST_LINES,
    diagnosis_codes,
    diagnosis_problems,
    pages,
)
from entrepot.addons.optometry_billing.patient_plan import RANKS
from entrepot.api import (
    Char,
    Date,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    Text,
    UserError,
    constrains,
    depends,
    ondelete,
    sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = [("vision", "Vision"), ("medical", "Medical")]
_FORMS = [("cms1500", "CMS-1500"), ("edi837p", "837P"), ("portal", "Payer's portal")]
_FREQUENCIES = [("1", "Original"), ("7", "Replacement"), ("8", "Void of an earlier claim")]
_CLAIMED = frozenset(
    {
        *(
            "patient_id",
            "patient_plan_id",
            "service_date",
            "line_ids",
            "diagnosis_codes",
            "claim_type",
            "form",
        ),
        *("rendering_provider_npi", "billing_npi", "place_of_service", "frequency_code", "rank"),
        *("resubmission_of_id", "exam_id", "sale_order_id"),
    }
)
"""What the payer was sent: it stays as it is once submitted."""
_FLOW = frozenset({"state", "invoice_id", "submission_date", "batch_id"})
"""What the actions write, and nobody else."""


class Claim(Model, name="claim.manager", order="service_date desc, id desc"):
    """Claim"""

    name = Char(string="Number", readonly=True, default=sequence("claim.manager"), unique=True)
    patient_id = Many2one("got2.patient", required=True, on_delete="restrict", index=True)
    patient_plan_id = Many2one(
        "patient.insurance.plan", string="Plan", required=True, on_delete="restrict", index=True
    )
    payer_id = Many2one(
        "insurance.company.listing", related="patient_plan_id.payer_id", store=True, index=True
    )
    company_id = Many2one(
        "res.company", required=True, index=True, on_delete="restrict", default=lambda self: self.env.company
    )
    currency_id = Many2one("res.currency", related="company_id.currency_id")
    exam_id = Many2one("appointment.exam", on_delete="restrict", index=True)
    sale_order_id = Many2one("sale.order", string="Order", on_delete="restrict", index=True)
    invoice_id = Many2one(
        "account.move", string="Payer's invoice", readonly=True, copy=False, on_delete="restrict", index=True
    )
    move_ids = One2many("account.move", "claim_id", string="Entries")
    claim_type = Selection(_TYPES, required=True, default="vision")
    form = Selection(_FORMS, required=True, default="cms1500")
    service_date = Date(required=True, default=lambda self: self.env.today(), index=True)
    submission_date = Date(readonly=True, copy=False)
    timely_filing_date = Date(compute="_compute_timely_filing", store=True)
    line_ids = One2many("claim.manager.line", "claim_id", string="Lines", copy=True)
    diagnosis_codes = Text(help="ICD-10-CM codes, the principal one first; at most twelve.")
    rendering_provider_npi = Char(string="Rendering NPI", check=npi_problem)
    billing_npi = Char(string="Billing NPI", check=npi_problem)
    place_of_service = Char(size=2)
    total_charge = Monetary(compute="_compute_totals", store=True)
    total_expected = Monetary(compute="_compute_totals", store=True)
    total_allowed = Monetary(compute="_compute_totals", store=True)
    total_paid = Monetary(compute="_compute_totals", store=True)
    total_adjustment = Monetary(compute="_compute_totals", store=True)
    patient_responsibility = Monetary(compute="_compute_totals", store=True)
    balance = Monetary(compute="_compute_totals", store=True)
    page_count = Integer(compute="_compute_totals", store=True, string="Pages", aggregator=None)
    state = Selection(
        list(claim_states.STATES), required=True, default="draft", index=True, copy=False, tracking=True
    )
    rank = Selection(RANKS, required=True, default="primary")
    primary_claim_id = Many2one("claim.manager", on_delete="restrict", copy=False, index=True)
    secondary_claim_ids = One2many("claim.manager", "primary_claim_id", string="Claims to the next payer")
    payer_claim_no = Char(string="Payer's number", size=60)
    denial_code = Char(size=20)
    denial_reason = Char()
    resubmission_of_id = Many2one("claim.manager", on_delete="restrict", index=True)
    frequency_code = Selection(_FREQUENCIES, required=True, default="1")
    batch_id = Many2one(
        "got2.batch.account.payment", string="Submitted in", readonly=True, copy=False, on_delete="set null"
    )
    batch_line_ids = One2many("got2.batch.account.payment.line", "claim_id", string="Payers' answers")
    tag_ids = Many2many("tags.insurance.info", string="Tags")
    note = Text()

    # computed -----------------------------------------------------------------------------------------------

    @depends("service_date", "payer_id")
    def _compute_timely_filing(self) -> None:
        for claim in self:
            day, span = claim.service_date, claim.payer_id.timely_filing_days
            claim.timely_filing_date = day + dt.timedelta(days=span or 365) if day else None

    @depends(
        "line_ids.charge",
        "line_ids.expected",
        "line_ids.allowed",
        "line_ids.paid",
        "line_ids.adjustment",
        "line_ids.patient_resp",
    )
    def _compute_totals(self) -> None:
        for claim in self:
            sums = {
                name: sum((getattr(line, name) for line in claim.line_ids), Decimal(0))
                for name in ("charge", "expected", "allowed", "paid", "adjustment", "patient_resp")
            }
            claim.total_charge, claim.total_expected = sums["charge"], sums["expected"]
            claim.total_allowed, claim.total_paid = sums["allowed"], sums["paid"]
            claim.total_adjustment, claim.patient_responsibility = sums["adjustment"], sums["patient_resp"]
            claim.balance = sums["charge"] - sums["paid"] - sums["adjustment"] - sums["patient_resp"]
            claim.page_count = len(pages([line.charge for line in claim.line_ids]))

    # checks -------------------------------------------------------------------------------------------------

    @constrains("patient_id", "patient_plan_id", "exam_id", "sale_order_id")
    def _everything_is_of_one_patient(self) -> Iterator[Problem]:
        for claim in self:
            for name in ("patient_plan_id", "exam_id", "sale_order_id"):
                linked = getattr(claim, name)
                if linked and linked.patient_id != claim.patient_id:
                    yield Problem(name, "other_patient", "This is of another patient than the claim.")

    @constrains("diagnosis_codes", "line_ids")
    def _it_fits_the_form(self) -> Iterator[Problem]:
        for claim in self:
            yield from diagnosis_problems(claim.diagnosis_list())
            if len(claim.line_ids) > MOST_LINES:
                yield Problem(
                    "line_ids", "too_many", f"A claim has at most {MOST_LINES} lines: make several."
                )

    @constrains("place_of_service")
    def _place_is_a_code(self) -> Iterator[Problem]:
        for claim in self:
            place = claim.place_of_service
            if place and not (len(place) == 2 and place.isascii() and place.isdigit()):
                yield Problem("place_of_service", "format", "A place of service is two digits.")

    @constrains("frequency_code", "resubmission_of_id")
    def _resubmissions_name_the_first(self) -> Iterator[Problem]:
        for claim in self:
            if claim.frequency_code != "1" and not claim.resubmission_of_id:
                message = "A replacement or void names the claim it is about: give resubmission_of_id."
                yield Problem("resubmission_of_id", "required", message)

    @constrains("rank", "primary_claim_id")
    def _later_payers_wait(self) -> Iterator[Problem]:
        for claim in self:
            if claim.rank == "primary" or importing(self.env):
                continue
            if not claim.primary_claim_id:
                message = f"A {claim.rank} claim follows another: make it by action_make_secondary there."
                yield Problem("primary_claim_id", "required", message)
            elif claim.primary_claim_id.state not in claim_states.ADJUDICATED:
                message = (
                    f"{claim.primary_claim_id.name} is not answered yet: the next payer is asked after it."
                )
                yield Problem("primary_claim_id", "not_adjudicated", message)

    @ondelete
    def _sent_ones_stay(self) -> Iterator[Problem]:
        for claim in self:
            if claim.state not in {"draft", "void"} or claim.submission_date:
                message = f"Claim {claim.name} is {claim.state} and must be kept: void it instead."
                yield Problem("state", "sent", message)

    # records ------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create drafts; what is not given comes from the clinic's settings and the provider."""
        claims = super().create(with_each(vals_list, self._prepared))
        for claim in claims:
            if not importing(self.env) and claim.state != "draft":
                raise UserError("A claim begins as a draft and becomes ready by action_ready.")
        return claims

    def _prepared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        company = self.env.company
        found = dict(values)
        if not self.env.su and not importing(self.env):
            found = {key: value for key, value in found.items() if key not in _FLOW}
        found.setdefault("place_of_service", company.place_of_service)
        found.setdefault("billing_npi", company.partner_id.sudo().npi)
        return found

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write. What was submitted stays as it is; the state moves by the actions."""
        if importing(self.env) or self.env.su:
            return super().write(vals)
        if _FLOW & set(vals):
            raise UserError(
                "The state of a claim changes by its actions: action_ready, action_submit and so on."
            )
        touched = sorted(_CLAIMED & set(vals))
        for claim in self:
            if touched and claim.state not in claim_states.CHANGEABLE:
                raise UserError(
                    f"Claim {claim.name} is {claim.state}: {', '.join(touched)} cannot change. Take it back to draft, "
                    "or make a replacement by action_resubmit."
                )
        return super().write(vals)

    def diagnosis_list(self) -> list[str]:
        """The diagnosis codes of this claim, the principal one first."""
        return diagnosis_codes(self.diagnosis_codes)
