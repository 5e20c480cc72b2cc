"""Remarks added to a chart; they are what may still be said about a signed exam."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.base.value_lists import with_each
from entrepot.api import Datetime, Many2one, Model, Problem, Text, UserError, constrains, ondelete

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ExamAddendum(Model, name="appointment.exam.addendum", rec_name="text", order="id"):
    """Addendum"""

    exam_id = Many2one("appointment.exam", required=True, on_delete="cascade", index=True)
    patient_id = Many2one("got2.patient", related="exam_id.patient_id", store=True, index=True)
    text = Text(required=True)
    user_id = Many2one("res.users", required=True, readonly=True, default=lambda self: self.env.uid)
    date = Datetime(required=True, readonly=True, default=lambda self: self.env.now())

    def create(self, vals_list: Any) -> Any:
        """Create, in the caller's name and at this moment, whatever was sent."""
        if self.env.su:
            return super().create(vals_list)
        mine = {"user_id": self.env.uid, "date": self.env.now()}
        return super().create(with_each(vals_list, lambda values: {**values, **mine}))

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Refused: what was added stays as it was said."""
        raise UserError("An addendum cannot be changed: add another one.")

    @constrains("text")
    def _says_something(self) -> Iterator[Problem]:
        for addendum in self:
            if not (addendum.text or "").strip():
                yield Problem("text", "required", "An addendum says something.")

    @ondelete
    def _stays_with_what_was_signed(self) -> None:
        for addendum in self:
            if addendum.exam_id.state == "signed":
                raise UserError("An addendum to a signed exam cannot be deleted.")
