"""Registering patients."""

import datetime as dt

import pytest

from entrepot.api import UserError, ValidationError


def paths(caught):
    return [problem.path for problem in caught.value.problems]


def test_a_name_is_all_that_is_needed(env):
    patient = env["got2.patient"].create({"name": "John Doe"})
    assert patient.display_name == "John Doe"
    assert patient.active
    assert patient.partner_id.partner_kind == "patient"
    assert (patient.first_name, patient.last_name) == ("John", "Doe")


def test_the_guides_patient(env):
    patient = env["got2.patient"].create({"name": "John Doe", "email": "john@example.com", "active": True})
    assert patient in env["got2.patient"].search([["active", "=", True]])
    assert patient.write({"email": "updated@example.com"}) is True
    assert patient.partner_id.email == "updated@example.com"
    assert patient.unlink() is True
    assert not patient.exists()


def test_nobody_is_nameless(env):
    with pytest.raises(ValidationError) as caught:
        env["got2.patient"].create({"email": "x@example.com"})
    assert "name" in paths(caught)


def test_chart_numbers_count(env):
    first, second = env["got2.patient"].create([{"name": "A B"}, {"name": "C D"}])
    assert first.patient_no == "P00001"
    assert second.patient_no == "P00002"


def test_archived_patients_are_hidden_unless_asked_for(env, patient):
    patient.write({"active": False})
    assert patient not in env["got2.patient"].search([])
    assert patient in env["got2.patient"].search([("active", "=", False)])
    assert patient in env["got2.patient"].with_context(active_test=False).search([])


def test_names_follow_their_parts(env):
    patient = env["got2.patient"].create({"first_name": "Carmen", "last_name": "Oakley"})
    assert patient.name == "Carmen Oakley"
    patient.write({"last_name": "Thorne"})
    assert patient.name == "Carmen Thorne"
    patient.write({"name": "Carmen Maria Vance"})
    assert (patient.first_name, patient.middle_name, patient.last_name) == ("Carmen", "Maria", "Vance")


def test_ages_are_counted_and_searched(env, patient, child):
    today = env.today()
    assert patient.age == today.year - 1980 - ((today.month, today.day) < (5, 4))
    patients = env["got2.patient"]
    nobody = patients.create({"name": "Nobody Knows"})
    assert patients.search([("age", ">=", 18)]) == patient
    assert patients.search([("age", "<", 18)]) == child
    assert patients.search([("age", "=", 12)]) == child
    assert patients.search([("age", "=", False)]) == nobody
    assert nobody.age is None


def test_a_baby_is_some_months_old(env):
    birth = env.today() - dt.timedelta(days=100)
    assert env["got2.patient"].create({"name": "Tiny", "birth_date": birth}).age_text == "3 months"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"birth_date": dt.date(2999, 1, 1)}, "birth_date"),
        ({"birth_date": dt.date(1850, 1, 1)}, "birth_date"),
        ({"birth_date": dt.date(1980, 1, 1), "deceased_date": dt.date(1970, 1, 1)}, "deceased_date"),
        ({"ssn_last4": "12345"}, "ssn_last4"),
        ({"gender": "unlikely"}, "gender"),
        ({"birth_date": "yesterday"}, "birth_date"),
    ],
)
def test_impossible_values_name_their_field(env, values, path):
    with pytest.raises(ValidationError) as caught:
        env["got2.patient"].create({"name": "Ada", **values})
    assert paths(caught) == [path]


def test_a_child_needs_a_guardian(env, child):
    assert not child.guardian_missing
    child.write({"guardian_id": False})
    assert child.guardian_missing
    with pytest.raises(ValidationError) as caught:
        child.write({"guardian_id": child.partner_id.id})
    assert paths(caught) == ["guardian_id"]


def test_duplicates_are_shown_not_refused(env, patient):
    same = env["got2.patient"].create({"name": "ada barrow", "birth_date": dt.date(1980, 5, 4)})
    mail = env["got2.patient"].create({"name": "Somebody Else", "email": "ada@example.com"})
    other = env["got2.patient"].create({"name": "Ada Barrow", "birth_date": dt.date(1990, 5, 4)})
    assert set(patient.possible_duplicate_ids.ids) == {same.id, mail.id}
    assert not other.possible_duplicate_ids


def test_allergies_and_none_known_exclude_each_other(env, patient):
    allergy = {
        "patient_id": patient.id,
        "nature_id": env.ref("optometry.allergy_nature_drug").id,
        "substance": "Penicillin",
    }
    patient.write({"no_known_allergies": True})
    with pytest.raises(ValidationError) as caught:
        env["got2.patient.allergy"].create(allergy)
    assert paths(caught) == ["patient_id"]


def test_none_known_is_refused_where_one_is(env, patient):
    nature = env.ref("optometry.allergy_nature_drug").id
    env["got2.patient.allergy"].create(
        {"patient_id": patient.id, "nature_id": nature, "substance": "Penicillin"}
    )
    with pytest.raises(ValidationError) as caught:
        patient.write({"no_known_allergies": True})
    assert paths(caught) == ["no_known_allergies"]


def test_an_active_allergy_is_listed_once(env, patient):
    nature = env.ref("optometry.allergy_nature_drug").id
    values = {"patient_id": patient.id, "nature_id": nature, "substance": "Penicillin"}
    first = env["got2.patient.allergy"].create(values)
    first.write({"status": "resolved"})
    env["got2.patient.allergy"].create(values)
    with pytest.raises(ValidationError) as caught:
        env["got2.patient.allergy"].create({**values, "substance": " penicillin"})
    assert paths(caught) == ["substance"]


def test_signed_charts_are_archived_not_deleted(patient, seen, sign):
    sign(seen())
    with pytest.raises(UserError, match="active=False"):
        patient.unlink()
    patient.write({"active": False})


def test_an_unsigned_chart_goes_with_its_patient(env, patient, seen, prescribe):
    exam = seen()
    event = exam.calendar_event_id
    env["appointment.exam.history"].create({"exam_id": exam.id, "note": "Calm"})
    exam.add_addendum("And another thing.")
    rx = prescribe(exam_id=exam.id)
    patient.send_patient_summary()
    patient.unlink()
    for records in (patient, exam, event, rx):
        assert not records.exists()
    row = env["got2.access.log"].search([("patient_no", "=", "P00001")])
    assert not row.patient_id


def test_a_chart_is_not_copied(patient):
    with pytest.raises(UserError, match="copied"):
        patient.copy()


def test_the_recall_list_leaves_out_the_dead_and_the_later(env, patient, child):
    today = env.today()
    patient.write({"next_recall_date": today + dt.timedelta(days=10)})
    child.write({"next_recall_date": today + dt.timedelta(days=60)})
    gone = env["got2.patient"].create({"name": "Late", "next_recall_date": today, "deceased": True})
    rows = env["got2.patient"].recalls()
    assert [row["id"] for row in rows] == [patient.id]
    ids = [row["id"] for row in env["got2.patient"].recalls(str(today + dt.timedelta(days=90)))]
    assert ids == [patient.id, child.id]
    assert gone.id not in ids
    with pytest.raises(UserError, match="until"):
        env["got2.patient"].recalls("soon")
