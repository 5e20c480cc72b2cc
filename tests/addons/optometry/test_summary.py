"""Sending a patient the summary of their chart, and who opened which chart."""

import datetime as dt

import pytest

from entrepot.api import AccessError, Command, UserError


@pytest.fixture
def willing(patient):
    patient.write({"consent_email": True})
    return patient


def test_a_summary_is_kept_and_sent(env, willing, seen, sign, prescribe):
    exam = seen(date_start=dt.datetime(2030, 3, 20, 9, tzinfo=dt.UTC), recall_months=12)
    prescribe(exam_id=exam.id)
    env["exam.diagnosis.plan"].create(
        {
            "exam_id": exam.id,
            "line_ids": [Command.create({"icd10_code": "H52.13", "description": "Myopia"})],
        }
    )
    sign(exam)
    (answer,) = willing.send_patient_summary()
    document = env["ir.attachment"].browse(answer["document_id"])
    assert answer == {
        "id": willing.id,
        "sent": True,
        "to": "ada@example.com",
        "document_id": document.id,
        "reason": "",
    }
    text = document.datas.decode()
    for word in ("Ada Barrow", "2030-03-20", "Myopia (H52.13)", "-1.25", "2031-03-20", "None recorded"):
        assert word in text
    assert document.document_type_id.category == "clinical"
    assert document.patient_id == willing
    mail = env["mail.mail"].search([("model", "=", "got2.patient"), ("res_id", "=", willing.id)])
    assert (mail.state, mail.email_to) == ("outgoing", "ada@example.com")


def test_asking_twice_sends_once(env, willing):
    first = willing.send_patient_summary()
    assert willing.send_patient_summary() == first
    assert env["mail.mail"].search_count([("res_id", "=", willing.id)]) == 1
    env.work.clock.moment += dt.timedelta(seconds=61)
    assert willing.send_patient_summary() != first
    assert env["mail.mail"].search_count([("res_id", "=", willing.id)]) == 2


def test_without_an_address_or_consent_nothing_is_sent(env, patient, child):
    answers = (patient | child).send_patient_summary()
    assert [(each["sent"], each["reason"]) for each in answers] == [
        (False, "no consent to e-mail"),
        (False, "no e-mail"),
    ]
    assert all(each["document_id"] and each["to"] is not None for each in answers)
    assert not env["mail.mail"].search_count([("model", "=", "got2.patient")])


def test_an_address_given_is_used(willing):
    (answer,) = willing.send_patient_summary(email="home@example.com", include=["allergies"])
    assert (answer["sent"], answer["to"]) == (True, "home@example.com")


def test_a_summary_may_only_be_made(willing, env):
    (answer,) = willing.send_patient_summary(send=False)
    assert (answer["sent"], answer["reason"]) == (False, "not requested")
    assert answer["document_id"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"email": "no address"},
        {"email": "a@b.c\r\nBcc: x@y.z"},
        {"include": ["everything"]},
        {"include": "rx"},
        {"lang": "<script>"},
    ],
)
def test_wrong_arguments_are_refused(willing, arguments):
    with pytest.raises(UserError):
        willing.send_patient_summary(**arguments)


def test_the_front_desk_sends_no_summaries(willing, staff):
    with pytest.raises(AccessError):
        willing.with_user(staff.front_desk.id).send_patient_summary()
    assert willing.with_user(staff.technician.id).send_patient_summary()[0]["sent"]


def test_opening_a_chart_is_logged(env, patient, staff, seen):
    exam = seen(chief_complaint="Blurred")
    (chart,) = patient.with_user(staff.optometrist.id).open_chart("Phone call")
    assert chart["id"] == patient.id
    assert [row["id"] for row in chart["exams"].dicts()] == [exam.id]
    row = env["got2.access.log"].search([("patient_id", "=", patient.id)])
    assert (row.user_id, row.action, row.reason, row.patient_no) == (
        staff.optometrist,
        "open",
        "Phone call",
        patient.patient_no,
    )
    with pytest.raises(UserError):
        row.write({"reason": "Nothing"})
    with pytest.raises(UserError):
        row.unlink()


def test_emergencies_give_a_reason(patient, env):
    with pytest.raises(UserError, match="reason"):
        patient.open_chart(emergency=True)
    patient.open_chart("Unconscious", emergency=True)
    assert env["got2.access.log"].search([("patient_id", "=", patient.id)]).action == "break_glass"


def test_the_front_desk_opens_no_charts(patient, staff):
    with pytest.raises(AccessError):
        patient.with_user(staff.front_desk.id).open_chart()
