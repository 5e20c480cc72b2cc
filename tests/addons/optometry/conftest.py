"""People and rooms of a small clinic, for tests that read like a working day."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from entrepot.api import Command
from entrepot.clock import FixedClock

GOOD_EYES = {"od_sphere": -1.25, "os_sphere": -1.0, "pd_distance": 62.0}


@pytest.fixture
def env(environment):
    """The superuser on the morning of 1 April 2030."""
    return environment(clock=FixedClock(dt.datetime(2030, 4, 1, 8, tzinfo=dt.UTC)))


@pytest.fixture
def staff(env):
    """One user of each role, made by their group."""

    def user(role):
        group = env.ref(f"optometry.group_{role}")
        values = {
            "name": role.title(),
            "login": f"{role}@clinic.example.com",
            "groups_id": [Command.link(group.id)],
        }
        return env["res.users"].create(values)

    roles = (
        "front_desk",
        "technician",
        "optometrist",
        "optician",
        "biller",
        "manager",
        "api_read",
        "api_write",
    )
    found = SimpleNamespace(**{role: user(role) for role in roles})
    env.flush()
    return found


@pytest.fixture
def patient(env):
    """An adult."""
    return env["got2.patient"].create(
        {"name": "Ada Barrow", "birth_date": dt.date(1980, 5, 4), "email": "ada@example.com"}
    )


@pytest.fixture
def child(env):
    """A twelve-year-old with a guardian."""
    guardian = env["res.partner"].create({"name": "Alex Barrow"})
    birth = env.today().replace(year=env.today().year - 12, day=1)
    return env["got2.patient"].create(
        {"name": "Bruno Barrow", "birth_date": birth, "guardian_id": guardian.id}
    )


@pytest.fixture
def book(env, patient, staff):
    """Book an exam: `book(hour=9, day=10)` in April 2030, with the optometrist unless told."""

    def make(hour=9, day=10, **values):
        start = dt.datetime(2030, 4, day, hour, tzinfo=dt.UTC)
        given = {"patient_id": patient.id, "optometrist_id": staff.optometrist.id, "date_start": start}
        return env["appointment.exam"].create({**given, **values})

    return make


@pytest.fixture
def seen(book):
    """An exam that has begun."""

    def make(**values):
        exam = book(**values)
        exam.action_check_in()
        exam.action_start()
        return exam

    return make


@pytest.fixture
def sign():
    """Take an exam from its beginning to the signature."""

    def to_the_end(exam):
        exam.action_checkout()
        exam.action_complete()
        exam.action_sign()
        return exam

    return to_the_end


@pytest.fixture
def prescribe(env, patient):
    """Write a draft of glasses for the adult."""

    def make(**values):
        return env["spec.contact.lenses"].create({"patient_id": patient.id, **GOOD_EYES, **values})

    return make
