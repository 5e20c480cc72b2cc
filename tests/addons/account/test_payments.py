"""Payments and matching: a customer pays, in parts, too much, through the bank or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from entrepot.api import Environment, UserError, ValidationError

D = Decimal
Make = Callable[..., Any]


def codes(caught: Any) -> set[str]:
    return {problem.code for problem in caught.value.problems}


def test_paying_an_invoice_settles_it(env: Environment, invoice: Make, pay: Make) -> None:
    move = invoice(115)
    payment = pay(move)
    assert (payment.amount, payment.payment_type, payment.partner_type) == (D(115), "inbound", "customer")
    assert (payment.state, payment.name, payment.memo) == ("paid", "PBNK1/2026/00001", move.name)
    booked = {line.account_id.code: line.balance for line in payment.move_id.line_ids}
    assert booked == {"101100": D(115), "121000": D(-115)}
    assert (move.payment_state, move.amount_residual) == ("paid", D(0))
    assert payment.reconciled_invoice_ids == move
    assert payment.is_reconciled
    assert payment.invoice_ids == move


def test_paying_in_parts(invoice: Make, pay: Make) -> None:
    move = invoice(100)
    pay(move, amount=30)
    assert (move.payment_state, move.amount_residual) == ("partial", D(70))
    pay(move)
    assert (move.payment_state, move.amount_residual, move.amount_residual_signed) == ("paid", D(0), D(0))


def test_a_bill_is_paid_out(env: Environment, invoice: Make, pay: Make) -> None:
    bill = invoice(80, move_type="in_invoice")
    payment = pay(bill)
    assert (payment.payment_type, payment.partner_type, bill.payment_state) == (
        "outbound",
        "supplier",
        "paid",
    )
    assert {line.account_id.code: line.balance for line in payment.move_id.line_ids} == {
        "101100": D(-80),
        "211000": D(80),
    }


def test_what_is_paid_too_much_stays_open(env: Environment, invoice: Make, pay: Make, ann: Any) -> None:
    move = invoice(100)
    payment = pay(move, amount=130)
    assert move.payment_state == "paid"
    assert not payment.is_reconciled
    assert ann.credit == D(-30)
    second = invoice(50)
    outstanding = second.outstanding_lines()
    assert [row["amount"] for row in outstanding] == [D(30)]
    second.js_assign_outstanding_line(outstanding[0]["id"])
    assert (second.payment_state, second.amount_residual) == ("partial", D(20))
    assert payment.is_reconciled


def test_a_small_difference_is_written_off(env: Environment, invoice: Make, pay: Make) -> None:
    move = invoice(100)
    fees = env["account.account"].search([("code", "=", "620000")])
    how = {"payment_difference_handling": "reconcile", "writeoff_account_id": fees.id}
    payment = pay(move, amount=98, **how)
    assert move.payment_state == "paid"
    booked = {line.account_id.code: line.balance for line in payment.move_id.line_ids}
    assert booked == {"101100": D(98), "620000": D(2), "121000": D(-100)}


def test_several_invoices_by_one_payment_or_by_many(env: Environment, invoice: Make, pay: Make) -> None:
    several = invoice(10) | invoice(20)
    assert pay(several, group_payment=True).amount == D(30)
    assert several.mapped("payment_state") == ["paid", "paid"]
    more = invoice(5) | invoice(6)
    assert [payment.amount for payment in pay(more)] == [D(5), D(6)]
    with pytest.raises(ValidationError) as caught:
        pay(more)
    assert codes(caught) == {"nothing_due"}
    with pytest.raises(ValidationError) as caught:
        pay(invoice(5) | invoice(6), amount=3)
    assert codes(caught) == {"several"}


def test_money_under_way_is_in_payment_until_the_bank_confirms(
    env: Environment, invoice: Make, pay: Make
) -> None:
    waiting = env["account.account"].search([("code", "=", "101200")])
    journal = env["account.journal"].search([("type", "=", "bank")])
    journal.payment_debit_account_id = waiting
    move = invoice(100)
    payment = pay(move)
    assert (payment.state, move.payment_state) == ("in_process", "in_payment")
    statement = env["account.move"].create(
        {
            "journal_id": journal.id,
            "date": date(2026, 3, 12),
            "line_ids": [
                (0, 0, {"account_id": journal.default_account_id.id, "debit": 100}),
                (0, 0, {"account_id": waiting.id, "credit": 100}),
            ],
        }
    )
    statement.action_post()
    both = payment.move_id.line_ids | statement.line_ids
    both.filtered(lambda line: line.account_id == waiting).reconcile()
    assert (payment.state, move.payment_state) == ("paid", "paid")


def test_taking_a_match_back_opens_both(env: Environment, invoice: Make, pay: Make) -> None:
    move = invoice(100)
    payment = pay(move)
    partial = env["account.partial.reconcile"].search([])
    move.js_remove_outstanding_partial(partial.id)
    assert (move.payment_state, move.amount_residual) == ("not_paid", D(100))
    assert not payment.is_reconciled
    (move | payment.move_id).open_lines().reconcile()
    assert move.payment_state == "paid"
    move.line_ids.remove_move_reconcile()
    assert move.payment_state == "not_paid"


def test_a_payment_goes_back_to_draft_and_changes(env: Environment, invoice: Make, pay: Make) -> None:
    move = invoice(100)
    payment = pay(move)
    with pytest.raises(ValidationError) as caught:
        payment.action_draft()
    assert codes(caught) == {"reconciled"}
    with pytest.raises(ValidationError) as caught:
        payment.write({"amount": 50})
    assert codes(caught) == {"posted"}
    with pytest.raises(ValidationError) as caught:
        payment.move_id.button_draft()
    assert "payment" in codes(caught)
    move.line_ids.remove_move_reconcile()
    payment.action_draft()
    payment.write({"amount": 60})
    name = payment.name
    payment.action_post()
    assert (payment.name, payment.state) == (name, "paid")
    assert sorted(payment.move_id.line_ids.mapped("balance")) == [D(-60), D(60)]
    payment.action_cancel()
    assert (payment.state, payment.move_id.state) == ("canceled", "cancel")
    with pytest.raises(ValidationError):
        payment.unlink()


def test_a_payment_by_hand(env: Environment, ann: Any) -> None:
    payment = env["account.payment"].create({"partner_id": ann.id, "amount": 25, "ref": "Cheque 7"})
    assert (payment.journal_id.type, payment.currency_id, payment.memo) == (
        "bank",
        env.company.currency_id,
        "Cheque 7",
    )
    payment.action_post()
    assert ann.credit == D(-25)
    bad = env["account.payment"].create({"partner_id": ann.id, "amount": 0})
    with pytest.raises(ValidationError) as caught:
        bad.action_post()
    assert codes(caught) == {"range"}
    bad.unlink()


def test_what_cannot_be_matched_is_refused(env: Environment, invoice: Make) -> None:
    draft, posted = invoice(5, post=False), invoice(5)
    with pytest.raises(ValidationError) as caught:
        (draft | posted).mapped("line_ids").reconcile()
    assert codes(caught) == {"several_accounts", "not_reconcilable", "not_posted"}
    with pytest.raises(ValidationError):
        env["account.partial.reconcile"].create({"debit_move_id": 1, "credit_move_id": 1})
    with pytest.raises(UserError):
        draft.action_register_payment()


def test_terms_are_paid_the_oldest_first(env: Environment, invoice: Make, pay: Make, ann: Any) -> None:
    term = env.ref("account.account_payment_term_advance")
    move = invoice(100, invoice_payment_term_id=term.id)
    pay(move, amount=40)
    left = {line.date_maturity: line.amount_residual for line in move.line_ids if line.date_maturity}
    assert left == {date(2026, 3, 5): D(0), date(2026, 5, 4): D(60)}
    assert ann.total_due == D(60)


def test_balances_of_a_partner(env: Environment, invoice: Make, ann: Any) -> None:
    invoice(100)
    invoice(40, move_type="in_invoice")
    invoice(7, post=False)
    assert (ann.credit, ann.debit, ann.total_due) == (D(100), D(40), D(100))
