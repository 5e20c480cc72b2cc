"""Summaries of charts that were made and sent; a row each, so that the same question within a minute is asked
once.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry import optics
from entrepot.addons.optometry.summary import SECTIONS, Section, page
from entrepot.api import Boolean, Char, Datetime, Many2one, Model, UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AGAIN = timedelta(minutes=1)
_ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z]{2,4})?", re.ASCII)
_MOST = 100


class PatientSummary(Model, name="got2.patient.summary", rec_name="sent_to", order="id desc"):
    """Summary of a Chart"""

    patient_id = Many2one("got2.patient", required=True, on_delete="cascade", index=True)
    document_id = Many2one("ir.attachment", on_delete="set null")
    mail_id = Many2one("mail.mail", on_delete="set null")
    user_id = Many2one("res.users", required=True, on_delete="restrict")
    moment = Datetime(required=True, index=True)
    question = Char(required=True, help="What was asked, to know a repetition by.")
    sent = Boolean()
    sent_to = Char()
    reason = Char()

    def deliver(
        self, patients: Any, *, email: Any, include: Any, send: bool, lang: Any
    ) -> list[dict[str, Any]]:
        """Make, keep and send the summaries of patients; see `got2.patient.send_patient_summary`."""
        wanted = _sections(include)
        if len(patients) > _MOST:
            raise UserError(f"At most {_MOST} summaries are made at once.")
        to = email.strip() if isinstance(email, str) else ""
        if email and _ADDRESS.fullmatch(to) is None:
            raise UserError("email is one e-mail address.")
        if lang and not (isinstance(lang, str) and _LANGUAGE.fullmatch(lang)):
            raise UserError("lang is a language code such as en_US.")
        return [
            self._deliver(patient, to=to, wanted=wanted, send=send, lang=lang or "") for patient in patients
        ]

    def _deliver(
        self, patient: Any, *, to: str, wanted: tuple[str, ...], send: bool, lang: str
    ) -> dict[str, Any]:
        target = to or (patient.email or "").strip()
        why = ""
        if not send:
            why = "not requested"
        elif not target or _ADDRESS.fullmatch(target) is None:
            why = "no e-mail"
        elif not patient.consent_email:
            why = "no consent to e-mail"
        question = f"{self.env.uid} {target} {','.join(wanted)} {lang} {why}"
        earlier = self.sudo().search(
            [
                ("patient_id", "=", patient.id),
                ("question", "=", question),
                ("moment", ">", self.env.now() - _AGAIN),
            ],
            limit=1,
        )
        if earlier:
            return earlier.answer()
        html = self._page(patient, wanted, lang or patient.lang or "en_US")
        made = self.sudo()
        document = made.keep(patient, html)
        mail = None if why else made.mail(patient, target, html)
        self.env["got2.access.log"].note(patient, "summary")
        row = made.create(
            [
                {
                    "patient_id": patient.id,
                    "document_id": document.id,
                    "mail_id": mail.id if mail else None,
                    "user_id": self.env.uid,
                    "moment": self.env.now(),
                    "question": question,
                    "sent": not why,
                    "sent_to": target,
                    "reason": why,
                }
            ]
        )
        return row.answer()

    def answer(self) -> dict[str, Any]:
        """The answer to the caller."""
        return {
            "id": self.patient_id.id,
            "sent": self.sent,
            "to": self.sent_to or "",
            "document_id": self.document_id.id or False,
            "reason": self.reason or "",
        }

    def keep(self, patient: Any, html: str) -> Any:
        """Keep a summary as a clinical document."""
        kind = self.env.ref("optometry.document_type_clinical", missing_ok=True)
        return self.env["ir.attachment"].create(
            [
                {
                    "name": f"Summary {patient.patient_no or patient.id} {self.env.today().isoformat()}.html",
                    "datas": html.encode(),
                    "res_model": "got2.patient",
                    "res_id": patient.id,
                    "patient_id": patient.id,
                    "document_type_id": kind.id if kind else None,
                }
            ]
        )

    def mail(self, patient: Any, to: str, html: str) -> Any:
        """Put a summary into the outbox."""
        return self.env["mail.mail"].create(
            [
                {
                    "subject": f"Your summary from {self.env.company.name or 'the clinic'}",
                    "body_html": html,
                    "email_to": to,
                    "state": "outgoing",
                    "model": "got2.patient",
                    "res_id": patient.id,
                }
            ]
        )

    def _page(self, patient: Any, wanted: tuple[str, ...], lang: str) -> str:
        makers = self.section_makers()
        sections = [makers[name](patient) for name in wanted if name in makers]
        if patient.next_recall_date:
            sections.append(
                Section("Next visit", [f"Please come back around {patient.next_recall_date.isoformat()}."])
            )
        return page(f"Summary for {patient.name}", self.env.company.name or "", sections, lang)

    def section_makers(self) -> dict[str, Callable[[Any], Section]]:
        """Who writes each section; an add-on that extends this adds its own."""
        return {"exam": self._exam, "rx": self._rx, "allergies": self._allergies}

    def _exam(self, patient: Any) -> Section:
        exam = self.env["appointment.exam"].search(
            [("patient_id", "=", patient.id), ("state", "in", ["completed", "signed"])],
            order="date_start desc, id desc",
            limit=1,
        )
        if not exam:
            return Section("Last exam", ["No exam yet."])
        lines = [f"{exam.date_start.date().isoformat()} with {exam.optometrist_id.sudo().name} ({exam.name})"]
        lines += [
            f"{line.description} ({line.icd10_code})" for line in exam.diagnosis_plan_ids.mapped("line_ids")
        ]
        return Section("Last exam", lines)

    def _rx(self, patient: Any) -> Section:
        active = self.env["spec.contact.lenses"].search(
            [("patient_id", "=", patient.id), ("state", "=", "active")]
        )
        lines = [line for rx in active for line in _rx_lines(rx)]
        return Section("Prescriptions", lines or ["No active prescription."])

    def _allergies(self, patient: Any) -> Section:
        lines = [
            f"{allergy.substance} ({allergy.severity or 'severity unknown'})"
            for allergy in patient.allergy_ids
            if allergy.status == "active"
        ]
        nothing = "No known allergies." if patient.no_known_allergies else "None recorded."
        return Section("Allergies", lines or [nothing])


def _sections(include: Any) -> tuple[str, ...]:
    if not include:
        return SECTIONS
    if not isinstance(include, (list, tuple)):
        raise UserError(f"include is a list of {', '.join(SECTIONS)}.")
    unknown = [str(name)[:40] for name in include if name not in SECTIONS]
    if unknown:
        raise UserError(f"include knows {', '.join(SECTIONS)}, not {', '.join(unknown[:5])}.")
    return tuple(name for name in SECTIONS if name in include)


def _rx_lines(rx: Any) -> Iterator[str]:
    glasses = rx.rx_type == "spectacle"
    kind = rx.usage_id.name or ("Glasses" if glasses else "Contact lenses")
    yield f"{kind}, valid until {rx.expiration_date.isoformat()}"
    for prefix, eye in (("od", "Right eye"), ("os", "Left eye")):
        sphere = getattr(rx, f"{prefix}_sphere" if glasses else f"{prefix}_power")
        if sphere is not None:
            power = optics.Power(
                sphere, getattr(rx, f"{prefix}_cylinder") or 0.0, getattr(rx, f"{prefix}_axis")
            )
            yield f"{eye}: {optics.written(power, getattr(rx, f'{prefix}_add'))}"
