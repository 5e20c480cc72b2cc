"""Exams: an appointment with a doctor, from its booking to the signed chart."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry import exam_states
from entrepot.addons.optometry.ages import add_months
from entrepot.addons.optometry.chart_lock import CLOSED
from entrepot.addons.optometry.clinic_groups import CLINICAL
from entrepot.addons.optometry.confirmations import importing, is_doctor, require_doctor, with_reason
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Float,
    Integer,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    Text,
    UserError,
    constrains,
    depends,
    ondelete,
    public,
    sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

TYPES = [
    ("comprehensive", "Comprehensive"),
    ("new_patient", "New patient"),
    ("follow_up", "Follow-up"),
    ("contact_lens_fit", "Contact lens fitting"),
    ("contact_lens_check", "Contact lens check"),
    ("medical", "Medical"),
    ("emergency", "Emergency"),
    ("pediatric", "Pediatric"),
    ("low_vision", "Low vision"),
    ("pre_post_op", "Before or after surgery"),
]
_SIGNATURE = ("signed_by", "signed_date")
_BOOKED = {
    "patient_id",
    "optometrist_id",
    "date_start",
    "duration",
    "date_end",
    "room_id",
    "state",
    "exam_type",
}


class Exam(
    Model, name="appointment.exam", mixins=["appointment.exam.findings"], order="date_start desc, id desc"
):
    """Exam"""

    _free_after_signing: ClassVar[frozenset[str]] = frozenset({"addendum_ids", "active"})
    """Fields that may change on a signed exam because they are not clinical."""

    name = Char(string="Number", readonly=True, default=sequence("appointment.exam"), unique=True)
    patient_id = Many2one("got2.patient", required=True, on_delete="cascade", index=True)
    optometrist_id = Many2one("res.users", string="Doctor", required=True, index=True, on_delete="restrict")
    technician_id = Many2one("res.users")
    calendar_event_id = Many2one("calendar.event", string="Booking", on_delete="set null", copy=False)
    exam_type = Selection(TYPES, required=True, default="comprehensive")
    date_start = Datetime(string="Start", required=True, index=True)
    duration = Float(help="Hours.", digits=(6, 4))
    date_end = Datetime(
        string="End", compute="_compute_date_end", inverse="_set_date_end", store=True, index=True
    )
    room_id = Many2one("appointment.room", on_delete="set null")
    company_id = Many2one("res.company", required=True, default=lambda self: self.env.company)
    state = Selection(
        exam_states.STATES, required=True, default="scheduled", index=True, copy=False, tracking=True
    )
    active = Boolean(default=True)
    chief_complaint = Text(groups=CLINICAL)
    hpi = Text(string="History of present illness", groups=CLINICAL)
    test_ids = One2many("appointment.exam.test", "exam_id", string="Tests")
    history_ids = One2many("appointment.exam.history", "exam_id", string="History")
    rx_ids = One2many(
        "spec.contact.lenses",
        "exam_id",
        string="Spectacle prescriptions",
        domain=[("rx_type", "=", "spectacle")],
    )
    cl_rx_ids = One2many(
        "spec.contact.lenses",
        "exam_id",
        string="Contact lens prescriptions",
        domain=[("rx_type", "!=", "spectacle")],
    )
    service_ids = One2many("exam.service", "exam_id", string="Services")
    diagnosis_plan_ids = One2many("exam.diagnosis.plan", "exam_id", string="Diagnosis plans")
    diagnosis_plan_id = Many2one("exam.diagnosis.plan", compute="_compute_diagnosis_plan")
    image_ids = One2many("multi.images", "exam_id", string="Images")
    consent_ids = One2many("got2.consent.form", "exam_id", string="Consent forms")
    recall_months = Integer(aggregator=None, help="When the patient is to come back; 0 for no recall.")
    override_reason = Char(
        readonly=True, copy=False, groups=CLINICAL, help="Why unusual values were confirmed."
    )
    signed_by = Many2one("res.users", readonly=True, copy=False)
    signed_date = Datetime(readonly=True, copy=False)
    addendum_ids = One2many("appointment.exam.addendum", "exam_id", string="Addenda", groups=CLINICAL)

    # computed -----------------------------------------------------------------------------------------------

    @depends("date_start", "duration")
    def _compute_date_end(self) -> None:
        for exam in self:
            exam.date_end = exam.date_start and exam.date_start + timedelta(
                seconds=round(exam.duration * 3600)
            )

    def _set_date_end(self) -> None:
        for exam in self:
            if exam.date_start and exam.date_end:
                exam.duration = (exam.date_end - exam.date_start).total_seconds() / 3600

    @depends("diagnosis_plan_ids")
    def _compute_diagnosis_plan(self) -> None:
        for exam in self:
            exam.diagnosis_plan_id = exam.diagnosis_plan_ids[-1:]

    # checks -------------------------------------------------------------------------------------------------

    @constrains("duration", "recall_months")
    def _numbers_make_sense(self) -> Iterator[Problem]:
        for exam in self:
            if not 0 < exam.duration <= 12:
                yield Problem("duration", "range", "An exam ends after its start and lasts at most 12 hours.")
            if not 0 <= exam.recall_months <= 60:
                yield Problem("recall_months", "range", "A recall is within 60 months.")

    @ondelete
    def _signed_ones_stay(self) -> Iterator[Problem]:
        for exam in self:
            if exam.state == "signed":
                yield Problem(
                    "state", "signed", f"Exam {exam.name} is signed and must be kept: archive it instead."
                )

    # records ------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create; the time is booked in the doctor's calendar."""
        exams = super().create(with_each(vals_list, self._prepared))
        if not importing(self.env):
            for exam in exams:
                if exam.state not in {"scheduled", "confirmed", "checked_in"}:
                    raise UserError("An exam begins as scheduled, confirmed or checked in.")
        exams.book()
        return exams

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write. Signed exams take addenda only; the state moves as `exam_states` allows; the booking
        follows.
        """
        if importing(self.env):
            return super().write(vals)
        given = {key: value for key, value in vals.items() if key not in _SIGNATURE}
        if set(given) - self._free_after_signing:
            for exam in self:
                if exam.state == "signed":
                    raise UserError(f"Exam {exam.name} {CLOSED}")
        state = given.pop("state", None)
        done = super().write(with_reason(self.env, given)) if given else True
        if state:
            self._move(state)
        if _BOOKED & set(vals):
            self.book()
        return done

    def copy(self, default: Mapping[str, Any] | None = None) -> Self:
        """Copy the appointment, not the chart; give another `date_start`, or the doctor is booked twice."""
        kept = (
            "patient_id",
            "optometrist_id",
            "exam_type",
            "duration",
            "room_id",
            "company_id",
            "date_start",
        )
        copies = self.browse()
        for exam in self:
            same = {name: getattr(exam, name) for name in kept}
            copies |= self.create([{**same, **(default or {})}])
        return copies

    def _prepared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        found = with_reason(self.env, values)
        if not found.get("date_end") and not found.get("duration"):
            found["duration"] = exam_states.HOURS.get(str(found.get("exam_type") or "comprehensive"), 0.5)
        elif not found.get("duration"):
            found.pop("duration", None)
        if importing(self.env):
            return found
        return {key: value for key, value in found.items() if key not in _SIGNATURE}

    def attach_event(self, event: Any) -> None:
        """Remember the event that books this exam; no change of the chart, so signed ones may."""
        super().write({"calendar_event_id": event.id})

    # states -------------------------------------------------------------------------------------------------

    def _move(self, state: str) -> None:
        doctor = is_doctor(self.env)
        for exam in self:
            refusal = exam_states.refusal(exam.state or "", state, doctor=doctor)
            if refusal is not None:
                raise UserError(refusal)
        moving = self.filtered(lambda exam: exam.state != state)
        values: dict[str, Any] = {"state": state}
        if state == "signed":
            moving.close()
            values |= {"signed_by": self.env.uid, "signed_date": self.env.now()}
        super(Exam, moving).write(values)
        if state in exam_states.DONE:
            moving.plan_recall()

    def close(self) -> None:
        """Sign what belongs to these exams: draft prescriptions, diagnosis plans."""
        require_doctor(self.env, "sign an exam")
        drafts = (self.mapped("rx_ids") | self.mapped("cl_rx_ids")).filtered(lambda rx: rx.state == "draft")
        drafts.action_sign()
        self.mapped("diagnosis_plan_ids").write({"state": "final"})

    def plan_recall(self) -> None:
        """Note on each patient when to come back, by the exam's `recall_months`."""
        for exam in self:
            if exam.recall_months and exam.date_start:
                due = add_months(exam.date_start.date(), exam.recall_months)
                exam.patient_id.sudo().write(
                    {"next_recall_date": due, "recall_type": exam.patient_id.recall_type or "exam"}
                )

    @public
    def action_confirm(self) -> bool:
        """The patient confirmed the appointment."""
        return self.write({"state": "confirmed"})

    @public
    def action_check_in(self) -> bool:
        """The patient arrived."""
        return self.write({"state": "checked_in"})

    @public
    def action_pre_test(self) -> bool:
        """The technician began."""
        return self.write({"state": "pre_test"})

    @public
    def action_start(self) -> bool:
        """The doctor began, or goes on after dilation."""
        return self.write({"state": "in_exam"})

    @public
    def action_dilate(self) -> bool:
        """The pupils are being dilated."""
        return self.write({"state": "dilating"})

    @public
    def action_checkout(self) -> bool:
        """The exam itself is over."""
        return self.write({"state": "checkout"})

    @public
    def action_complete(self) -> bool:
        """Everything is recorded; the recall is planned."""
        return self.write({"state": "completed"})

    @public
    def action_sign(self) -> bool:
        """Sign: prescriptions become active and the chart is closed. Doctors only."""
        return self.write({"state": "signed"})

    @public
    def action_no_show(self) -> bool:
        """The patient did not come."""
        return self.write({"state": "no_show"})

    @public
    def action_cancel(self) -> bool:
        """Cancel before the exam began."""
        return self.write({"state": "cancelled"})

    @public
    def action_back(self) -> bool:
        """One step back, by a doctor."""
        for exam in self:
            back = exam_states.BACKWARD.get(exam.state or "")
            if back is None:
                raise UserError(f"An exam that is {exam.state} has no step back.")
            exam.write({"state": back})
        return True

    @public
    def add_addendum(self, text: str) -> list[int]:
        """Add a remark to each chart, signed or not; answers the ids of the addenda."""
        rows = [{"exam_id": exam.id, "text": text} for exam in self]
        return list(self.env["appointment.exam.addendum"].create(rows).ids)
