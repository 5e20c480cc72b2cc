"""What a patient owes, and what becomes of it."""

from decimal import Decimal

D = Decimal


def journal(env):
    return env["account.journal"].search([("type", "=", "bank")], limit=1)


def test_paying_the_share(env, claimed):
    patient = claimed.patient_id
    assert (patient.balance, patient.insurance_balance) == (D(65), D(245))
    invoices = claimed.sale_order_id.invoice_ids
    context = {"active_model": "account.move", "active_ids": invoices.ids}
    wizard = env["account.payment.register"].with_context(**context).create({})
    wizard.action_create_payments()
    assert patient.balance == 0
    payment = env["account.payment"].search([("patient_id", "=", patient.id)])
    assert payment.amount == D(65)


def test_a_copay_at_the_desk_counts_before_it_is_matched(env, claimed):
    patient = claimed.patient_id
    payment = env["account.payment"].create(
        {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": patient.partner_id.id,
            "patient_id": patient.id,
            "amount": 25,
            "journal_id": journal(env).id,
        }
    )
    assert patient.balance == D(65)
    payment.action_post()
    assert patient.balance == D(40)


def test_a_credit_note_is_about_the_same_patient(env, claimed):
    invoice = claimed.sale_order_id.invoice_ids
    context = {"active_model": "account.move", "active_ids": invoice.ids}
    wizard = env["account.move.reversal"].with_context(**context).create({"reason": "Taken back"})
    wizard.reverse_moves()
    note = invoice.reversal_move_ids
    assert (note.patient_id, note.payer_kind) == (claimed.patient_id, "patient")
    note.action_post()
    (invoice | note).open_items().reconcile()
    assert claimed.patient_id.balance == 0


def test_the_summary_tells_the_balance(env, claimed):
    (answer,) = claimed.patient_id.send_patient_summary(send=False, include=["balance"])
    document = env["ir.attachment"].browse(answer["document_id"])
    assert "Due: 65.00" in document.datas.decode()
