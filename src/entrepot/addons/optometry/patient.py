"""Patients. The contact behind one holds name, address and numbers; this holds the person under care."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry import ages, person_names
from entrepot.addons.optometry.clinic_groups import CLINICAL, SENSITIVE
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Integer,
    Many2many,
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
    sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_GENDERS = [("male", "Male"), ("female", "Female"), ("other", "Other"), ("unknown", "Unknown")]
_MARITAL = [
    ("single", "Single"),
    ("married", "Married"),
    ("partnered", "Partnered"),
    ("divorced", "Divorced"),
    ("widowed", "Widowed"),
]
_CONTACT = [("phone", "Phone"), ("sms", "SMS"), ("email", "E-mail"), ("mail", "Mail")]
_RECALLS = [("exam", "Eye exam"), ("contact_lens", "Contact lens check"), ("medical", "Medical follow-up")]


def _four_digits(text: str | None) -> str | None:
    if not text or (len(text) == 4 and text.isascii() and text.isdigit()):
        return None
    return "Only the last four digits of a social security number are kept."


class Patient(Model, name="got2.patient", delegates={"partner_id": "res.partner"}, order="name, id"):
    """Patient"""

    partner_id = Many2one("res.partner", string="Contact", required=True, on_delete="restrict", index=True)
    patient_no = Char(string="Chart number", readonly=True, default=sequence("got2.patient"), unique=True)
    active = Boolean(default=True)
    first_name = Char()
    middle_name = Char()
    last_name = Char(index=True)
    preferred_name = Char()
    suffix = Char()
    birth_date = Date(index=True)
    age = Integer(compute="_compute_age", search="_search_age", nullable=True, aggregator=None)
    age_text = Char(compute="_compute_age", string="Age in words")
    gender = Selection(_GENDERS)
    gender_identity = Char()
    ssn_last4 = Char(string="SSN, last four", groups=SENSITIVE, check=_four_digits)
    id_number = Char(string="Identity document", groups=SENSITIVE)
    marital_status = Selection(_MARITAL)
    occupation = Char()
    employer_id = Many2one("res.partner")
    hobbies = Char(help="What the eyes are needed for.")
    preferred_contact = Selection(_CONTACT)
    consent_sms = Boolean(string="Agrees to SMS")
    consent_email = Boolean(string="Agrees to e-mail")
    guardian_id = Many2one("res.partner", help="Signs for a patient under 18.")
    guardian_missing = Boolean(compute="_compute_guardian_missing")
    responsible_party_id = Many2one("res.partner", help="Who pays.")
    family_ids = Many2many(
        "got2.patient", table="got2_patient_family_rel", column="patient_id", other="relative_id", copy=False
    )
    primary_doctor_id = Many2one("res.users")
    optometrist_id = Many2one("res.users")
    referring_provider_id = Many2one("res.partner")
    pcp_id = Many2one("res.partner", string="Primary care provider")
    emergency_contact_name = Char()
    emergency_contact_phone = Char()
    pays_tag_ids = Many2many("got2.patient.pays.tag", string="Tags")
    allergy_ids = One2many("got2.patient.allergy", "patient_id", string="Allergies")
    no_known_allergies = Boolean()
    medical_history = Text(groups=CLINICAL)
    ocular_history = Text(groups=CLINICAL)
    family_history = Text(groups=CLINICAL)
    medications = Text(groups=CLINICAL)
    is_diabetic = Boolean(groups=CLINICAL)
    is_pregnant = Boolean(groups=CLINICAL)
    is_smoker = Boolean(groups=CLINICAL)
    contact_lens_wearer = Boolean()
    exam_ids = One2many("appointment.exam", "patient_id", string="Exams")
    spec_rx_ids = One2many(
        "spec.contact.lenses",
        "patient_id",
        string="Spectacle prescriptions",
        domain=[("rx_type", "=", "spectacle")],
    )
    cl_rx_ids = One2many(
        "spec.contact.lenses",
        "patient_id",
        string="Contact lens prescriptions",
        domain=[("rx_type", "!=", "spectacle")],
    )
    consent_ids = One2many("got2.consent.form", "patient_id", string="Consent forms")
    document_ids = One2many("ir.attachment", "patient_id", string="Documents")
    image_ids = One2many("multi.images", "patient_id", string="Images")
    last_exam_date = Date(compute="_compute_last_exam_date", store=True)
    next_recall_date = Date(index=True)
    recall_type = Selection(_RECALLS)
    note = Text()
    deceased = Boolean()
    deceased_date = Date()
    possible_duplicate_ids = Many2many(
        "got2.patient", compute="_compute_duplicates", string="Possible duplicates"
    )

    # computed -----------------------------------------------------------------------------------------------

    @depends("birth_date")
    def _compute_age(self) -> None:
        today = self.env.today()
        for patient in self:
            birth = patient.birth_date
            patient.age = None if birth is None else ages.age_on(birth, today)
            patient.age_text = None if birth is None else ages.age_text(birth, today)

    def _search_age(self, operator: str, value: Any) -> list[Any]:
        try:
            return ages.age_domain("birth_date", operator, value, self.env.today())
        except (ValueError, TypeError) as error:
            raise UserError("An age is compared with a number of years.") from error

    @depends("birth_date", "guardian_id")
    def _compute_guardian_missing(self) -> None:
        for patient in self:
            patient.guardian_missing = patient.is_minor() and not patient.guardian_id

    @depends("exam_ids.state", "exam_ids.date_start")
    def _compute_last_exam_date(self) -> None:
        for patient in self:
            days = [
                exam.date_start.date()
                for exam in patient.exam_ids
                if exam.state in {"completed", "signed"} and exam.date_start
            ]
            patient.last_exam_date = max(days, default=None)

    @depends("name", "birth_date", "email", "phone")
    def _compute_duplicates(self) -> None:
        births = {patient.birth_date for patient in self if patient.birth_date}
        addresses = {patient.email for patient in self if patient.email}
        phones = {patient.phone for patient in self if patient.phone}
        others = self.search(
            [
                "|",
                "|",
                ("birth_date", "in", sorted(births)),
                ("email", "in", sorted(addresses)),
                ("phone", "in", sorted(phones)),
            ]
        )
        for patient in self:
            found = [other.id for other in others if other != patient and patient.resembles(other)]
            patient.possible_duplicate_ids = found

    def is_minor(self) -> bool:
        """Whether this patient is known to be under 18."""
        birth = self.birth_date
        return birth is not None and ages.age_on(birth, self.env.today()) < ages.ADULT

    def resembles(self, other: Patient) -> bool:
        """Whether two charts may be of one person: same name and birth date, same e-mail, or same phone."""
        same_name = (self.name or "").strip().casefold() == (other.name or "").strip().casefold()
        if same_name and self.birth_date is not None and self.birth_date == other.birth_date:
            return True
        return any(
            mine and mine == theirs for mine, theirs in ((self.email, other.email), (self.phone, other.phone))
        )

    # checks -------------------------------------------------------------------------------------------------

    @constrains("birth_date", "deceased_date")
    def _dates_make_sense(self) -> Iterator[Problem]:
        today = self.env.today()
        for patient in self:
            birth, death = patient.birth_date, patient.deceased_date
            if birth and birth > today:
                yield Problem("birth_date", "future", "The birth date lies in the future.")
            elif birth and ages.age_on(birth, today) > ages.OLDEST:
                yield Problem(
                    "birth_date",
                    "too_old",
                    f"Nobody is older than {ages.OLDEST} years: check the birth date.",
                )
            if death and (death > today or (birth and death < birth)):
                yield Problem(
                    "deceased_date", "order", "The date of death lies after birth and not in the future."
                )

    @constrains("no_known_allergies")
    def _nobody_has_none_and_some(self) -> Iterator[Problem]:
        for patient in self:
            if patient.no_known_allergies and any(each.status == "active" for each in patient.allergy_ids):
                message = f"{patient.name} has active allergies: they are known."
                yield Problem("no_known_allergies", "contradiction", message)

    @constrains("guardian_id")
    def _guardian_is_somebody_else(self) -> Iterator[Problem]:
        for patient in self:
            if patient.guardian_id and patient.guardian_id == patient.partner_id:
                yield Problem("guardian_id", "self", "Nobody is their own guardian.")

    @ondelete
    def _signed_charts_stay(self) -> Iterator[Problem]:
        signed = (
            self.env["appointment.exam"]
            .with_context(active_test=False)
            .search([("patient_id", "in", self.ids), ("state", "=", "signed")])
        )
        for patient in signed.mapped("patient_id"):
            message = (
                f"{patient.name} has signed exams, which must be kept: archive the patient instead, "
                "by writing active=False."
            )
            yield Problem("exam_ids", "signed", message)

    # records ------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create with the contact behind; the clinic's default consent forms are laid ready."""
        patients = super().create(with_each(vals_list, _named))
        self.env["got2.consent.form"].sudo().prepare_defaults(patients)
        return patients

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; the full name and its parts follow each other."""
        if "name" in vals:
            if not any(part in vals for part in person_names.PARTS) and isinstance(vals["name"], str):
                vals = {**person_names.split(vals["name"]), **vals}
            return super().write(vals)
        done = super().write(vals)
        if any(part in vals for part in person_names.PARTS):
            for patient in self:
                full = person_names.joined({part: getattr(patient, part) for part in person_names.PARTS})
                if full:
                    super(Patient, patient).write({"name": full})
        return done

    def copy(self, default: Mapping[str, Any] | None = None) -> Self:
        """Refused: a copied chart would be a second truth about one person."""
        raise UserError("A patient's chart cannot be copied.")


def _named(values: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if not found.get("partner_id"):
        found.setdefault("partner_kind", "patient")
    name = found.get("name")
    parts = {part: found[part] for part in person_names.PARTS if found.get(part)}
    if not name and parts:
        found["name"] = person_names.joined(parts)
    elif isinstance(name, str) and not parts:
        found |= person_names.split(name)
    return found
