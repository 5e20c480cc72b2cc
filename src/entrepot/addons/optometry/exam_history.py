"""The running history of an exam: eye pressures, notes, what devices sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry import measures
from entrepot.addons.optometry.clinic_groups import CLINICAL
from entrepot.addons.optometry.confirmations import unconfirmed, with_reason
from entrepot.addons.optometry.exam_test import EYES
from entrepot.api import (
    Char,
    Datetime,
    Float,
    Integer,
    Many2one,
    Model,
    Problem,
    Selection,
    Text,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TYPES = [("iop", "Eye pressure"), ("note", "Note"), ("device_log", "Device log")]
_METHODS = [
    ("goldmann", "Goldmann"),
    ("nct", "Non-contact"),
    ("icare", "iCare"),
    ("tonopen", "Tono-Pen"),
    ("other", "Other"),
]
_LEVELS = [("normal", "Normal"), ("raised", "Raised"), ("alert", "Alert")]


class ExamHistory(
    Model,
    name="appointment.exam.history",
    mixins=["appointment.exam.part"],
    rec_name="entry_type",
    order="datetime, id",
):
    """History Entry"""

    exam_id = Many2one("appointment.exam", required=True, on_delete="cascade", index=True)
    patient_id = Many2one("got2.patient", related="exam_id.patient_id", store=True, index=True)
    entry_type = Selection(_TYPES, string="Kind", required=True, default="note")
    datetime = Datetime(string="Moment", required=True, default=lambda self: self.env.now())
    eye = Selection(EYES)
    iop = Float(string="IOP", nullable=True, digits=(5, 1), help="mmHg", aggregator="avg")
    iop_method = Selection(_METHODS, string="IOP method")
    iop_level = Selection(_LEVELS, compute="_compute_iop_level", store=True)
    pachymetry = Integer(nullable=True, aggregator=None, help="Corneal thickness, µm")
    device = Char()
    device_serial = Char()
    raw_payload = Text(help="What the device sent, as it came.")
    note = Text(groups=CLINICAL)
    user_id = Many2one("res.users", default=lambda self: self.env.uid)
    override_reason = Char(readonly=True, copy=False)

    @depends("iop")
    def _compute_iop_level(self) -> None:
        for entry in self:
            entry.iop_level = measures.iop_level(entry.iop)

    @constrains("entry_type", "iop", "iop_method", "eye", "pachymetry")
    def _measures_make_sense(self) -> Iterator[Problem]:
        for entry in self:
            if entry.entry_type == "iop" and entry.iop is None:
                yield Problem("iop", "required", "An entry of eye pressure needs the pressure.")
            if entry.iop is not None and entry.eye not in {"OD", "OS"}:
                yield Problem("eye", "required", "Eye pressure is measured at one eye: OD or OS.")
            hard = list(measures.iop_problems("iop", entry.iop, entry.iop_method))
            yield from hard
            yield from measures.pachymetry_problems("pachymetry", entry.pachymetry)
            if not hard:
                yield from unconfirmed(self.env, measures.iop_warnings("iop", entry.iop, entry.fellow_iop()))

    def fellow_iop(self) -> float | None:
        """The last pressure of the other eye at this exam."""
        if self.iop is None or self.eye not in {"OD", "OS"}:
            return None
        other = "OS" if self.eye == "OD" else "OD"
        entries = self.exam_id.history_ids.filtered(lambda each: each.eye == other and each.iop is not None)
        last: float | None = entries[-1:].iop
        return last

    def create(self, vals_list: Any) -> Self:
        """Create; a confirmed warning keeps its reason."""
        return super().create(with_each(vals_list, lambda values: with_reason(self.env, values)))

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; a confirmed warning keeps its reason."""
        return super().write(with_reason(self.env, vals))
