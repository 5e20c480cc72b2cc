"""Who may see and do what at the clinic."""

import pytest

from entrepot.api import AccessError

CHART = [
    "appointment.exam.test",
    "appointment.exam.history",
    "exam.diagnosis.plan",
    "spec.contact.lenses",
    "multi.images",
]
VOCABULARY = ["spec.rx.usage", "got2.allergy.nature", "document.type", "spec.procedure.code"]


@pytest.fixture
def outsider(env):
    return env["res.users"].create(
        {"name": "Out", "login": "out@example.com", "groups_id": [env.ref("base.group_user").id]}
    )


def test_every_model_has_access_lines(env):
    ours = [
        name for name, meta in env.registry.models.items() if "optometry" in meta.module and not meta.abstract
    ]
    assert len(ours) > 25
    managers = env.ref("optometry.group_manager")
    for name in ours:
        lines = env["ir.model.access"].search([("model", "=", name)])
        assert managers in lines.mapped("group_id"), name


def test_users_of_other_add_ons_see_nothing_clinical(env, outsider, patient):
    for name in (
        "got2.patient",
        "appointment.exam",
        "got2.consent.form",
        "got2.access.log",
        *CHART,
        *VOCABULARY,
    ):
        with pytest.raises(AccessError):
            env[name].with_user(outsider.id).search([])


def test_the_front_desk_registers_and_books(env, staff, book):
    desk = staff.front_desk.id
    patient = env["got2.patient"].with_user(desk).create({"name": "New Person", "phone": "+1 201 555 0100"})
    exam = book(patient_id=patient.id).with_user(desk)
    exam.action_check_in()
    assert exam.state == "checked_in"


def test_the_front_desk_reads_no_clinical_notes(env, staff, patient, seen):
    desk = staff.front_desk.id
    exam = seen(chief_complaint="Blurred")
    patient.write({"medical_history": "Asthma"})
    for record, field in ((exam, "chief_complaint"), (patient, "medical_history"), (exam, "od_cd_ratio")):
        with pytest.raises(AccessError):
            record.with_user(desk).read([field])
        assert field not in record.with_user(desk).fields_get()
        assert field in record.with_user(staff.technician.id).fields_get()
    for name in CHART:
        with pytest.raises(AccessError):
            env[name].with_user(desk).search([])


def test_identity_numbers_are_for_those_who_need_them(staff, patient):
    patient.write({"ssn_last4": "1234"})
    assert next(patient.with_user(staff.biller.id).read(["ssn_last4"]).dicts())["ssn_last4"] == "1234"
    with pytest.raises(AccessError):
        patient.with_user(staff.technician.id).read(["ssn_last4"])


def test_opticians_read_prescriptions_only(env, staff, prescribe):
    optician = staff.optician.id
    rx = prescribe()
    assert rx.with_user(optician).od_sphere == -1.25
    with pytest.raises(AccessError):
        rx.with_user(optician).write({"od_sphere": -1.5})
    with pytest.raises(AccessError):
        env["exam.diagnosis.plan"].with_user(optician).search([])


def test_interfaces_read_or_write(env, staff, patient):
    reader, writer = staff.api_read.id, staff.api_write.id
    assert patient.with_user(reader).name == "Ada Barrow"
    with pytest.raises(AccessError):
        patient.with_user(reader).write({"email": "other@example.com"})
    made = env["got2.patient"].with_user(writer).create({"name": "John Doe", "email": "john@example.com"})
    assert made.unlink()


def test_the_administrator_runs_a_fresh_clinic(env, seen, sign):
    exam = seen().with_user(2)
    sign(exam)
    assert exam.signed_by.id == 2


def test_imports_are_the_systems_alone(staff, book, env, patient):
    exams = env["appointment.exam"].with_user(staff.manager.id).with_context(chart_import=True)
    exam = book()
    values = {"patient_id": patient.id, "optometrist_id": staff.optometrist.id, "date_start": exam.date_start}
    with pytest.raises(Exception, match="booked") as caught:
        exams.create(values)
    assert type(caught.value).__name__ == "ValidationError"
