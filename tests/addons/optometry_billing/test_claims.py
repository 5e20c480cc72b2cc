"""Claims: made of orders, checked, submitted, answered, passed on; and the books beside them."""

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import Command, UserError, ValidationError

D = Decimal


def codes(caught):
    return {(each.path, each.code) for each in caught.value.problems}


def pay(env, claim, amount, *answers):
    """Pay claims by a batch: `answers` are (line, paid, adjustment, patient's)."""
    batch = env["got2.batch.account.payment"].create(
        {"payer_id": claim.payer_id.id, "amount_total": amount, "claim_ids": [Command.set(claim.ids)]}
    )
    rows = [
        {"claim_line_id": line.id, "paid": paid, "adjustment": adjustment, "patient_resp": patient}
        for line, paid, adjustment, patient in answers
    ]
    batch.write({"line_ids": [Command.create(row) for row in rows]})
    batch.action_post()
    return batch


def test_a_claim_of_an_order(claimed, patient, payer, doctor):
    order = claimed.sale_order_id
    assert claimed.state == "submitted"
    assert claimed.name.startswith("CLM/2030/")
    assert claimed.payer_id == payer
    assert claimed.diagnosis_list() == ["H52.13", "H52.4"]
    assert claimed.rendering_provider_npi == doctor.partner_id.npi
    assert claimed.timely_filing_date == dt.date(2030, 6, 30)
    assert (claimed.total_charge, claimed.total_expected, claimed.balance) == (D(320), D(245), D(320))
    assert claimed.page_count == 1
    assert claimed.invoice_id == order.insurer_invoice_ids
    assert claimed.invoice_id.claim_id == claimed
    assert order.claim_id == claimed
    frame = claimed.line_ids.filtered(lambda line: line.procedure_code == "V2020")
    assert (frame.charge, frame.expected, frame.granted, frame.diagnosis_pointers) == (
        D(200),
        D(150),
        D(10),
        "AB",
    )
    sides = {line.eye: line.modifier_ids.mapped("code") for line in claimed.line_ids if line.eye}
    assert sides == {"OD": ["RT"], "OS": ["LT"]}


def test_an_order_is_claimed_once(claimed):
    with pytest.raises(ValidationError) as caught:
        claimed.sale_order_id.action_make_claims()
    assert ("claim_ids", "claimed") in codes(caught)


def test_what_a_payer_would_send_back(env, patient, enrolled):
    patient.write({"gender": False, "birth_date": False})
    env.company.partner_id.write({"npi": False})
    procedure = env.ref("optometry.procedure_92014")
    claim = env["claim.manager"].create(
        {
            "patient_id": patient.id,
            "patient_plan_id": enrolled.id,
            "service_date": dt.date(2029, 12, 1),
            "line_ids": [Command.create({"procedure_id": procedure.id})],
        }
    )
    with pytest.raises(ValidationError) as caught:
        claim.action_ready()
    assert codes(caught) == {
        ("patient_id.birth_date", "required"),
        ("patient_id.gender", "required"),
        ("rendering_provider_npi", "required"),
        ("billing_npi", "required"),
        ("diagnosis_codes", "required"),
        ("line_ids.0.diagnosis_pointers", "required"),
        ("line_ids.0.charge", "required"),
        ("timely_filing_date", "late"),
    }
    (answer,) = claim.readiness()
    assert not answer["ready"]
    assert len(answer["problems"]) == 8


def test_numbers_of_providers_are_checked(claimed):
    with pytest.raises(ValidationError, match="NPI"):
        claimed.copy({"rendering_provider_npi": "1234567890"})


def test_a_submitted_claim_stays_as_it_was_sent(claimed, staff):
    claim = claimed.with_user(staff.biller.id)
    with pytest.raises(UserError, match="submitted"):
        claim.write({"diagnosis_codes": "H52.13"})
    with pytest.raises(UserError, match="actions"):
        claim.write({"state": "paid"})
    claim.write({"note": "Called the payer"})
    with pytest.raises(ValidationError, match="kept"):
        claimed.unlink()


def test_paid_as_expected(env, claimed, ledger_balances):
    batch = pay(env, claimed, 245)
    assert (batch.state, batch.unallocated) == ("reconciled", D(0))
    assert (claimed.state, claimed.balance) == ("paid", D(0))
    assert (claimed.total_paid, claimed.total_adjustment, claimed.patient_responsibility) == (
        D(245),
        D(10),
        D(65),
    )
    assert claimed.invoice_id.payment_state in {"paid", "in_payment"}
    assert claimed.invoice_id.amount_residual == 0
    assert len(batch.payment_ids) == 1
    assert claimed.patient_id.insurance_balance == 0
    assert claimed.patient_id.balance == D(65)
    assert ledger_balances(env)
    claimed.action_close()
    assert claimed.state == "closed"


def test_paid_less_the_rest_is_the_patients_and_written_off(env, claimed, ledger_balances):
    frame, right, left = claimed.line_ids
    pay(env, claimed, 200, (frame, 120, 20, 60), (right, 30, 0, 30), (left, 50, 10, 0))
    assert (claimed.state, claimed.balance) == ("paid", D(0))
    # the patient had been asked for 40 + 25 and owes 60 + 30; the clinic had let go 10 and lets go 30
    assert claimed.patient_id.balance == D(90)
    assert claimed.patient_id.insurance_balance == 0
    assert claimed.invoice_id.amount_residual == 0
    assert ledger_balances(env)


def test_paid_more_than_expected(env, claimed, ledger_balances):
    frame, right, left = claimed.line_ids
    pay(env, claimed, 260, (frame, 165, 10, 25), (right, 35, 0, 25), (left, 60, 0, 0))
    assert claimed.patient_id.balance == D(50)
    assert claimed.patient_id.insurance_balance == 0
    assert ledger_balances(env)


def test_paid_in_two_parts(env, claimed, ledger_balances):
    frame, right, left = claimed.line_ids
    pay(env, claimed, 100, (frame, 100, 0, 0))
    assert (claimed.state, claimed.balance) == ("partially_paid", D(220))
    assert claimed.invoice_id.amount_residual == D(145)
    pay(env, claimed, 145, (frame, 50, 10, 40), (right, 35, 0, 25), (left, 60, 0, 0))
    assert (claimed.state, claimed.invoice_id.amount_residual) == ("paid", D(0))
    assert ledger_balances(env)


def test_answers_beyond_the_charge_are_refused(env, claimed):
    frame = claimed.line_ids[:1]
    with pytest.raises(ValidationError, match="more than"):
        pay(env, claimed, 300, (frame, 200, 1, 0))


def test_denied_and_appealed(env, claimed, ledger_balances):
    claimed.action_deny("CO-50", "Not necessary")
    assert (claimed.state, claimed.patient_responsibility) == ("denied", D(320))
    assert claimed.patient_id.balance == D(320)
    assert claimed.patient_id.insurance_balance == 0
    claimed.action_appeal()
    frame, right, left = claimed.line_ids
    pay(env, claimed, 245, (frame, 150, 10, 40), (right, 35, 0, 25), (left, 60, 0, 0))
    assert (claimed.state, claimed.balance) == ("paid", D(0))
    assert claimed.patient_id.balance == D(65)
    assert claimed.patient_id.insurance_balance == 0
    assert ledger_balances(env)


def test_denied_and_written_off(env, claimed, ledger_balances):
    claimed.action_deny("CO-29", patient_pays=False)
    assert claimed.total_adjustment == D(320)
    assert claimed.patient_id.balance == 0
    assert claimed.patient_id.insurance_balance == 0
    assert ledger_balances(env)


def test_a_denial_has_a_code(claimed):
    with pytest.raises(UserError, match="denial_code"):
        claimed.action_deny("")


def test_an_open_balance_is_not_closed(env, claimed):
    pay(env, claimed, 100, (claimed.line_ids[:1], 100, 0, 0))
    with pytest.raises(UserError, match="open"):
        claimed.action_close()


def test_the_next_payer_is_asked_after_the_first(env, claimed, enrol, second_plan, ledger_balances):
    enrol(claimed.patient_id, second_plan, "secondary")
    with pytest.raises(ValidationError) as caught:
        claimed.action_make_secondary()
    assert codes(caught) == {("state", "not_adjudicated")}
    pay(env, claimed, 245)
    (number,) = claimed.action_make_secondary()
    second = env["claim.manager"].browse(number)
    assert (second.rank, second.primary_claim_id) == ("secondary", claimed)
    assert second.total_charge == D(65)
    with pytest.raises(ValidationError) as caught:
        claimed.action_make_secondary()
    assert codes(caught) == {("secondary_claim_ids", "claimed")}
    second.action_ready()
    second.action_submit()
    frame, right = second.line_ids
    pay(env, second, 50, (frame, 40, 0, 0), (right, 10, 5, 10))
    assert (second.state, second.balance) == ("paid", D(0))
    assert claimed.patient_id.balance == D(10)
    assert claimed.patient_id.insurance_balance == 0
    assert ledger_balances(env)


def test_no_next_payer(env, claimed):
    pay(env, claimed, 245)
    with pytest.raises(ValidationError) as caught:
        claimed.action_make_secondary()
    assert codes(caught) == {("patient_plan_id", "no_plan")}


def test_a_secondary_claim_follows_another(env, patient, enrolled):
    with pytest.raises(ValidationError) as caught:
        env["claim.manager"].create(
            {"patient_id": patient.id, "patient_plan_id": enrolled.id, "rank": "secondary"}
        )
    assert codes(caught) == {("primary_claim_id", "required")}


def test_a_rejected_claim_is_mended_and_sent_again(claimed):
    claimed.action_reject("A7", "Member number unknown")
    claimed.patient_plan_id.write({"member_id": "M-77"})
    claimed.action_draft()
    claimed.action_ready()
    claimed.action_submit()
    claimed.action_accept("PX-9")
    assert (claimed.state, claimed.payer_claim_no) == ("accepted", "PX-9")


def test_a_replacement_takes_the_place_of_the_first(env, claimed):
    invoice = claimed.invoice_id
    (number,) = claimed.action_resubmit("7")
    again = env["claim.manager"].browse(number)
    assert (again.frequency_code, again.resubmission_of_id) == ("7", claimed)
    again.write(
        {
            "diagnosis_codes": "H52.4",
            "line_ids": [(1, line.id, {"diagnosis_pointers": "A"}) for line in again.line_ids],
        }
    )
    again.action_ready()
    again.action_submit()
    assert (claimed.state, again.invoice_id) == ("void", invoice)
    pay(env, again, 245)
    assert again.balance == 0


def test_a_void_takes_a_claim_back(env, claimed):
    (number,) = claimed.action_resubmit("8")
    back = env["claim.manager"].browse(number)
    back.action_ready()
    back.action_submit()
    back.action_accept()
    assert (claimed.state, back.state) == ("void", "void")
    assert claimed.patient_plan_id.check_eligibility(None, ["frame"])[0]["eligible"]
    assert claimed.sale_order_id.action_make_claims()


def test_limits_of_a_claim(env, patient, enrolled):
    procedure = env.ref("optometry.procedure_92014")
    claims = env["claim.manager"]
    values = {"patient_id": patient.id, "patient_plan_id": enrolled.id}
    with pytest.raises(ValidationError) as caught:
        claims.create({**values, "diagnosis_codes": " ".join(f"H52.{number:02d}" for number in range(13))})
    assert codes(caught) == {("diagnosis_codes", "too_many")}
    with pytest.raises(ValidationError) as caught:
        claims.create(
            {
                **values,
                "diagnosis_codes": "H52.4",
                "line_ids": [
                    Command.create({"procedure_id": procedure.id, "diagnosis_pointers": "ABCDE", "qty": -1})
                ],
            }
        )
    assert {code for _, code in codes(caught)} == {"too_many", "beyond", "range"}
    lines = [Command.create({"procedure_id": procedure.id, "charge": 10}) for _ in range(7)]
    assert claims.create({**values, "line_ids": lines}).page_count == 2


def test_patients_with_business_are_archived(claimed):
    patient = claimed.patient_id
    with pytest.raises(ValidationError, match="active=False") as caught:
        patient.unlink()
    assert {each.path for each in caught.value.problems} >= {"claim_ids", "invoice_ids", "sale_order_ids"}
    assert patient.write({"active": False})
