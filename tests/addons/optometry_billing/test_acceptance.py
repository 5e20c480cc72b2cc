"""What a clinic takes the server in by, asked as clients ask: by name, with plain values in and plain values out.

The guide's own snippets run in `tests/examples`, the whole day over XML-RPC in `tests/scenarios`; every model of the
guide answers in `test_every_model`.
"""

from __future__ import annotations

import datetime as dt

import pytest

from entrepot.api import UserError, ValidationError
from entrepot.kernel.invoke import invoke
from entrepot.table import Table


@pytest.fixture
def call(env):
    """Call as the administrator: `call(model, method, *args, **kwargs)`."""
    admin = env.derive(uid=2, su=False)

    def run(model, method, *args, **kwargs):
        answer = invoke(admin, model, method, args, kwargs)
        return list(answer.dicts()) if isinstance(answer, Table) else answer

    return run


@pytest.fixture
def jane(call):
    """A patient made with a name and an e-mail address only."""
    return call("got2.patient", "create", {"name": "Jane Smith", "email": "jane@example.com"})


def prescription(jane, **values):
    return {"patient_id": jane, "od_sphere": -1.0, "os_sphere": -1.0, "pd_distance": 62, **values}


def test_a_patient_is_a_name_and_an_address(call, jane):
    (row,) = call("got2.patient", "read", [jane], ["name", "email"])
    assert row == {"id": jane, "name": "Jane Smith", "email": "jane@example.com"}


def test_a_cylinder_needs_its_axis(call, jane):
    with pytest.raises(ValidationError) as caught:
        call("spec.contact.lenses", "create", prescription(jane, od_cylinder=-1.25))
    assert "od_axis" in {each.path for each in caught.value.problems}


def test_axis_0_is_180(call, jane):
    rx = call("spec.contact.lenses", "create", prescription(jane, od_cylinder=-1.25, od_axis=0))
    assert call("spec.contact.lenses", "read", [rx], ["od_axis"])[0]["od_axis"] == 180


def test_powers_come_in_quarters(call, jane):
    with pytest.raises(ValidationError, match="multiple of 0"):
        call("spec.contact.lenses", "create", prescription(jane, od_sphere=-2.30))


def test_plus_cylinders_are_transposed(call, jane):
    rx = call(
        "spec.contact.lenses", "create", prescription(jane, od_sphere=-1.0, od_cylinder=2.0, od_axis=90)
    )
    (row,) = call("spec.contact.lenses", "read", [rx], ["od_sphere", "od_cylinder", "od_axis"])
    assert (row["od_sphere"], row["od_cylinder"], row["od_axis"]) == (1.0, -2.0, 180)
    (answer,) = call("spec.contact.lenses", "transpose", [rx])
    assert (answer["od"]["sphere"], answer["od"]["cylinder"], answer["od"]["axis"]) == (-1.0, 2.0, 90)


def test_an_expired_prescription_blocks_the_order(call, prescribe, patient, catalogue):
    old = prescribe(date=dt.date(2027, 1, 1), expiration_date=dt.date(2029, 1, 1))
    lines = [[0, 0, {"product_id": catalogue.lens.id, "eye": "OU", "product_uom_qty": 2}]]
    values = {"patient_id": patient.id, "order_kind": "glasses", "frame_source": "patient", "rx_id": old.id}
    order = call("sale.order", "create", {**values, "order_line": lines})
    with pytest.raises(ValidationError, match="expired"):
        call("sale.order", "action_confirm", [order])
    call("sale.order", "action_confirm", [order], context={"rx_override": "Breaks before the next visit"})


def test_a_signed_exam_stays(call, diagnosed):
    for step in ("action_checkout", "action_complete", "action_sign"):
        call("appointment.exam", step, [diagnosed.id])
    with pytest.raises(UserError, match="addendum"):
        call("appointment.exam", "write", [diagnosed.id], {"chief_complaint": "Other"})


def test_seventeen_and_no_polycarbonate(call, child, prescribe, catalogue):
    rx = prescribe(patient_id=child.id)
    lines = [[0, 0, {"product_id": catalogue.lens.id, "eye": "OU", "product_uom_qty": 2}]]
    values = {"patient_id": child.id, "order_kind": "glasses", "frame_source": "patient", "rx_id": rx.id}
    order = call("sale.order", "create", {**values, "order_line": lines})
    call("sale.order", "action_confirm", [order])
    forms = call("got2.consent.form", "search_read", [["sale_order_id", "=", order]], ["applies_to"])
    assert "polycarbonate" in {form["applies_to"] for form in forms}


def test_one_primary_plan(call, enrolled, plan):
    second = {"patient_id": enrolled.patient_id.id, "plan_id": plan.id, "rank": "primary", "member_id": "M-2"}
    with pytest.raises(ValidationError, match="primary plan already"):
        call("patient.insurance.plan", "create", second)


def test_the_check_digit_of_an_npi(call, jane):
    with pytest.raises(ValidationError, match="check digit"):
        call("res.partner", "create", {"name": "Dr. Who", "npi": "1849123703"})
    assert call("res.partner", "create", {"name": "Dr. Who", "npi": "1849123702"})


def test_a_doctor_is_booked_once(call, diagnosed, jane):
    values = {
        "patient_id": jane,
        "optometrist_id": diagnosed.optometrist_id.id,
        "date_start": "2030-04-01 09:15:00",
    }
    with pytest.raises(ValidationError, match="booked"):
        call("appointment.exam", "create", values)


def test_300_over_three_claims_leave_nothing(call, env, enrol, plan):
    plan.write({"medical_covered": True})
    photo = env.ref("optometry.procedure_92250").id
    claims = []
    for charge in (100, 120, 80):
        patient = call(
            "got2.patient",
            "create",
            {"name": f"Patient {charge}", "birth_date": "1980-01-01", "gender": "male"},
        )
        enrolment = enrol(env["got2.patient"].browse([patient]), plan)
        row = {
            "procedure_id": photo,
            "charge": charge,
            "diagnosis_pointers": "A",
            "benefit_category": "medical",
        }
        claims.append(
            call(
                "claim.manager",
                "create",
                {
                    "patient_id": patient,
                    "patient_plan_id": enrolment.id,
                    "diagnosis_codes": "H35.3190",
                    "rendering_provider_npi": "1849123702",
                    "line_ids": [[0, 0, row]],
                },
            )
        )
    for step in ("action_invoice", "action_ready", "action_submit"):
        call("claim.manager", step, claims)
    batch = call(
        "got2.batch.account.payment",
        "create",
        {"payer_id": plan.payer_id.id, "amount_total": 300, "claim_ids": [[6, 0, claims]]},
    )
    call("got2.batch.account.payment", "action_post", [batch])
    (row,) = call("got2.batch.account.payment", "read", [batch], ["unallocated", "state"])
    assert (row["unallocated"], row["state"]) == (0, "reconciled")
    assert {each["balance"] for each in call("claim.manager", "read", claims, ["balance"])} == {0}
