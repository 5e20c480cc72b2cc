"""What one asks of a patient from outside: the whole chart, the recall list, the summary by mail."""

from __future__ import annotations

from datetime import date
from typing import Any

from entrepot.addons.optometry.ages import add_months
from entrepot.addons.optometry.clinic_groups import CLINICAL
from entrepot.api import AccessError, Model, UserError, public

_PARTS = (
    ("allergies", "got2.patient.allergy"),
    ("exams", "appointment.exam"),
    ("prescriptions", "spec.contact.lenses"),
    ("consents", "got2.consent.form"),
)
_MOST_CHARTS = 20


class PatientChart(Model, extends="got2.patient"):
    """Patient"""

    @public(right="read")
    def open_chart(self, reason: str = "", *, emergency: bool = False) -> list[dict[str, Any]]:
        """The whole chart of each patient, as far as the caller may read it; the opening is logged.

        An `emergency` needs a reason; the log shows it. At most 20 charts at once.
        """
        self._require_clinical()
        if len(self) > _MOST_CHARTS:
            raise UserError(f"At most {_MOST_CHARTS} charts are opened at once.")
        if emergency and not str(reason).strip():
            raise UserError("Emergency access needs a reason.")
        self.env["got2.access.log"].note(self, "break_glass" if emergency else "open", str(reason))
        charts = []
        for patient in self:
            chart: dict[str, Any] = {"id": patient.id}
            chart["patient"] = self.search_read([("id", "=", patient.id), ("active", "in", [True, False])])
            for name, model in _PARTS:
                chart[name] = self.env[model].search_read([("patient_id", "=", patient.id)])
            charts.append(chart)
        return charts

    @public(readonly=True, model=True)
    def recalls(self, until: date | str | None = None, *, overdue_only: bool = False) -> list[dict[str, Any]]:
        """Who is to be called back until a day (default: a month from now): living, active patients, soonest
        first.
        """
        today = self.env.today()
        try:
            limit = (
                until
                if isinstance(until, date)
                else date.fromisoformat(until)
                if until
                else add_months(today, 1)
            )
        except (TypeError, ValueError) as error:
            raise UserError("until is a day, YYYY-MM-DD.") from error
        domain = [("next_recall_date", "<=", today if overdue_only else limit), ("deceased", "=", False)]
        return [
            {
                "id": patient.id,
                "name": patient.name,
                "next_recall_date": patient.next_recall_date,
                "recall_type": patient.recall_type,
                "preferred_contact": patient.preferred_contact,
                "phone": patient.mobile or patient.phone,
                "email": patient.email,
            }
            for patient in self.search(domain, order="next_recall_date, id")
        ]

    @public(absent=True)
    def send_patient_summary(
        self,
        email: str = "",
        include: list[str] | None = None,
        *,
        send: bool = True,
        lang: str = "",
    ) -> list[dict[str, Any]]:
        """Make a summary of each chart as a clinical document and send it to the patient.

        `email` overrides the address; `include` picks among rx, allergies, exam and balance (default all;
        balance needs the billing add-on); `send=False` only makes the document; `lang` overrides the
        patient's language. Answers for each patient `{id, sent, to, document_id, reason}`. Without an
        address, or without the patient's consent to e-mail, `sent` is False and `reason` says so. Asked again
        within a minute it answers the same and sends nothing. A patient who does not exist is answered for too: not
        sent, "no such patient". Needs the right to clinical notes.
        """
        self._require_clinical()
        there = self.exists()
        summaries = self.env["got2.patient.summary"]
        answers: list[dict[str, Any]] = summaries.deliver(
            there, email=email, include=include, send=bool(send), lang=lang
        )
        gone = [each for each in dict.fromkeys(self.ids) if each not in there.ids]
        return answers + [
            {"id": each, "sent": False, "to": "", "document_id": False, "reason": "no such patient"}
            for each in gone
        ]

    def _require_clinical(self) -> None:
        if not (self.env.su or self.env.has_group(CLINICAL)):
            raise AccessError("This needs the right to read clinical notes.")
