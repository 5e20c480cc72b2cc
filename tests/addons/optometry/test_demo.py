"""The demo clinic is believable, and the same each time."""

import datetime as dt

import pytest

from entrepot.addons.optometry import demo, lens_fit, rx_rules
from entrepot.addons.optometry.ages import age_on
from entrepot.addons.optometry.rx_record import contacts, spectacles


@pytest.fixture
def env(environment):
    return environment(demo=True)


def test_the_clinic(env):
    patients = env["got2.patient"].search([])
    assert len(patients) == 200
    exams = env["appointment.exam"].search([])
    assert len(exams) >= 300
    assert {"signed", "completed", "scheduled", "confirmed", "cancelled", "no_show"} <= set(
        exams.mapped("state")
    )
    days = [start.date() for start in exams.mapped("date_start")]
    assert max(days) - min(days) > dt.timedelta(days=500)
    assert env["got2.patient.allergy"].search_count([]) > 20
    assert env["appointment.exam.history"].search_count([("entry_type", "=", "iop")]) > 400
    assert env["exam.diagnosis.plan.line"].search_count([]) > 300
    assert env["multi.images"].search_count([]) > 5
    assert env["got2.consent.form"].search_count([("state", "=", "signed")]) > 5
    assert all(event for event in exams.mapped("calendar_event_id"))


def test_no_doctor_is_in_two_places(env):
    taken = [(exam.optometrist_id.id, exam.date_start) for exam in env["appointment.exam"].search([])]
    assert len(taken) == len(set(taken))


def test_prescriptions_keep_the_rules(env):
    for rx in env["spec.contact.lenses"].search([]):
        if rx.rx_type == "spectacle":
            age = age_on(rx.patient_id.birth_date, rx.date)
            previous = spectacles(rx.previous_rx_id) if rx.previous_rx_id else None
            assert rx_rules.problems(spectacles(rx)) == []
            assert rx_rules.warnings(spectacles(rx), age=age, previous=previous) == []
        else:
            assert lens_fit.problems(contacts(rx)) == lens_fit.warnings(contacts(rx)) == []


def test_nobody_of_the_staff_has_a_password(env):
    staff = env["res.users"].search([("login", "like", "@clinic.example.com")])
    assert len(staff) == 10
    assert not any(staff.mapped("password_hash"))


def test_making_it_again_changes_nothing(env):
    before = env["got2.patient"].search_count([])
    demo.load(env)
    assert env["got2.patient"].search_count([]) == before
