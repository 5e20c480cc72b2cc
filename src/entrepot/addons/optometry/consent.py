"""Consent: templates, and the forms made of them for patients. A signed form never changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.optometry import consent_tags
from entrepot.addons.optometry.ages import add_months
from entrepot.addons.optometry.confirmations import importing
from entrepot.api import (
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Html,
    Integer,
    Many2one,
    Model,
    Problem,
    Selection,
    UserError,
    ValidationError,
    constrains,
    cron,
    ondelete,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KINDS = [("patient", "Patient")]
"""Forms for orders come with the add-on that has orders; it extends this list."""
_STATES = [
    ("draft", "Draft"),
    ("sent", "Sent"),
    ("signed", "Signed"),
    ("refused", "Refused"),
    ("revoked", "Revoked"),
    ("expired", "Expired"),
]
_MOVES = {
    "draft": ("sent", "signed", "refused"),
    "sent": ("signed", "refused"),
    "signed": ("revoked", "expired"),
}
_RELATIONSHIPS = [("self", "The patient"), ("guardian", "The guardian")]
_LINES = re.compile(r"\s*\n\s*")


class ConsentTemplate(Model, name="got2.consent.form.template", order="name, id"):
    """Consent Form Template"""

    name = Char(required=True)
    form_kind = Selection(_KINDS, required=True, default="patient")
    default = Boolean(help="Laid ready for every new patient.")
    body_html = Html(required=True, help="Text with tags such as {{patient.name}}.")
    version = Integer(default=1, readonly=True, copy=False, aggregator=None)
    language = Char(size=12)
    valid_months = Integer(aggregator=None, help="How long a signature holds; 0 for ever.")
    active = Boolean(default=True)

    @constrains("body_html")
    def _tags_are_known(self) -> Iterator[Problem]:
        for template in self:
            yield from consent_tags.tag_problems(template.body_html or "")

    @constrains("valid_months")
    def _validity_is_a_span(self) -> Iterator[Problem]:
        for template in self:
            if not 0 <= template.valid_months <= 240:
                yield Problem("valid_months", "range", "A consent is valid for at most 240 months.")

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; another text is another version. Forms made before keep theirs."""
        if "body_html" not in vals:
            return super().write(vals)
        for template in self:
            changed = template.body_html != vals["body_html"]
            super(ConsentTemplate, template).write({**vals, "version": template.version + changed})
        return True

    @public(readonly=True, model=True)
    def tags(self) -> dict[str, str]:
        """The tags a template may hold, with what they mean."""
        return dict(consent_tags.TAGS)


class ConsentForm(Model, name="got2.consent.form", order="id desc"):
    """Consent Form"""

    name = Char(related="template_id.name", store=True)
    template_id = Many2one("got2.consent.form.template", required=True, on_delete="restrict", index=True)
    template_version = Integer(readonly=True, aggregator=None)
    patient_id = Many2one("got2.patient", required=True, on_delete="cascade", index=True)
    exam_id = Many2one("appointment.exam", on_delete="set null", index=True)
    body_html = Html(readonly=True, help="The text as it was when the form was made.")
    state = Selection(_STATES, required=True, default="draft", index=True, copy=False)
    signature = Binary(copy=False)
    signed_by_name = Char(copy=False)
    relationship = Selection(_RELATIONSHIPS, copy=False)
    signed_on = Datetime(readonly=True, copy=False)
    ip = Char(string="Signed from address", copy=False)
    valid_until = Date(copy=False)
    attachment_id = Many2one(
        "ir.attachment", string="Signed document", readonly=True, on_delete="set null", copy=False
    )

    # made of a template -------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create; the text is filled from the template and from then on stays."""
        imported = importing(self.env)
        begin = {} if imported else {"body_html": None, "state": "draft"}
        forms = super().create(with_each(vals_list, lambda values: {**values, **begin}))
        for form in forms:
            if form.body_html is None:
                text = consent_tags.render(form.template_id.body_html or "", form.tag_values())
                super(ConsentForm, form).write(
                    {"body_html": text, "template_version": form.template_id.version}
                )
        return forms

    def prepare_defaults(self, patients: Any) -> Self:
        """Make the forms that every new patient gets."""
        templates = self.env["got2.consent.form.template"].search(
            [("default", "=", True), ("form_kind", "=", "patient")]
        )
        return self.create(
            [
                {"template_id": template.id, "patient_id": patient.id}
                for patient in patients
                for template in templates
            ]
        )

    def tag_values(self) -> dict[str, object]:
        """The values of the tags for this form."""
        patient, exam, company = self.patient_id, self.exam_id, self.env.company
        doctor = exam.optometrist_id or patient.optometrist_id or patient.primary_doctor_id
        return {
            "patient.name": patient.name,
            "patient.first_name": patient.first_name,
            "patient.last_name": patient.last_name,
            "patient.birth_date": patient.birth_date and patient.birth_date.isoformat(),
            "patient.age": patient.age,
            "patient.number": patient.patient_no,
            "patient.address": _one_line(patient.contact_address),
            "patient.phone": patient.phone or patient.mobile,
            "patient.email": patient.email,
            "guardian.name": patient.guardian_id.name,
            "exam.name": exam.name,
            "exam.date": exam.date_start and exam.date_start.date().isoformat(),
            "doctor.name": doctor.sudo().name,
            "company.name": company.name,
            "company.address": _one_line(company.contact_address),
            "company.phone": company.phone,
            "today": self.env.today().isoformat(),
        }

    # changes ------------------------------------------------------------------------------------------------

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write on forms that are not signed or refused yet; states change by the actions."""
        if importing(self.env):
            return super().write(vals)
        if set(vals) & {"state", "body_html", "signed_on", "attachment_id", "template_id", "patient_id"}:
            raise UserError(
                "A form keeps its text and patient; its state changes by action_send, action_sign and so on."
            )
        for form in self:
            if form.state not in {"draft", "sent"}:
                raise UserError(f"A form that is {form.state} cannot be changed.")
        return super().write(vals)

    @ondelete
    def _signed_ones_stay(self) -> Iterator[Problem]:
        for form in self:
            if form.state in {"signed", "revoked", "expired"}:
                yield Problem("state", "signed", f"The form {form.name} was signed and must be kept.")

    def move(self, state: str, values: dict[str, Any] | None = None) -> bool:
        """Change the state, as far as `_MOVES` allows. Raises UserError."""
        for form in self:
            if state not in _MOVES.get(form.state or "", ()):
                raise UserError(f"A form that is {form.state} cannot become {state}.")
        return super().write({"state": state, **(values or {})})

    @public
    def action_send(self) -> bool:
        """The forms were given to the patients."""
        return self.move("sent")

    @public
    def action_sign(
        self,
        signed_by_name: str = "",
        relationship: str = "",
        signature: bytes | str | None = None,
        ip: str = "",
    ) -> bool:
        """Sign: by the patient, or by the guardian of a minor. The signed text is kept as a document.

        Missing arguments are taken from the forms. ValidationError names everything that is missing.
        """
        for form in self:
            who = signed_by_name or form.signed_by_name or ""
            how = relationship or form.relationship or "self"
            problems = list(form.signature_problems(who, how))
            if problems:
                raise ValidationError(problems=problems)
            values: dict[str, Any] = {
                "signed_by_name": who,
                "relationship": how,
                "signed_on": self.env.now(),
                "ip": ip or form.ip,
            }
            months = form.template_id.valid_months
            if months and not form.valid_until:
                values["valid_until"] = add_months(self.env.today(), months)
            if signature:
                values["signature"] = signature
            form.move("signed", values)
            super(ConsentForm, form).write({"attachment_id": form.document().id})
        return True

    def signature_problems(self, who: str, how: str) -> Iterator[Problem]:
        """Why somebody cannot sign this form."""
        if not who.strip():
            yield Problem("signed_by_name", "required", "Who signs a form gives their name.")
        if how not in dict(_RELATIONSHIPS):
            yield Problem("relationship", "choice", "A form is signed by self or guardian.")
        elif self.patient_id.is_minor() and how != "guardian":
            message = f"{self.patient_id.name} is under 18: the guardian signs."
            yield Problem("relationship", "minor", message)
        if how == "guardian" and not self.patient_id.guardian_id:
            yield Problem(
                "relationship",
                "guardian",
                f"{self.patient_id.name} has no guardian: name one in the chart first.",
            )
        if self.valid_until and self.valid_until < self.env.today():
            yield Problem("valid_until", "past", "The validity of this form has passed.")

    def document(self) -> Any:
        """Keep the signed text as a document of the patient."""
        kind = self.env.ref("optometry.document_type_consent", missing_ok=True)
        signed = f"{self.signed_by_name} ({self.relationship}), {self.signed_on:%Y-%m-%d %H:%M} UTC"
        text = f"{self.body_html or ''}\n<p>{consent_tags.escaped(signed)}</p>\n"
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": f"{self.name} {self.patient_id.patient_no}.html",
                        "datas": text.encode(),
                        "res_model": "got2.consent.form",
                        "res_id": self.id,
                        "patient_id": self.patient_id.id,
                        "document_type_id": kind.id if kind else None,
                    }
                ]
            )
        )

    @public
    def action_refuse(self) -> bool:
        """The patients refused."""
        return self.move("refused")

    @public
    def action_revoke(self) -> bool:
        """The patients took their consent back."""
        return self.move("revoked")

    @cron(every="1 day")
    def action_expire(self) -> None:
        """Mark signed forms past their validity as expired."""
        due = self.sudo().search([("state", "=", "signed"), ("valid_until", "<", self.env.today())])
        super(ConsentForm, due).write({"state": "expired"})


def _one_line(address: str | None) -> str:
    return _LINES.sub(", ", address or "")
