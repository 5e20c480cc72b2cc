"""Every model of the clinic answers, as the administrator of a demo clinic would ask."""

import pytest

from entrepot.kernel.invoke import invoke
from entrepot.table import Table

GUIDE = [
    "got2.patient",
    "res.partner",
    "res.partner.title",
    "got2.patient.pays.tag",
    "got2.allergy.nature",
    "got2.allergy.reaction",
    "got2.patient.allergy",
    "appointment.exam",
    "spec.rx.usage",
    "spec.contact.lenses",
    "exam.service",
    "appointment.exam.test",
    "appointment.exam.history",
    "exam.diagnosis.plan",
    "exam.diagnosis.plan.line",
    "spec.procedure.code",
    "spec.lens.material",
    "spec.lens.style",
    "spec.contact.lens.manufacturer",
    "spec.contact.lens.replacement.schedule",
    "multi.images",
    "ir.attachment",
    "document.type",
    "got2.consent.form",
    "got2.consent.form.template",
    "calendar.event",
    "res.users",
    "res.company",
    "uom.uom",
    "res.currency",
]
OURS = [
    "spec.prescription",
    "appointment.room",
    "appointment.exam.addendum",
    "got2.access.log",
    "got2.patient.summary",
]


@pytest.fixture
def env(environment):
    return environment(demo=True).derive(uid=2, su=False)


@pytest.mark.parametrize("model", [*GUIDE, *OURS])
def test_fields_and_records(env, model):
    fields = invoke(env, model, "fields_get", ([], ["string", "type"]), {})
    assert {"id", "display_name"} <= set(fields)
    found = invoke(env, model, "search_read", ([],), {"limit": 20})
    assert isinstance(found, Table)
    rows = list(found.dicts())
    assert all(set(row) <= set(fields) for row in rows)


def test_only_the_name_of_a_patient_is_required(env):
    fields = invoke(env, "got2.patient", "fields_get", ([],), {"attributes": ["required"]})
    required = {name for name, each in fields.items() if each.get("required")}
    assert required <= {"name", "partner_id"}


def test_the_guides_flow(env):
    number = invoke(env, "got2.patient", "create", ({"name": "Jane Smith", "email": "jane@example.com"},), {})
    (row,) = invoke(env, "got2.patient", "read", ([number],), {"fields": ["name", "email"]}).dicts()
    assert row == {"id": number, "name": "Jane Smith", "email": "jane@example.com"}
    assert invoke(env, "got2.patient", "write", ([number], {"email": "updated@example.com"}), {}) is True
    (answer,) = invoke(env, "got2.patient", "send_patient_summary", ([number],), {})
    assert answer["id"] == number
    assert None not in answer.values()
    assert invoke(env, "got2.patient", "unlink", ([number],), {}) is True
