"""Orders of patients: glasses, contact lenses, services, accessories."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry_billing import order_states
from entrepot.addons.optometry_billing.consent_rules import Facts
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Datetime,
    Float,
    Integer,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    ValidationError,
    constrains,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ORDER_KINDS = [
    ("glasses", "Glasses"),
    ("contact_lens", "Contact lenses"),
    ("service", "Services"),
    ("accessory", "Accessories"),
]
FRAME_SOURCES = [
    ("in_stock", "In stock"),
    ("patient", "The patient's own"),
    ("lab", "From the lab"),
    ("special_order", "Special order"),
]
MEASURES = (
    *("od_pd_distance", "os_pd_distance", "pd_distance", "pd_near", "od_seg_height", "os_seg_height"),
    *("od_oc_height", "os_oc_height", "vertex_distance", "panto_tilt", "wrap"),
)
"""What is copied from the prescription when an order is made by it, and may then be measured anew."""


_STEPS = frozenset(
    {
        *("job_state", "notified_on", "dispensed_by", "dispensed_date", "remake_reason", "remake_count"),
        "override_reason",
    }
)
"""What the steps of a job write, and nobody else."""
_CONFIRMED = ("patient_id", "order_kind", "rx_id", "insurance_plan_id", "frame_source")
"""What was checked and split when an order was confirmed, and stays."""


def _mm(label: str) -> Any:
    return Float(string=label, digits=(6, 3), nullable=True, aggregator=None, copy=True, help="mm")


class Order(Model, extends="sale.order"):
    """Order"""

    patient_id = Many2one("got2.patient", on_delete="restrict", index=True)
    exam_id = Many2one("appointment.exam", on_delete="restrict", index=True)
    order_kind = Selection(ORDER_KINDS, string="Kind", index=True)
    rx_id = Many2one("spec.contact.lenses", string="Prescription", on_delete="restrict", index=True)
    insurance_plan_id = Many2one(
        "patient.insurance.plan", string="Plan", on_delete="restrict", help="Empty: the patient pays alone."
    )
    claim_ids = One2many("claim.manager", "sale_order_id", string="Claims")
    claim_id = Many2one("claim.manager", compute="_compute_claim", string="Claim")
    insurance_amount = Monetary(compute="_compute_shares", store=True, string="Insurer pays")
    patient_amount = Monetary(compute="_compute_shares", store=True, string="Patient pays")
    service_date = Date(copy=False, help="When the services were given; empty: the day of the order.")
    override_reason = Char(
        readonly=True, copy=False, help="Why an order was taken on an expired prescription."
    )
    # glasses
    frame_source = Selection(FRAME_SOURCES)
    frame_line_id = Many2one("sale.order.line", compute="_compute_parts", string="Frame")
    od_lens_line_id = Many2one("sale.order.line", compute="_compute_parts", string="OD lens")
    os_lens_line_id = Many2one("sale.order.line", compute="_compute_parts", string="OS lens")
    gls_balance = Boolean(string="Balance lens, right")
    left_gls_balance = Boolean(string="Balance lens, left")
    od_pd_distance = _mm("OD PD")
    os_pd_distance = _mm("OS PD")
    pd_distance = _mm("PD")
    pd_near = _mm("Near PD")
    od_seg_height = _mm("OD seg height")
    os_seg_height = _mm("OS seg height")
    od_oc_height = _mm("OD optical centre height")
    os_oc_height = _mm("OS optical centre height")
    vertex_distance = _mm("Vertex distance")
    panto_tilt = Float(string="Pantoscopic tilt", nullable=True, aggregator=None, help="Degrees.")
    wrap = Float(string="Face form", nullable=True, aggregator=None, help="Degrees.")
    # the job
    lab_id = Many2one("res.partner", string="Laboratory", on_delete="restrict")
    lab_order_no = Char(copy=False)
    tray_no = Char(copy=False)
    job_state = Selection(
        list(order_states.STATES),
        string="Job",
        default="new",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    promised_date = Date(copy=False)
    notified_on = Datetime(readonly=True, copy=False)
    dispensed_by = Many2one("res.users", readonly=True, copy=False)
    dispensed_date = Datetime(readonly=True, copy=False)
    remake_reason = Char(readonly=True, copy=False)
    remake_count = Integer(string="Remakes", readonly=True, copy=False)
    inspection_ids = One2many("optical.inspection", "order_id", string="Inspections")
    consent_ids = One2many("got2.consent.form", "sale_order_id", string="Consent forms")

    # computed -----------------------------------------------------------------------------------------------

    @depends("order_line.insurance_amount", "amount_total")
    def _compute_shares(self) -> None:
        for order in self:
            order.insurance_amount = sum((line.insurance_amount for line in order.order_line), Decimal(0))
            order.patient_amount = order.amount_total - order.insurance_amount

    @depends("claim_ids.state")
    def _compute_claim(self) -> None:
        for order in self:
            alive = order.sudo().claim_ids.filtered(
                lambda claim: claim.state != "void" and claim.rank == "primary"
            )
            order.claim_id = max(alive.ids, default=None)

    @depends("order_line.product_id", "order_line.eye")
    def _compute_parts(self) -> None:
        for order in self:
            lines = order.order_line
            lenses = lines.filtered(lambda line: line.product_id.spec_product_type == "lens")
            order.frame_line_id = lines.filtered(lambda line: line.product_id.spec_product_type == "frame")[
                :1
            ]
            order.od_lens_line_id = lenses.filtered(lambda line: "od" in line.eye_names())[:1]
            order.os_lens_line_id = lenses.filtered(lambda line: "os" in line.eye_names())[:1]

    # checks -------------------------------------------------------------------------------------------------

    @constrains("patient_id", "exam_id", "rx_id", "insurance_plan_id", "order_kind")
    def _everything_is_of_one_patient(self) -> Iterator[Problem]:
        for order in self:
            for name in ("exam_id", "rx_id", "insurance_plan_id"):
                linked = getattr(order, name)
                if linked and linked.patient_id != order.patient_id:
                    yield Problem(name, "other_patient", "This is of another patient than the order.")
            if order.order_kind and not order.patient_id:
                yield Problem(
                    "patient_id", "required", "An order of the clinic is a patient's: give patient_id."
                )
            kind = order.rx_id.rx_type
            if order.rx_id and order.order_kind == "glasses" and kind != "spectacle":
                yield Problem("rx_id", "kind", "Glasses are ordered by a prescription for spectacles.")
            if (
                order.rx_id
                and order.order_kind == "contact_lens"
                and kind not in {"soft_cl", "rgp_cl", "trial"}
            ):
                yield Problem(
                    "rx_id", "kind", "Contact lenses are ordered by a prescription for contact lenses."
                )

    @ondelete
    def _claimed_ones_stay(self) -> Iterator[Problem]:
        for order in self:
            if order.claim_ids:
                yield Problem("claim_ids", "claimed", f"{order.name} was claimed: cancel it instead.")

    # records ------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create; who pays, prices and measurements come from the patient, the plan and the prescription."""
        return super().create(with_each(vals_list, self._prepared))

    def _prepared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found = {key: value for key, value in values.items() if key not in _STEPS}
        patient = self._linked("got2.patient", found.get("patient_id"))
        if patient and not found.get("partner_id"):
            found["partner_id"] = (patient.responsible_party_id or patient.partner_id).id
            found.setdefault("partner_shipping_id", patient.partner_id.id)
        plan = self._linked("patient.insurance.plan", found.get("insurance_plan_id"))
        if plan.plan_id.pricelist_id and not found.get("pricelist_id"):
            found["pricelist_id"] = plan.plan_id.pricelist_id.id
        if found.get("order_kind") == "glasses":
            found.setdefault("frame_source", "in_stock")
        return found | self._measures(found.get("rx_id"), found)

    def _linked(self, model: str, given: Any) -> Any:
        known = isinstance(given, int) and not isinstance(given, bool)
        return self.env[model].sudo().browse([given] if known else []).exists()

    def _measures(self, rx_id: Any, given: Mapping[str, Any]) -> dict[str, Any]:
        rx = self._linked("spec.contact.lenses", rx_id)
        if not rx or rx.rx_type != "spectacle":
            return {}
        values = {name: getattr(rx, name) for name in MEASURES}
        values |= {"gls_balance": rx.od_balance, "left_gls_balance": rx.os_balance}
        return {name: value for name, value in values.items() if name not in given}

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; another prescription brings its measurements. Jobs move by their actions."""
        if not self.env.su:
            problems = list(self._kept_problems(vals))
            if problems:
                raise ValidationError(problems=problems)
        if vals.get("rx_id"):
            vals = {**self._measures(vals["rx_id"], vals), **vals}
        return super().write(vals)

    def _kept_problems(self, vals: Mapping[str, Any]) -> Iterator[Problem]:
        for name in sorted(_STEPS & set(vals)):
            if any(_differs(getattr(order, name), vals[name]) for order in self):
                message = (
                    "This follows from the steps of a job: action_send_to_lab, action_receive and so on."
                )
                yield Problem(name, "not_allowed", message)
        confirmed = self.filtered(lambda order: order.patient_id and order.state == "sale")
        for name in _CONFIRMED:
            if name in vals and any(_differs(getattr(order, name), vals[name]) for order in confirmed):
                message = (
                    "This was settled when the order was confirmed: cancel it and set it back to a quotation."
                )
                yield Problem(name, "confirmed", message)

    def order_day(self) -> dt.date:
        """The day this order is of; a quotation would be ordered today."""
        ordered = self.state == "sale" and self.date_order
        return self.date_order.date() if ordered else self.env.today()

    def insured_day(self) -> dt.date:
        """The day that payers go by."""
        return self.service_date or self.order_day()

    def consent_facts(self) -> Facts:
        """What the rules of consent forms look at."""
        lenses = self.order_line.filtered(lambda line: line.product_id.spec_product_type == "lens")
        polycarbonate = self.env.ref("optometry.lens_material_polycarbonate", missing_ok=True)
        materials = lenses.mapped("product_id.material_id")
        return Facts(
            self.order_kind or "",
            self.frame_source,
            minor=self.patient_id.is_minor(),
            balance=bool(self.gls_balance or self.left_gls_balance),
            polycarbonate=bool(polycarbonate and polycarbonate in materials),
        )


def _differs(present: Any, given: Any) -> bool:
    known = (present.id or None) if hasattr(present, "ids") else present
    return (known or None) != (given or None)
