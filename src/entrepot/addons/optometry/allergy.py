"""Allergies: their natures, reactions, and what a patient has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import (
    Boolean,
    Char,
    Date,
    Integer,
    Many2many,
    Many2one,
    Model,
    Problem,
    Selection,
    Text,
    constrains,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEVERITIES = [
    ("mild", "Mild"),
    ("moderate", "Moderate"),
    ("severe", "Severe"),
    ("life_threatening", "Life-threatening"),
]
_STATUSES = [("active", "Active"), ("inactive", "Inactive"), ("resolved", "Resolved")]


class AllergyNature(Model, name="got2.allergy.nature", order="sequence, name, id"):
    """Nature of Allergy"""

    name = Char(required=True, translate=True)
    code = Char(unique=True)
    snomed_code = Char(string="SNOMED CT Code")
    sequence = Integer(default=10, aggregator=None)
    active = Boolean(default=True)


class AllergyReaction(Model, name="got2.allergy.reaction", order="name, id"):
    """Allergic Reaction"""

    name = Char(required=True, translate=True)
    severity_default = Selection(_SEVERITIES)
    snomed_code = Char(string="SNOMED CT Code")
    active = Boolean(default=True)


class PatientAllergy(Model, name="got2.patient.allergy", rec_name="substance", order="patient_id, id"):
    """Allergy of a Patient"""

    patient_id = Many2one("got2.patient", required=True, on_delete="cascade", index=True)
    nature_id = Many2one("got2.allergy.nature", required=True, on_delete="restrict")
    substance = Char(required=True)
    reaction_ids = Many2many("got2.allergy.reaction")
    severity = Selection(_SEVERITIES)
    onset_date = Date()
    status = Selection(_STATUSES, required=True, default="active")
    verified_by = Many2one("res.users")
    note = Text()

    @constrains("onset_date")
    def _onset_is_past(self) -> Iterator[Problem]:
        for allergy in self:
            if allergy.onset_date and allergy.onset_date > self.env.today():
                yield Problem("onset_date", "future", "The onset of an allergy lies in the past.")

    @constrains("patient_id", "status")
    def _nobody_has_none_and_some(self) -> Iterator[Problem]:
        for allergy in self:
            if allergy.status == "active" and allergy.patient_id.no_known_allergies:
                message = f"{allergy.patient_id.name} is marked as having no known allergies."
                yield Problem("patient_id", "contradiction", message)

    @constrains("patient_id", "substance", "status")
    def _each_substance_once(self) -> Iterator[Problem]:
        active = self.search([("patient_id", "in", self.mapped("patient_id").ids), ("status", "=", "active")])
        seen: dict[tuple[int, str], int] = {}
        for allergy in active.sorted(lambda each: each.id):
            key = (allergy.patient_id.id, (allergy.substance or "").strip().casefold())
            if key in seen and (allergy in self or seen[key] in self.ids):
                message = f"{allergy.patient_id.name} already has an active allergy to {allergy.substance}."
                yield Problem("substance", "unique", message)
            seen.setdefault(key, allergy.id)
