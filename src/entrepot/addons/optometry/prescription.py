"""Prescriptions for glasses and contact lenses: one model for both kinds, told apart by `rx_type`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry import lens_fit, optics, rx_rules
from entrepot.addons.optometry.ages import add_months, age_on
from entrepot.addons.optometry.confirmations import (
    importing,
    is_doctor,
    require_doctor,
    unconfirmed,
    with_reason,
)
from entrepot.addons.optometry.rx_record import EYES, contacts, normalised, power_keys, spectacles
from entrepot.api import (
    Binary,
    Boolean,
    Char,
    Date,
    Integer,
    Many2one,
    Model,
    Problem,
    Selection,
    Text,
    UserError,
    ValidationError,
    constrains,
    cron,
    depends,
    ondelete,
    public,
    sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RX_TYPES = [
    ("spectacle", "Spectacles"),
    ("soft_cl", "Soft contact lenses"),
    ("rgp_cl", "Rigid contact lenses"),
    ("trial", "Trial lenses"),
]
_SOURCES = [
    ("final", "Final"),
    ("autorefraction", "Autorefraction"),
    ("retinoscopy", "Retinoscopy"),
    ("lensometry", "Lensometry"),
    ("subjective", "Subjective"),
    ("outside", "Outside prescription"),
]
_STATES = [
    ("draft", "Draft"),
    ("active", "Active"),
    ("expired", "Expired"),
    ("superseded", "Superseded"),
    ("cancelled", "Cancelled"),
]
_MOVES = {
    "draft": ("active", "cancelled"),
    "active": ("expired", "superseded", "cancelled"),
}
_FREE_AFTER_SIGNING = {"state", "printed_count"}
_SIGNATURE = ("signed_by", "signed_date")
_LENS_FIELDS = tuple(
    f"{eye}_{name}"
    for eye in EYES
    for name in (
        *(
            "sphere",
            "cylinder",
            "axis",
            "add",
            "add_intermediate",
            "prism_h",
            "prism_h_base",
            "prism_v",
            "prism_v_base",
        ),
        *("pd_distance", "pd_near", "seg_height", "oc_height", "vertex", "base_curve", "balance"),
        *("power", "diameter", "add_design", "brand"),
    )
)
_WHOLE_FIELDS = (
    "pd_distance",
    "pd_near",
    "vertex_distance",
    "usage_id",
    "style_id",
    "rx_type",
    "previous_rx_id",
)


class Prescription(
    Model,
    name="spec.contact.lenses",
    mixins=["spec.rx.spectacle", "spec.rx.contact"],
    order="date desc, id desc",
):
    """Prescription"""

    name = Char(string="Number", readonly=True, default=sequence("spec.contact.lenses"), unique=True)
    patient_id = Many2one("got2.patient", required=True, on_delete="cascade", index=True)
    exam_id = Many2one("appointment.exam", on_delete="set null", index=True)
    prescriber_id = Many2one("res.users", required=True, default=lambda self: self.env.uid)
    usage_id = Many2one("spec.rx.usage", on_delete="restrict")
    rx_type = Selection(RX_TYPES, string="Kind", required=True, default="spectacle", index=True)
    source = Selection(_SOURCES, default="final")
    date = Date(required=True, default=lambda self: self.env.today())
    expiration_date = Date(required=True, index=True)
    state = Selection(_STATES, required=True, default="draft", index=True, copy=False, tracking=True)
    is_valid = Boolean(compute="_compute_is_valid", help="Active and not expired today.")
    previous_rx_id = Many2one("spec.contact.lenses", on_delete="set null", copy=False)
    printed_count = Integer(readonly=True, copy=False)
    note = Text()
    override_reason = Char(readonly=True, copy=False, help="Why unusual values were confirmed.")
    signed_by = Many2one("res.users", readonly=True, copy=False)
    signed_date = Date(readonly=True, copy=False)
    signature = Binary(copy=False)

    @depends("state", "expiration_date")
    def _compute_is_valid(self) -> None:
        today = self.env.today()
        for rx in self:
            rx.is_valid = (
                rx.state == "active" and rx.expiration_date is not None and rx.expiration_date >= today
            )

    # checks -------------------------------------------------------------------------------------------------

    @constrains(*_LENS_FIELDS, *_WHOLE_FIELDS)
    def _powers_make_sense(self) -> Iterator[Problem]:
        step = optics.EIGHTH if self.env.company.rx_eighths else optics.QUARTER
        for rx in self:
            if rx.rx_type == "spectacle":
                hard = rx_rules.problems(spectacles(rx), step=step)
                unusual = rx.spectacle_warnings()
            else:
                hard = lens_fit.problems(contacts(rx))
                unusual = lens_fit.warnings(contacts(rx))
            yield from hard
            wrong = {problem.path for problem in hard}
            yield from unconfirmed(self.env, [each for each in unusual if each.path not in wrong])

    def spectacle_warnings(self) -> list[Problem]:
        """What is unusual about this spectacle prescription."""
        birth, before = self.patient_id.birth_date, self.previous_rx_id
        age = age_on(birth, self.date) if birth and self.date else None
        previous = spectacles(before) if before and before.rx_type == "spectacle" else None
        return rx_rules.warnings(spectacles(self), age=age, previous=previous)

    @constrains("date", "expiration_date")
    def _expires_after_it_begins(self) -> Iterator[Problem]:
        for rx in self:
            if rx.date and rx.expiration_date and rx.expiration_date <= rx.date:
                yield Problem("expiration_date", "order", "A prescription expires after its date.")

    @constrains("patient_id", "exam_id")
    def _exam_is_of_the_patient(self) -> Iterator[Problem]:
        for rx in self:
            if rx.exam_id and rx.exam_id.patient_id != rx.patient_id:
                yield Problem("exam_id", "other_patient", "The exam is of another patient.")

    @ondelete
    def _signed_ones_stay(self) -> Iterator[Problem]:
        for rx in self:
            if rx.state != "draft":
                yield Problem(
                    "state",
                    "signed",
                    f"Prescription {rx.name} was signed and must be kept: cancel it instead.",
                )

    # records ------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create a draft. Powers are brought into the clinic's convention; the previous prescription is
        found.
        """
        created = super().create(with_each(vals_list, self._prepared))
        if not importing(self.env):
            for rx in created:
                if rx.state != "draft":
                    raise UserError("A prescription begins as a draft and becomes active by signing.")
                if rx.exam_id.state == "signed":
                    raise UserError(f"Exam {rx.exam_id.name} is signed: nothing can be added to it.")
            created.find_previous()
        return created

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write on drafts; signed prescriptions only change their state. Writing state `active` signs."""
        importing_now = importing(self.env)
        if not importing_now:
            vals = {key: value for key, value in vals.items() if key not in _SIGNATURE}
            if set(vals) - _FREE_AFTER_SIGNING:
                self._refuse_signed()
        state = vals.get("state")
        if state and not importing_now:
            rest = {key: value for key, value in vals.items() if key != "state"}
            if rest:
                self.write(rest)
            return self._move(state)
        return self._write_powers(with_reason(self.env, vals))

    def _write_powers(self, values: dict[str, Any]) -> bool:
        keys = {key for eye in EYES for kind in ("spectacle", "soft_cl") for key in power_keys(eye, kind)}
        if not keys & set(values):
            return super().write(values)
        minus = bool(self.env.company.minus_cylinder)
        for rx in self:
            present = {key: getattr(rx, key) for key in keys}
            kind = str(values.get("rx_type") or rx.rx_type)
            super(Prescription, rx).write(normalised(values, kind, minus=minus, present=present))
        return True

    def _prepared(self, values: Mapping[str, Any]) -> dict[str, Any]:
        company = self.env.company
        kind = values.get("rx_type") or "spectacle"
        found = normalised(values, kind, minus=bool(company.minus_cylinder))
        if not importing(self.env):
            found = {key: value for key, value in found.items() if key not in _SIGNATURE}
        if not found.get("expiration_date"):
            months = (
                (company.rx_months_spectacle or 24)
                if kind == "spectacle"
                else (company.rx_months_contact or 12)
            )
            day = self._day(found.get("date"))
            if day is not None:
                found["expiration_date"] = add_months(day, months)
        return with_reason(self.env, found)

    def _day(self, value: Any) -> dt.date | None:
        if value is None or value is False or value == "":
            return self.env.today()
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(str(value)[:10])
        except ValueError:
            return None  # the field `date` itself says what is wrong

    def find_previous(self) -> None:
        """Note which active prescription each of these would replace."""
        lone = self.filtered(lambda rx: not rx.previous_rx_id)
        active = self.sudo().search(
            [("patient_id", "in", lone.mapped("patient_id").ids), ("state", "=", "active")]
        )
        for rx in lone:
            same = [each for each in active if each.patient_id == rx.patient_id and rx.replaces(each)]
            if same:
                rx.previous_rx_id = same[0].id

    def replaces(self, other: Prescription) -> bool:
        """Whether this prescription takes the place of another: glasses of the same usage, or the same kind
        of lenses.
        """
        if self == other or (self.rx_type == "trial") != (other.rx_type == "trial"):
            return False
        if (self.rx_type == "spectacle") != (other.rx_type == "spectacle"):
            return False
        return self.usage_id == other.usage_id

    def _refuse_signed(self) -> None:
        for rx in self:
            if rx.state != "draft":
                raise UserError(
                    f"Prescription {rx.name} is {rx.state}: only drafts can be changed; write a new one."
                )

    # states -------------------------------------------------------------------------------------------------

    def _move(self, state: str) -> bool:
        for rx in self:
            if rx.state != state and state not in _MOVES.get(rx.state or "", ()):
                raise UserError(f"A prescription that is {rx.state} cannot become {str(state)[:20]}.")
        if state == "active":
            return self.action_sign()
        if state != "cancelled" and not self.env.su:
            raise UserError(f"A prescription becomes {state} by itself.")
        if any(rx.state == "active" for rx in self) and not is_doctor(self.env):
            require_doctor(self.env, "cancel a signed prescription")
        return super().write({"state": state})

    @public
    def action_sign(self) -> bool:
        """Sign drafts: they become active, older active ones of the same usage are superseded. Doctors only.

        ValidationError names everything that is missing.
        """
        require_doctor(self.env, "sign a prescription")
        drafts = self.filtered(lambda rx: rx.state == "draft")
        for rx in self - drafts:
            if rx.state != "active":
                raise UserError(f"A prescription that is {rx.state} cannot be signed.")
        missing = [problem for rx in drafts for problem in rx.missing_problems()]
        if missing:
            raise ValidationError(problems=missing)
        older = self.sudo().search(
            [("patient_id", "in", drafts.mapped("patient_id").ids), ("state", "=", "active")]
        )
        replaced = older.filtered(
            lambda old: any(old.patient_id == rx.patient_id and rx.replaces(old) for rx in drafts)
        )
        super(Prescription, replaced).write({"state": "superseded"})
        return super(Prescription, drafts).write(
            {"state": "active", "signed_by": self.env.uid, "signed_date": self.env.today()}
        )

    def missing_problems(self) -> list[Problem]:
        """What is missing before this can be signed."""
        if self.rx_type == "spectacle":
            return rx_rules.incomplete(spectacles(self))
        found = lens_fit.incomplete(contacts(self))
        if self.expiration_date and self.expiration_date < self.env.today():
            found.append(
                Problem("expiration_date", "expired", "A prescription that has expired cannot be activated.")
            )
        return found

    @cron(every="1 day")
    def action_expire(self) -> None:
        """Mark active prescriptions past their expiration date as expired."""
        due = self.sudo().search([("state", "=", "active"), ("expiration_date", "<", self.env.today())])
        super(Prescription, due).write({"state": "expired"})

    @public
    def action_cancel(self) -> bool:
        """Cancel drafts; signed ones by a doctor."""
        return self.write({"state": "cancelled"})
