"""A signed exam is closed: its parts cannot be added, changed or removed; corrections are addenda."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from entrepot.addons.optometry.confirmations import importing
from entrepot.api import Model, UserError, ondelete

if TYPE_CHECKING:
    from collections.abc import Mapping

CLOSED = "is signed and cannot be changed: add an addendum instead."


class ChartPart(Model, name="appointment.exam.part", abstract=True):
    """Part of an exam's chart; the class that uses it has `exam_id`."""

    _free_after_signing: ClassVar[frozenset[str]] = frozenset()
    """Fields that may change on a signed exam because they are not clinical."""

    def refuse_signed(self) -> None:
        """Raise UserError when the exam of one of these parts is signed."""
        if importing(self.env):
            return
        for exam in self.sudo().mapped("exam_id"):
            if exam.state == "signed":
                raise UserError(f"Exam {exam.name} {CLOSED}")

    def create(self, vals_list: Any) -> Self:
        """Create; refused for signed exams."""
        parts = super().create(vals_list)
        parts.refuse_signed()
        return parts

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; refused for signed exams, also to move a part into one."""
        if set(vals) <= self._free_after_signing:
            return super().write(vals)
        self.refuse_signed()
        done = super().write(vals)
        if "exam_id" in vals:
            self.refuse_signed()
        return done

    @ondelete
    def _signed_parts_stay(self) -> None:
        self.refuse_signed()
