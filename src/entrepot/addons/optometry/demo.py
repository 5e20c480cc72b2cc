"""The demo clinic: staff without passwords, two hundred patients, two years of exams. The same clinic each
time, but for the dates, which lead up to the day it is made.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from entrepot.addons.optometry import demo_charts, demo_people, exam_states
from entrepot.addons.optometry.ages import add_months, age_on
from entrepot.addons.optometry.demo_records import chart_parts, papers
from entrepot.api import Command, Environment

PATIENTS = 200
NEWCOMER = 14
"""Where in the list somebody stands who has only just registered: no chart holds them, as the guide's example needs."""
_STAFF = (
    ("dr_ellery", "Dr. Ines Ellery", ("optometrist",), "184912370"),
    ("dr_larkin", "Dr. Theo Larkin", ("optometrist",), "192837465"),
    ("dr_rowan", "Dr. Keiko Rowan", ("optometrist",), "176543210"),
    ("tech_birch", "Paula Birch", ("technician",), ""),
    ("tech_glover", "Samir Glover", ("technician",), ""),
    ("desk_quill", "Greta Quill", ("front_desk",), ""),
    ("desk_vance", "Hugo Vance", ("front_desk",), ""),
    ("optician_thorne", "Mara Thorne", ("optician",), ""),
    ("biller_draper", "Nils Draper", ("biller",), ""),
    ("manager_oakley", "Ruth Oakley", ("manager",), ""),
)
_FIRST_HOUR_UTC = 14
_SLOTS = 8


@dataclass
class Clinic:
    """What the makers of the demo share."""

    env: Environment
    chance: random.Random
    today: date
    doctors: Any
    technicians: Any
    rooms: Any
    taken: set[tuple[int, date, int]] = field(default_factory=set)

    def slot(self, days_ago: int) -> tuple[int, datetime]:
        """A free doctor (as an index) and hour on the first working day from a day on."""
        day = self.today - timedelta(days=days_ago)
        while True:
            if day.weekday() < 5:
                free = [
                    (at, hour)
                    for at in range(len(self.doctors))
                    for hour in range(_SLOTS)
                    if (at, day, hour) not in self.taken
                ]
                if free:
                    at, hour = self.chance.choice(free)
                    self.taken.add((at, day, hour))
                    return at, datetime.combine(day, time(_FIRST_HOUR_UTC + hour), UTC)
            day += timedelta(days=1)


@dataclass
class Visit:
    """A planned exam and what was found at it."""

    patient: Any
    age: int
    eyes: demo_charts.Eyes
    values: dict[str, Any]
    last: bool
    exam: Any = None

    @property
    def is_done(self) -> bool:
        """Whether there is a chart to fill."""
        return self.values["state"] in exam_states.DONE


def load(env: Environment) -> None:
    """Make the clinic once; a second call finds it and leaves it alone."""
    if env.ref("optometry.demo_patient_001", missing_ok=True):
        return
    # Whoever installs works for no company yet; the clinic is the tenant's own.
    company = env.ref("base.main_company")
    env = env["res.users"].with_context(chart_import=True, allowed_company_ids=[company.id]).env
    chance = random.Random(20250303)  # noqa: S311 - a demo wants the same patients each time
    users = {name: _user(env, name, title, roles, nine) for name, title, roles, nine in _STAFF}
    rooms = env["appointment.room"].create(
        [
            {"name": f"Lane {number}", "code": f"L{number}", "kind": "exam", "sequence": number}
            for number in (1, 2, 3)
        ]
    )
    clinic = Clinic(
        env,
        chance,
        env.today(),
        doctors=[users["dr_ellery"], users["dr_larkin"], users["dr_rowan"]],
        technicians=[users["tech_birch"], users["tech_glover"]],
        rooms=list(rooms),
    )
    patients = _patients(clinic)
    seen = [patient for at, patient in enumerate(patients) if at != NEWCOMER]
    visits = [visit for patient in seen for visit in _visits(clinic, patient)]
    exams = env["appointment.exam"].create([visit.values for visit in visits])
    for visit, exam in zip(visits, exams, strict=True):
        visit.exam = exam
    done = [visit for visit in visits if visit.is_done]
    chart_parts(clinic, done)
    _prescriptions(clinic, done)
    papers(clinic, patients, done)


def _user(env: Environment, name: str, title: str, roles: tuple[str, ...], nine: str) -> Any:
    values: dict[str, Any] = {
        "name": title,
        "login": f"{name}@clinic.example.com",
        "email": f"{name}@clinic.example.com",
        "groups_id": [Command.link(env.ref(f"optometry.group_{role}").id) for role in roles],
    }
    if nine:
        values |= {"npi": demo_people.npi(nine), "codification": f"OD-{nine[:4]}", "partner_kind": "provider"}
    return env.upsert(f"optometry.demo_user_{name}", "res.users", values, noupdate=True)


def _patients(clinic: Clinic) -> Any:
    env, chance = clinic.env, clinic.chance
    rows = list(demo_people.patients(chance, clinic.today, PATIENTS))
    tags = env["got2.patient.pays.tag"].search([])
    minors = [row for row in rows if age_on(row["birth_date"], clinic.today) < 18]
    guardians = env["res.partner"].create(
        [
            {"name": f"Alex {row['name'].split()[-1]}", "phone": demo_people.phone(chance, 40000 + at)}
            for at, row in enumerate(minors)
        ]
    )
    for row, guardian in zip(minors, guardians, strict=True):
        row |= {"guardian_id": guardian.id, "responsible_party_id": guardian.id}
    for row in rows:
        row["optometrist_id"] = chance.choice(clinic.doctors).id
        row["pays_tag_ids"] = [Command.set([chance.choice(tags.ids)])]
        row["no_known_allergies"] = chance.random() < 0.6
    names = [f"optometry.demo_patient_{at + 1:03d}" for at in range(len(rows))]
    patients = env.upsert_many("got2.patient", list(zip(names, rows, strict=True)), noupdate=True)
    allergic = [patient for patient, row in zip(patients, rows, strict=True) if not row["no_known_allergies"]]
    _allergies(clinic, allergic[::2])
    return patients


def _allergies(clinic: Clinic, patients: list[Any]) -> None:
    known = (
        ("drug", "Penicillin", "rash", "moderate"),
        ("drug", "Sulfonamides", "hives", "severe"),
        ("food", "Peanuts", "anaphylaxis", "life_threatening"),
        ("environmental", "Grass pollen", "tearing", "mild"),
        ("latex", "Latex", "itching", "mild"),
        ("cl_solution", "Thimerosal", "redness", "mild"),
        ("eye_drop", "Neomycin drops", "redness", "moderate"),
    )
    env = clinic.env
    rows = []
    for patient in patients:
        nature, substance, reaction, severity = clinic.chance.choice(known)
        rows.append(
            {
                "patient_id": patient.id,
                "nature_id": env.ref(f"optometry.allergy_nature_{nature}").id,
                "substance": substance,
                "severity": severity,
                "reaction_ids": [Command.set([env.ref(f"optometry.allergy_reaction_{reaction}").id])],
            }
        )
    env["got2.patient.allergy"].create(rows)


def _visits(clinic: Clinic, patient: Any) -> list[Visit]:
    chance = clinic.chance
    age = age_on(patient.birth_date, clinic.today)
    found = demo_charts.eyes(chance, age)
    ago = chance.randrange(20, 360)
    days = [ago + 365, ago] if chance.random() < 0.6 else [ago]
    visits = []
    for at, days_ago in enumerate(days):
        seen = found if at == 0 else demo_charts.later(chance, found, age)
        state = (
            "signed"
            if chance.random() < 0.85
            else chance.choice(("completed", "completed", "no_show", "cancelled"))
        )
        visits.append(_visit(clinic, patient, age=age, seen=seen, days_ago=days_ago, state=state))
    if chance.random() < 0.2:
        visits.append(
            _visit(
                clinic,
                patient,
                age=age,
                seen=found,
                days_ago=-chance.randrange(1, 45),
                state=chance.choice(("scheduled", "confirmed")),
            )
        )
    done = [visit for visit in visits if visit.is_done]
    for visit in done:
        visit.last = visit is done[-1]
    return visits


def _visit(
    clinic: Clinic, patient: Any, *, age: int, seen: demo_charts.Eyes, days_ago: int, state: str
) -> Visit:
    chance = clinic.chance
    at, start = clinic.slot(days_ago)
    kind = (
        "pediatric"
        if age < 18
        else "comprehensive"
        if days_ago > 365
        else chance.choice(("comprehensive", "follow_up"))
    )
    values: dict[str, Any] = {
        "patient_id": patient.id,
        "optometrist_id": clinic.doctors[at].id,
        "technician_id": chance.choice(clinic.technicians).id,
        "room_id": clinic.rooms[at].id,
        "exam_type": kind,
        "date_start": start,
        "state": state,
    }
    if state in exam_states.DONE:
        ratio = chance.choice((0.2, 0.25, 0.3, 0.3, 0.35, 0.4))
        values |= {
            "chief_complaint": chance.choice(
                ("Yearly exam", "Blurred far sight", "Tired eyes at the screen", "Headache")
            ),
            "od_va_corrected_distance": "20/20",
            "os_va_corrected_distance": chance.choice(("20/20", "20/20", "20/25")),
            "pupils_perrla": True,
            "apd": "none",
            "od_cornea": "Clear",
            "os_cornea": "Clear",
            "od_cd_ratio": ratio,
            "os_cd_ratio": ratio,
            "recall_months": 12,
        }
    if state == "signed":
        values |= {"signed_by": clinic.doctors[at].id, "signed_date": start + timedelta(hours=1)}
    return Visit(patient, age, seen, values, last=False)


def _prescriptions(clinic: Clinic, done: list[Visit]) -> None:
    env, today = clinic.env, clinic.today
    usages = {name: env.ref(f"optometry.rx_usage_{name}").id for name in ("progressive", "full_time")}
    maker = env.ref("optometry.cl_manufacturer_coopervision").id
    schedule = env.ref("optometry.cl_schedule_daily").id
    latest: dict[int, int] = {}
    # First the older visits, then the last ones, so that each can name the one before.
    for last in (False, True):
        chosen = [visit for visit in done if visit.last is last and visit.values["state"] == "signed"]
        rows = []
        for visit in chosen:
            usage = usages["progressive" if visit.eyes.add else "full_time"]
            glasses = (
                _rx_row(visit, today, 24) | demo_charts.spectacle_values(visit.eyes) | {"usage_id": usage}
            )
            rows.append(glasses | {"previous_rx_id": latest.get(visit.patient.id)})
        for visit, rx in zip(chosen, env["spec.contact.lenses"].create(rows), strict=True):
            latest[visit.patient.id] = rx.id
    wearers = [
        visit
        for visit in done
        if visit.last and visit.values["state"] == "signed" and visit.patient.contact_lens_wearer
    ]
    lenses = []
    for visit in wearers:
        lens = (
            _rx_row(visit, today, 12)
            | demo_charts.contact_values(visit.eyes)
            | {"replacement_schedule_id": schedule}
        )
        lenses.append(lens | {"od_manufacturer_id": maker, "os_manufacturer_id": maker})
    env["spec.contact.lenses"].create(lenses)


def _rx_row(visit: Visit, today: date, months: int) -> dict[str, Any]:
    day = visit.values["date_start"].date()
    expires = add_months(day, months)
    state = "superseded" if not visit.last else "expired" if expires < today else "active"
    doctor = visit.values["optometrist_id"]
    return {
        "patient_id": visit.patient.id,
        "exam_id": visit.exam.id,
        "prescriber_id": doctor,
        "date": day,
        "expiration_date": expires,
        "state": state,
        "signed_by": doctor,
        "signed_date": day,
    }
