"""What fills the charts of the demo clinic: tests, pressures, diagnoses, services, images, documents,
consents.
"""

from __future__ import annotations

import struct
import zlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry import demo_charts
from entrepot.api import Command

if TYPE_CHECKING:
    from entrepot.addons.optometry.demo import Clinic, Visit


def chart_parts(clinic: Clinic, done: list[Visit]) -> None:
    """Tests, history, diagnoses and services of the exams that took place."""
    env = clinic.env
    env["appointment.exam.test"].create([row for visit in done for row in _tests(clinic, visit)])
    env["appointment.exam.history"].create([row for visit in done for row in _history(clinic, visit)])
    plans = env["exam.diagnosis.plan"].create([_plan(clinic, visit) for visit in done])
    codes = {code: env.ref(f"optometry.procedure_{code}").id for code in ("92014", "92012", "92015", "92250")}
    services = []
    for visit, plan in zip(done, plans, strict=True):
        kind = "92012" if visit.values["exam_type"] == "follow_up" else "92014"
        chosen = [kind, "92015"] + (["92250"] if clinic.chance.random() < 0.3 else [])
        pointers = [Command.set(plan.line_ids.ids[:4])]
        services += [
            {
                "exam_id": visit.exam.id,
                "procedure_id": codes[code],
                "performed_by": visit.values["optometrist_id"],
                "diagnosis_line_ids": pointers,
                "state": "performed",
            }
            for code in chosen
        ]
    env["exam.service"].create(services)


def papers(clinic: Clinic, patients: Any, done: list[Visit]) -> None:
    """A few images, documents and signed consents; the next recall of everybody who was seen."""
    env = clinic.env
    env["multi.images"].create(
        [
            {
                "name": f"Fundus {eye}",
                "image": picture(40 + at, 20, 12),
                "exam_id": visit.exam.id,
                "patient_id": visit.patient.id,
                "eye": eye,
                "image_type": "fundus",
                "device": "Fundus camera",
                "taken_on": visit.values["date_start"],
            }
            for at, visit in enumerate(done[:6])
            for eye in ("OD", "OS")
        ]
    )
    referral = env.ref("optometry.document_type_referral").id
    env["ir.attachment"].create(
        [
            {
                "name": f"Referral of {patient.name}.txt",
                "datas": f"Please see {patient.name} for a second opinion.\n".encode(),
                "document_type_id": referral,
                "patient_id": patient.id,
                "res_model": "got2.patient",
                "res_id": patient.id,
            }
            for patient in patients[:5]
        ]
    )
    template = env.ref("optometry.consent_template_contact_lenses").id
    seen = {visit.patient.id for visit in done}
    wearers = [patient for patient in patients if patient.id in seen and patient.contact_lens_wearer]
    wearers = [patient for patient in wearers if not patient.is_minor()][:12]
    env["got2.consent.form"].create(
        [
            {
                "template_id": template,
                "patient_id": patient.id,
                "state": "signed",
                "signed_by_name": patient.name,
                "relationship": "self",
                "signed_on": env.now() - timedelta(days=30),
            }
            for patient in wearers
        ]
    )
    env["appointment.exam"].browse([visit.exam.id for visit in done if visit.last]).plan_recall()


def picture(red: int, green: int, blue: int, size: int = 16) -> bytes:
    """A small PNG of one colour."""
    rows = (b"\x00" + bytes((red, green, blue)) * size) * size
    header = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _tests(clinic: Clinic, visit: Visit) -> list[dict[str, Any]]:
    start = visit.values["date_start"]
    common = {
        "exam_id": visit.exam.id,
        "ordered_by": visit.values["optometrist_id"],
        "ordered_date": start,
        "performed_by": visit.values["technician_id"],
        "performed_date": start,
        "state": "done",
    }
    rows = [
        {
            **common,
            "test_type": "autorefraction",
            "eye": eye.upper(),
            "result_values": demo_charts.refraction(clinic.chance, power),
        }
        for eye, power in visit.eyes.powers()
    ]
    if clinic.chance.random() < 0.3:
        rows.append(
            {
                **common,
                "test_type": "keratometry",
                "eye": "OD",
                "result_values": demo_charts.curvature(clinic.chance),
            }
        )
    return rows


def _history(clinic: Clinic, visit: Visit) -> list[dict[str, Any]]:
    return [
        {
            "exam_id": visit.exam.id,
            "entry_type": "iop",
            "datetime": visit.values["date_start"] + timedelta(minutes=10),
            "eye": eye,
            "iop": pressure,
            "iop_method": "nct",
            "user_id": visit.values["technician_id"],
        }
        for eye, pressure in zip(("OD", "OS"), demo_charts.pressures(clinic.chance), strict=True)
    ]


def _plan(clinic: Clinic, visit: Visit) -> dict[str, Any]:
    lines = demo_charts.diagnoses(visit.eyes, clinic.chance, visit.age)
    return {
        "exam_id": visit.exam.id,
        "assessment": "; ".join(description for _, description in lines),
        "plan_summary": "New glasses as prescribed, next exam in a year.",
        "follow_up_months": 12,
        "state": "final" if visit.values["state"] == "signed" else "draft",
        "line_ids": [
            Command.create(
                {
                    "icd10_code": code,
                    "description": description,
                    "sequence": at,
                    "eye": "OU",
                    "status": "stable",
                }
            )
            for at, (code, description) in enumerate(lines, 1)
        ],
    }
