"""A day at the clinic over XML-RPC: from the registration of a patient to the payer's money and the recall.

Everybody logs in and does their own part with their own rights. At the end the claim and the patient are settled, the
ledger balances, and what was handed over is gone from the stock.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from xmlrpc.client import Fault

import pytest

from clinic_people import PASSWORD, ROLES, Clinic, Person, employ, open_business
from server_process import ServerProcess

_numbers = itertools.count(1)


@pytest.fixture
def clinic(own_server: Callable[..., ServerProcess]) -> Iterator[Clinic]:
    """A clinic with staff, a payer, a plan and a small catalogue, on each store."""
    server = own_server()
    name = f"day-{os.getpid()}-{next(_numbers)}"
    made = server.command(
        *("tenant", "create", name, "--addons", "optometry_billing"),
        *("--login", "boss@clinic.example.com", "--password", PASSWORD),
    )
    assert made.returncode == 0, made.stderr
    admin = Person(server.url, name, "boss@clinic.example.com", PASSWORD)
    people = {role: employ(admin, role) for role in ROLES}
    found = Clinic(admin, people)
    open_business(found)
    yield found
    server.command("tenant", "drop", name, "--yes")


def test_from_the_registration_to_the_recall(clinic: Clinic) -> None:
    patient, plan = _register(clinic)
    exam = _arrive(clinic, patient, plan)
    _examine(clinic, patient, exam)
    _assess(clinic, patient, exam)
    order, rx = _order(clinic, patient, exam, plan)
    _make(clinic, order)
    _hand_over(clinic, order)
    _claim_and_pay(clinic, order, patient)
    _settle(clinic, order, patient)
    _look_back(clinic, order, patient, exam, rx)


def _register(clinic: Clinic) -> tuple[int, int]:
    desk = clinic.front_desk
    patient = desk("got2.patient", "create", {"name": "Jane Smith", "email": "jane@example.com"})
    desk("got2.patient", "write", [patient], {"birth_date": "1976-03-02", "gender": "female"})
    assert len(desk("got2.consent.form", "search", [["patient_id", "=", patient]])) == 1
    plan = desk(
        "patient.insurance.plan",
        "create",
        {"patient_id": patient, "plan_id": clinic.known["plan"], "rank": "primary", "member_id": "CV-1001"},
    )
    (answer,) = desk(
        "patient.insurance.plan", "check_eligibility", [plan], categories=["exam", "frame", "lens"]
    )
    assert answer["eligible"] is True
    second = {"patient_id": patient, "plan_id": clinic.known["plan"], "member_id": "CV-1002"}
    with pytest.raises(Fault, match="primary plan already"):
        desk("patient.insurance.plan", "create", second)
    return patient, plan


def _arrive(clinic: Clinic, patient: int, plan: int) -> int:
    desk, technician = clinic.front_desk, clinic.technician
    start = datetime.now(UTC).replace(microsecond=0)
    exam = desk(
        "appointment.exam",
        "create",
        {
            "patient_id": patient,
            "optometrist_id": clinic.optometrist.uid,
            "date_start": start.strftime("%Y-%m-%d %H:%M:%S"),
            "insurance_plan_id": plan,
        },
    )
    desk("appointment.exam", "action_check_in", [exam])
    with pytest.raises(Fault):
        desk("appointment.exam", "read", [exam], ["chief_complaint"])
    technician("appointment.exam", "action_pre_test", [exam])
    moment = (start + timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M:%S")
    pressure = {
        "exam_id": exam,
        "entry_type": "iop",
        "eye": "OD",
        "iop": 15,
        "iop_method": "nct",
        "datetime": moment,
    }
    technician("appointment.exam.history", "create", pressure)
    return int(exam)


def _examine(clinic: Clinic, patient: int, exam: int) -> None:
    doctor = clinic.optometrist
    doctor("appointment.exam", "action_start", [exam])
    doctor(
        "appointment.exam", "write", [exam], {"chief_complaint": "Reads at arm's length", "recall_months": 12}
    )
    eyes = {
        "od_sphere": -1.25,
        "od_cylinder": -0.5,
        "od_axis": 90,
        "od_add": 2.0,
        "os_sphere": -1.0,
        "os_add": 2.0,
    }
    fitting = {"pd_distance": 62, "od_seg_height": 20, "os_seg_height": 20.5}
    doctor(
        "spec.contact.lenses",
        "create",
        {
            "patient_id": patient,
            "exam_id": exam,
            "usage_id": doctor("spec.rx.usage", "search", [["code", "=", "progressive"]])[0],
            **eyes,
            **fitting,
        },
    )


def _assess(clinic: Clinic, patient: int, exam: int) -> None:
    doctor = clinic.optometrist
    lines = [
        {"icd10_code": "H52.13", "description": "Myopia, both eyes", "sequence": 1},
        {"icd10_code": "H52.4", "description": "Presbyopia", "sequence": 2},
    ]
    assessed = {"exam_id": exam, "patient_id": patient, "line_ids": [[0, 0, line] for line in lines]}
    assessment = doctor("exam.diagnosis.plan", "create", assessed)
    pointers = doctor.one("exam.diagnosis.plan", assessment, "line_ids")["line_ids"]
    for code, insured in (("92014", True), ("92285", False)):
        service = {
            "exam_id": exam,
            "procedure_id": doctor("spec.procedure.code", "search", [["code", "=", code]])[0],
            "diagnosis_line_ids": [[6, 0, pointers]],
            "insurance": insured,
            "state": "performed",
        }
        doctor("exam.service", "create", service)
    for step in ("action_checkout", "action_complete", "action_sign"):
        doctor("appointment.exam", step, [exam])
    with pytest.raises(Fault, match="signed"):
        doctor("appointment.exam", "write", [exam], {"chief_complaint": "Something else"})


def _order(clinic: Clinic, patient: int, exam: int, plan: int) -> tuple[int, int]:
    optician, known = clinic.optician, clinic.known
    (rx,) = optician("spec.prescription", "search", [["patient_id", "=", patient], ["state", "=", "active"]])
    lines = [
        {"product_id": known["frame"], "product_uom_qty": 1},
        {"product_id": known["lens"], "product_uom_qty": 1, "eye": "OD"},
        {"product_id": known["lens"], "product_uom_qty": 1, "eye": "OS"},
    ]
    order = optician(
        "sale.order",
        "create",
        {
            "patient_id": patient,
            "exam_id": exam,
            "order_kind": "glasses",
            "rx_id": rx,
            "insurance_plan_id": plan,
            "order_line": [[0, 0, line] for line in lines],
        },
    )
    clinic.biller("appointment.exam", "action_bill", [exam], order)
    (check,) = optician("sale.order", "check_order", [order])
    assert check == {"id": order, "ok": True, "problems": []}
    optician("sale.order", "action_confirm", [order])
    row = optician.one("sale.order", order, "state", "insurance_amount", "patient_amount", "amount_total")
    assert row["state"] == "sale"
    assert _money(row["insurance_amount"]) + _money(row["patient_amount"]) == _money(row["amount_total"])
    assert row["insurance_amount"] > 0
    return int(order), int(rx)


def _make(clinic: Clinic, order: int) -> None:
    optician = clinic.optician
    optician("sale.order", "action_send_to_lab", [order], clinic.known["lab"], "L-1")
    optician("sale.order", "action_receive", [order])
    blurred = {
        "od": {"sphere": -2.0, "cylinder": -0.5, "axis": 90, "add": 2.0},
        "os": {"sphere": -1.0, "add": 2.0},
    }
    assert optician("sale.order", "action_inspect", [order], blurred)["passed"] is False
    optician("sale.order", "action_send_to_lab", [order])
    optician("sale.order", "action_receive", [order])
    right = {"sphere": -1.25, "cylinder": -0.5, "axis": 92, "add": 2.0, "seg_height": 20.5}
    answer = optician(
        "sale.order", "action_inspect", [order], {"od": right, "os": {"sphere": -1.0, "add": 2.0}}
    )
    assert answer["passed"] is True
    optician("sale.order", "action_ready", [order])
    optician("sale.order", "action_notify", [order])


def _hand_over(clinic: Clinic, order: int) -> None:
    optician = clinic.optician
    with pytest.raises(Fault, match="proof of delivery"):
        optician("sale.order", "action_dispense", [order])
    forms = optician("got2.consent.form", "search", [["sale_order_id", "=", order]])
    optician("got2.consent.form", "action_sign", forms, "Jane Smith")
    optician("sale.order", "action_dispense", [order])
    row = optician.one("sale.order", order, "job_state", "delivery_status", "invoice_status")
    assert row["job_state"] == "dispensed"
    assert row["delivery_status"] == "full"
    assert (
        clinic.optician.one("product.product", clinic.known["frame"], "qty_available")["qty_available"] == 2
    )


def _claim_and_pay(clinic: Clinic, order: int, patient: int) -> None:
    biller, payer = clinic.biller, clinic.known["payer"]
    (claim,) = biller("sale.order", "action_make_claims", [order])
    (ready,) = biller("claim.manager", "readiness", [claim])
    assert ready["problems"] == []
    biller("claim.manager", "action_ready", [claim])
    submission = {"kind": "submission", "payer_id": payer, "claim_ids": [[6, 0, [claim]]]}
    sent = biller("got2.batch.account.payment", "create", submission)
    biller("got2.batch.account.payment", "action_send", [sent])
    biller("got2.batch.account.payment", "action_confirm", [sent])
    row = biller.one("claim.manager", claim, "state", "total_expected")
    assert row["state"] == "accepted"
    money = {"payer_id": payer, "amount_total": row["total_expected"], "claim_ids": [[6, 0, [claim]]]}
    batch = biller("got2.batch.account.payment", "create", {**money, "reference": "EFT 20771"})
    _at_once(lambda: biller("got2.batch.account.payment", "action_post", [batch]))
    paid = biller.one("got2.batch.account.payment", batch, "state", "unallocated", "payment_ids")
    assert (paid["state"], paid["unallocated"], len(paid["payment_ids"])) == ("reconciled", 0.0, 1)
    row = biller.one("claim.manager", claim, "state", "balance", "invoice_id")
    assert (row["state"], row["balance"]) == ("paid", 0.0)
    assert biller.one("account.move", row["invoice_id"][0], "amount_residual")["amount_residual"] == 0.0
    with pytest.raises(Fault, match="active=False"):
        clinic.admin("got2.patient", "unlink", [patient])
    with pytest.raises(Fault):
        clinic.front_desk("claim.manager", "search", [])


def _at_once(press: Callable[[], Any]) -> None:
    """Two people press the same button: one is served, the other is told why not."""
    with ThreadPoolExecutor(2) as pool:
        answers = [each.exception() for each in [pool.submit(press), pool.submit(press)]]
    assert answers.count(None) == 1, answers
    (refused,) = [each for each in answers if each is not None]
    assert isinstance(refused, Fault)
    assert "reconciled" in refused.faultString


def _settle(clinic: Clinic, order: int, patient: int) -> None:
    biller = clinic.biller
    owed = clinic.front_desk.one("got2.patient", patient, "balance")["balance"]
    row = biller.one("sale.order", order, "patient_amount", "invoice_ids")
    assert _money(owed) == _money(row["patient_amount"]) > 0
    context = {"active_model": "account.move", "active_ids": row["invoice_ids"]}
    wizard = biller("account.payment.register", "create", {}, context=context)
    biller("account.payment.register", "action_create_payments", [wizard], context=context)
    after = clinic.front_desk.one("got2.patient", patient, "balance", "insurance_balance")
    assert (after["balance"], after["insurance_balance"]) == (0.0, 0.0)


def _look_back(clinic: Clinic, order: int, patient: int, exam: int, rx: int) -> None:
    admin = clinic.admin
    lines = admin(
        "account.move.line", "search_read", [["parent_state", "=", "posted"]], ["move_id", "balance"]
    )
    sums: dict[int, Decimal] = {}
    for line in lines:
        sums[line["move_id"][0]] = sums.get(line["move_id"][0], Decimal(0)) + _money(line["balance"])
    assert sums
    assert not any(sums.values())
    recalls = clinic.front_desk("got2.patient", "recalls", until="2999-01-01")
    assert patient in {each["id"] for each in recalls}
    # what belongs to this patient, read whole by who may: nothing nil in any answer
    for model, domain in (
        ("got2.patient", [["id", "=", patient]]),
        ("appointment.exam", [["id", "=", exam]]),
        ("spec.contact.lenses", [["id", "=", rx]]),
        ("sale.order", [["id", "=", order]]),
        ("sale.order.line", [["order_id", "=", order]]),
        ("claim.manager", [["patient_id", "=", patient]]),
        ("claim.manager.line", [["patient_id", "=", patient]]),
        ("got2.batch.account.payment", []),
        ("got2.batch.account.payment.line", []),
        ("patient.insurance.plan", [["patient_id", "=", patient]]),
        ("account.move", [["patient_id", "=", patient]]),
        ("account.payment", []),
        ("optical.inspection", [["order_id", "=", order]]),
        ("got2.consent.form", [["patient_id", "=", patient]]),
    ):
        assert admin(model, "search_read", domain), model


def _money(amount: float) -> Decimal:
    return Decimal(str(round(amount, 2)))
