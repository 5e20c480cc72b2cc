"""Batches: many claims sent at once, one sum for many claims."""

from decimal import Decimal

import pytest

from entrepot.api import Command, UserError, ValidationError

D = Decimal


@pytest.fixture
def batch(env, payer):
    """Make a batch of a payer."""

    def make(**values):
        return env["got2.batch.account.payment"].create({"payer_id": payer.id, **values})

    return make


@pytest.fixture
def three(env, enrol, plan):
    """Three ready claims of three patients without orders: 100, 150 and 50 for an imaging each."""
    plan.write({"medical_covered": True, "frequency_exam": 0})
    procedure = env.ref("optometry.procedure_92250")
    claims = env["claim.manager"]
    for at, charge in enumerate((100, 150, 50)):
        patient = env["got2.patient"].create(
            {"name": f"Person {at}", "birth_date": "1970-01-01", "gender": "male"}
        )
        row = {
            "procedure_id": procedure.id,
            "charge": charge,
            "diagnosis_pointers": "A",
            "benefit_category": "medical",
        }
        claims |= env["claim.manager"].create(
            {
                "patient_id": patient.id,
                "patient_plan_id": enrol(patient, plan).id,
                "diagnosis_codes": "H35.3190",
                "rendering_provider_npi": env.company.partner_id.npi,
                "line_ids": [Command.create(row)],
            }
        )
    claims.action_ready()
    return claims


@pytest.fixture
def sent(batch, three):
    """The three claims, invoiced and submitted by a batch."""
    three.action_invoice()
    submission = batch(kind="submission", claim_ids=[Command.set(three.ids)])
    submission.action_send()
    return submission


def test_a_submission_sends_its_claims(sent, three):
    assert set(three.mapped("state")) == {"submitted"}
    assert three.mapped("batch_id") == sent
    assert sent.state == "sent"
    rows = sent.file.decode().splitlines()
    assert len(rows) == 4
    assert "92250" in rows[1]
    assert three[0].name in rows[1]
    assert sent.file_name.endswith(".csv")
    sent.action_confirm()
    assert set(three.mapped("state")) == {"accepted"}
    with pytest.raises(UserError, match="cannot be cancelled"):
        sent.action_cancel()


def test_readiness_costs_the_same_for_one_and_for_many(env, three):
    env.flush()

    def statements(claims):
        env.cache.reset()
        before = env.tx.statements
        assert all(each["ready"] for each in claims.readiness())
        return env.tx.statements - before

    assert statements(three) == statements(three[:1])


def test_a_submission_with_a_claim_that_is_not_ready(batch, three):
    three[0].action_draft()
    submission = batch(kind="submission", claim_ids=[Command.set(three.ids)])
    with pytest.raises(UserError, match="draft"):
        submission.action_send()


def test_300_over_three_claims_leave_nothing(env, batch, sent, three, ledger_balances):
    payment = batch(amount_total=300, reference="EFT 4711", claim_ids=[Command.set(three.ids)])
    payment.action_allocate()
    assert [line.paid for line in payment.line_ids] == [D(100), D(150), D(50)]
    assert payment.unallocated == 0
    payment.action_confirm()
    payment.action_post()
    assert payment.state == "reconciled"
    assert len(payment.payment_ids) == 1
    assert payment.payment_ids.amount == D(300)
    assert set(three.mapped("state")) == {"paid"}
    assert three.mapped("balance") == [D(0)] * 3
    assert {move.amount_residual for move in three.mapped("invoice_id")} == {D(0)}
    assert ledger_balances(env)


def test_answers_of_a_file(batch, sent, three):
    names = three.mapped("name")
    text = "claim,line,paid,adjustment,patient_resp,reason_code\r\n"
    text += f"{names[0]},1,80.00,15,5,CO-45\r\n{names[1]},1,150,,,\r\n"
    payment = batch(amount_total=230)
    assert payment.action_read_answers(text) == 2
    payment.action_post()
    assert three.mapped("state") == ["paid", "paid", "submitted"]
    assert three[0].line_ids.reason_code == "CO-45"
    assert three[0].patient_id.balance == D(5)


def test_answers_that_cannot_be_read(batch, sent, three):
    name = three[0].name
    text = f"claim,line,paid\n{name},2,10\nCLM/1,1,10\n{name},0,10\n{name},1,-5\n,1,1e9\n"
    with pytest.raises(ValidationError) as caught:
        batch(amount_total=10).action_read_answers(text)
    assert {each.path for each in caught.value.problems} == {
        *("text.2", "text.3", "text.4.line", "text.5.paid", "text.6.claim", "text.6.paid"),
    }
    with pytest.raises(ValidationError, match="heading lacks claim"):
        batch().action_read_answers("a,b\n1,2\n")


def test_what_is_too_much_stays_open(env, batch, sent, three, ledger_balances):
    payment = batch(amount_total=320, claim_ids=[Command.set(three.ids)])
    payment.action_post()
    assert (payment.state, payment.unallocated) == ("posted", D(20))
    (item,) = payment.payment_ids.move_id.open_items()
    assert item.amount_residual == D(-20)
    assert ledger_balances(env)


def test_too_little_pays_the_oldest_first(batch, sent, three):
    payment = batch(amount_total=180, claim_ids=[Command.set(three.ids)])
    payment.action_post()
    assert three.mapped("state") == ["paid", "partially_paid", "submitted"]
    assert three.mapped("balance") == [D(0), D(70), D(50)]


def test_an_answer_without_money(batch, sent, three):
    line = three[0].line_ids
    payment = batch(
        line_ids=[Command.create({"claim_line_id": line.id, "adjustment": 30, "patient_resp": 70})]
    )
    payment.action_post()
    assert three[0].state == "denied"
    assert not payment.payment_ids
    assert three[0].patient_id.balance == D(70)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"amount_total": -1}, "below zero"),
        ({"kind": "submission", "amount_total": 10}, "no money"),
    ],
)
def test_batches_make_sense(batch, values, message):
    with pytest.raises(ValidationError, match=message):
        batch(**values)


def test_claims_of_other_payers_do_not_belong(env, batch, three, medical_payer):
    with pytest.raises(ValidationError, match="not Body Health"):
        batch(payer_id=medical_payer.id, claim_ids=[Command.set(three.ids)])


def test_lines_pay_no_more_than_arrived(batch, sent, three):
    with pytest.raises(ValidationError, match="more than the 50"):
        batch(amount_total=50, line_ids=[Command.create({"claim_line_id": three[0].line_ids.id, "paid": 60})])


def test_answers_need_submitted_claims(batch, three):
    with pytest.raises(ValidationError, match="submitted"):
        batch(amount_total=50, line_ids=[Command.create({"claim_line_id": three[0].line_ids.id, "paid": 50})])


def test_claims_that_were_not_invoiced(batch, three):
    three.action_submit()
    payment = batch(amount_total=300, claim_ids=[Command.set(three.ids)])
    with pytest.raises(ValidationError, match="action_invoice"):
        payment.action_post()


def test_a_posted_batch_stays(batch, sent, three):
    payment = batch(amount_total=300, claim_ids=[Command.set(three.ids)])
    payment.action_post()
    biller = payment.with_user(2)
    with pytest.raises(UserError):
        biller.write({"amount_total": 10})
    with pytest.raises(UserError):
        biller.line_ids[:1].write({"paid": 1})
    with pytest.raises(UserError):
        payment.action_post()
    with pytest.raises(UserError):
        payment.action_cancel()
    with pytest.raises(ValidationError):
        payment.unlink()


def test_a_draft_is_cancelled(batch, sent, three):
    payment = batch(amount_total=300, claim_ids=[Command.set(three.ids)])
    payment.action_confirm()
    payment.action_cancel()
    assert payment.state == "cancelled"
    assert set(three.mapped("state")) == {"submitted"}
