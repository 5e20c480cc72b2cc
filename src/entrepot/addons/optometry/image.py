"""Images of patients and exams: photos, scans, cards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry.exam_test import EYES
from entrepot.addons.optometry.image_types import media_type
from entrepot.api import (
    Binary,
    Char,
    Datetime,
    Integer,
    Many2one,
    Model,
    Problem,
    Selection,
    Text,
    constrains,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES = [
    ("fundus", "Fundus"),
    ("oct", "OCT"),
    ("anterior", "Anterior segment"),
    ("topography", "Topography"),
    ("visual_field", "Visual field"),
    ("photo", "Photo"),
    ("card", "Card"),
    ("other", "Other"),
]


class Image(Model, name="multi.images", mixins=["appointment.exam.part"], order="sequence, id"):
    """Image"""

    name = Char(required=True)
    image = Binary(required=True)
    patient_id = Many2one("got2.patient", on_delete="cascade", index=True)
    exam_id = Many2one("appointment.exam", on_delete="cascade", index=True)
    test_id = Many2one("appointment.exam.test", on_delete="set null", index=True)
    eye = Selection(EYES)
    image_type = Selection(_TYPES, string="Kind", default="other")
    taken_on = Datetime(default=lambda self: self.env.now())
    device = Char()
    note = Text()
    sequence = Integer(default=10, aggregator=None)

    @constrains("image")
    def _is_an_image(self) -> Iterator[Problem]:
        for each in self:
            if each.image and media_type(each.image) is None:
                yield Problem(
                    "image",
                    "format",
                    "This is no image: PNG, JPEG, GIF, WebP, TIFF, BMP and DICOM are known.",
                )

    @constrains("patient_id", "exam_id", "test_id")
    def _belongs_to_one_patient(self) -> Iterator[Problem]:
        for each in self:
            owners = each.patient_id | each.exam_id.patient_id | each.test_id.exam_id.patient_id
            if not owners:
                yield Problem("patient_id", "required", "An image is of a patient, an exam or a test.")
            elif len(owners) > 1:
                yield Problem(
                    "patient_id",
                    "other_patient",
                    "Patient, exam and test of an image are of different patients.",
                )
