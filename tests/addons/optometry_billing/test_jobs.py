"""Lab jobs: sent, received, inspected, made anew, handed over."""

from decimal import Decimal

import pytest

from entrepot.api import UserError, ValidationError

D = Decimal
RIGHT = {"sphere": -1.25, "seg_height": None}
LEFT = {"sphere": -1.0}


@pytest.fixture
def lab(env):
    return env["res.partner"].create({"name": "Ground & Polished", "partner_kind": "lab"})


@pytest.fixture
def job(glasses, enrolled, lab):
    """A confirmed order that came back from the lab."""
    order = glasses(insurance_plan_id=enrolled.id, lab_id=lab.id)
    order.action_confirm()
    order.action_send_to_lab(0, "L-77")
    order.action_in_lab()
    order.action_receive()
    return order


def test_glasses_go_to_a_lab(glasses, lab):
    order = glasses()
    with pytest.raises(UserError, match="no confirmed order"):
        order.action_ready()
    order.action_confirm()
    with pytest.raises(UserError, match="laboratory"):
        order.action_send_to_lab()
    with pytest.raises(UserError, match="lab first"):
        order.action_ready()
    order.action_send_to_lab(lab.id)
    assert (order.job_state, order.lab_id) == ("at_lab", lab)


def test_a_good_pair_passes(job):
    answer = job.action_inspect({"od": {"sphere": -1.37}, "os": LEFT})
    assert answer == {"id": job.id, "passed": True, "deviations": []}
    assert job.job_state == "inspected"
    assert job.inspection_ids.passed


def test_a_pair_out_of_tolerance_is_made_anew(job):
    answer = job.action_inspect({"od": {"sphere": -1.50}, "os": LEFT})
    assert [each["quantity"] for each in answer["deviations"]] == ["OD sphere"]
    assert (job.job_state, job.remake_count) == ("remake", 1)
    assert "OD sphere" in job.remake_reason
    job.action_send_to_lab()
    job.action_receive()
    assert job.action_inspect({"od": RIGHT, "os": LEFT})["passed"]
    assert len(job.inspection_ids) == 2


@pytest.mark.parametrize(
    ("measured", "path"),
    [
        ({"od": RIGHT}, "measured.os"),
        ({"od": {"cylinder": -1}, "os": LEFT}, "measured.od.sphere"),
        ({"od": {"sphere": -1.25, "cylinder": -1}, "os": LEFT}, "measured.od.axis"),
        ({"od": {"sphere": "strong"}, "os": LEFT}, "measured.od.sphere"),
        ({"od": {"sphere": float("nan")}, "os": LEFT}, "measured.od.sphere"),
        ({"od": {"sphere": -1.25, "colour": 1}, "os": LEFT}, "measured.od"),
        (
            {"od": {"sphere": -1.25, "prism_h": 1, "prism_h_base": "up"}, "os": LEFT},
            "measured.od.prism_h_base",
        ),
        (None, "measured.od"),
    ],
)
def test_measurements_that_cannot_be_compared(job, measured, path):
    with pytest.raises(ValidationError) as caught:
        job.action_inspect(measured)
    assert path in {each.path for each in caught.value.problems}
    assert job.job_state == "received"


def test_nothing_is_handed_over_without_the_proof(env, job, sign, catalogue, ledger_balances):
    job.action_inspect({"od": RIGHT, "os": LEFT})
    job.action_ready()
    job.action_notify()
    with pytest.raises(ValidationError) as caught:
        job.action_dispense()
    assert [each.code for each in caught.value.problems] == ["proof_of_delivery"]
    assert catalogue.frame.qty_available == 5
    sign(job)
    job.action_dispense()
    assert job.job_state == "dispensed"
    assert job.dispensed_by == env.user
    assert set(job.picking_ids.mapped("state")) == {"done"}
    assert catalogue.frame.qty_available == 4
    assert set((job.invoice_ids | job.insurer_invoice_ids).mapped("state")) == {"posted"}
    assert job.patient_id.balance == D(65)
    assert job.patient_id.insurance_balance == D(245)
    assert ledger_balances(env)
    with pytest.raises(UserError, match="handed over"):
        job.action_cancel()


def test_open_forms_hold_it_back(glasses, lab, sign):
    order = glasses(frame_source="patient", gls_balance=True, lab_id=lab.id)
    order.action_confirm()
    found = {each.code for each in order.dispensing_problems()}
    assert found == {"open", "proof_of_delivery"}
    for form in order.consent_ids.filtered(lambda form: form.applies_to == "polycarbonate"):
        form.action_refuse()
    sign(order)
    assert list(order.dispensing_problems()) == []


def test_contact_lenses_need_no_lab(env, patient, prescribe, catalogue, line, sign):
    rx = prescribe(rx_type="soft_cl")
    lines = [line(catalogue.contact, 2, eye="OD"), line(catalogue.contact, 2, eye="OS")]
    values = {"patient_id": patient.id, "order_kind": "contact_lens", "rx_id": rx.id, "order_line": lines}
    order = env["sale.order"].create(values)
    order.action_confirm()
    sign(order)
    order.action_dispense()
    assert catalogue.contact.qty_available == 6
    assert patient.balance == D(180)


def test_the_state_of_a_job_is_not_written(glasses):
    order = glasses(job_state="ready")
    assert order.job_state == "new"
