"""Tests ordered and done during an exam."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry import measures
from entrepot.addons.optometry.clinic_groups import CLINICAL
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Json,
    Many2many,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    Text,
    constrains,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

EYES = [("OD", "Right (OD)"), ("OS", "Left (OS)"), ("OU", "Both (OU)")]
_TYPES = [
    ("visual_acuity", "Visual acuity"),
    ("autorefraction", "Autorefraction"),
    ("keratometry", "Keratometry"),
    ("tonometry", "Tonometry"),
    ("visual_field", "Visual field"),
    ("oct", "OCT"),
    ("fundus_photo", "Fundus photo"),
    ("pachymetry", "Pachymetry"),
    ("color_vision", "Color vision"),
    ("stereopsis", "Stereopsis"),
    ("topography", "Topography"),
    ("lensometry", "Lensometry"),
    ("slit_lamp", "Slit lamp"),
    ("dilation", "Dilation"),
    ("other", "Other"),
]
_STATES = [
    ("ordered", "Ordered"),
    ("in_progress", "In progress"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]


class ExamTest(
    Model, name="appointment.exam.test", mixins=["appointment.exam.part"], rec_name="test_type", order="id"
):
    """Test"""

    exam_id = Many2one("appointment.exam", required=True, on_delete="cascade", index=True)
    patient_id = Many2one("got2.patient", related="exam_id.patient_id", store=True, index=True)
    test_type = Selection(_TYPES, string="Test", required=True)
    eye = Selection(EYES, default="OU")
    ordered_by = Many2one("res.users", default=lambda self: self.env.uid)
    ordered_date = Datetime(default=lambda self: self.env.now())
    performed_by = Many2one("res.users")
    performed_date = Datetime()
    device = Char()
    result_text = Text(groups=CLINICAL)
    result_values = Json(
        groups=CLINICAL, help="Names and values; see the page of measures for the checked ones."
    )
    abnormal = Boolean(groups=CLINICAL)
    interpretation = Text(groups=CLINICAL)
    state = Selection(_STATES, required=True, default="ordered")
    attachment_ids = Many2many("ir.attachment")
    image_ids = One2many("multi.images", "test_id", string="Images")

    @constrains("test_type", "result_values")
    def _results_make_sense(self) -> Iterator[Problem]:
        for test in self:
            yield from measures.result_problems(test.test_type or "", test.result_values)

    @public
    def action_done(self) -> bool:
        """The caller performed these tests, now."""
        return self.write({"state": "done", "performed_by": self.env.uid, "performed_date": self.env.now()})
