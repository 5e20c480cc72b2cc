"""Who opened whose chart, when, and why. Rows are only ever added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.api import Char, Datetime, Many2one, Model, Selection, UserError, ondelete

if TYPE_CHECKING:
    from collections.abc import Mapping

_ACTIONS = [
    ("open", "Opened"),
    ("export", "Exported"),
    ("summary", "Summary made"),
    ("break_glass", "Emergency access"),
]


class AccessLog(Model, name="got2.access.log", rec_name="patient_no", order="id desc"):
    """Chart Access"""

    patient_id = Many2one("got2.patient", on_delete="set null", index=True)
    patient_no = Char(string="Chart number", help="Kept when the patient is deleted.")
    user_id = Many2one("res.users", required=True, on_delete="restrict", index=True)
    moment = Datetime(required=True, default=lambda self: self.env.now(), index=True)
    action = Selection(_ACTIONS, required=True)
    reason = Char(size=500)

    def note(self, patients: Any, action: str, why: str = "") -> None:
        """Add a row for each patient: the caller did `action` to these charts."""
        self.sudo().create(
            [
                {
                    "patient_id": patient.id,
                    "patient_no": patient.patient_no,
                    "user_id": self.env.uid,
                    "action": action,
                    "reason": why[:500] or None,
                }
                for patient in patients.sudo()
            ]
        )

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Refused: the log is not rewritten. Only a deleted patient's link goes; the chart number stays."""
        if self.env.su and set(vals) == {"patient_id"} and not vals["patient_id"]:
            return super().write(vals)
        raise UserError("The log of chart access cannot be changed.")

    @ondelete
    def _rows_stay(self) -> None:
        raise UserError("The log of chart access cannot be deleted.")
