"""Documents in a foreign currency: 0.8 € for our unit in March, 0.5 € from April on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from entrepot.api import Environment

D = Decimal
Make = Callable[..., Any]


def exchange_entries(env: Environment) -> list[dict[str, Decimal]]:
    moves = env["account.move"].search([("journal_id.code", "=", "EXCH")], order="id")
    return [{line.account_id.code: line.balance for line in move.line_ids} for move in moves]


def test_the_entry_is_in_both_currencies(env: Environment, invoice: Make, euro: Any) -> None:
    move = invoice(100, currency_id=euro.id, taxes=env.company.account_sale_tax_id.ids)
    assert (move.amount_total, move.amount_total_signed) == (D(115), D("143.75"))
    assert move.invoice_currency_rate == 0.8
    booked = {line.account_id.code: (line.amount_currency, line.balance) for line in move.line_ids}
    assert booked == {
        "400000": (D(-100), D(-125)),
        "251000": (D(-15), D("-18.75")),
        "121000": (D(115), D("143.75")),
    }


def test_rounding_never_unbalances(env: Environment, invoice: Make, euro: Any) -> None:
    term = env.ref("account.account_payment_term_advance")
    move = invoice(
        D("33.33"),
        currency_id=euro.id,
        taxes=env.company.account_sale_tax_id.ids,
        invoice_payment_term_id=term.id,
    )
    assert sum(move.line_ids.mapped("balance"), D(0)) == 0
    assert sum(move.line_ids.mapped("amount_currency"), D(0)) == 0


def test_a_draft_follows_the_rate_of_its_date(invoice: Make, euro: Any) -> None:
    move = invoice(100, currency_id=euro.id, post=False)
    move.write({"invoice_date": date(2026, 4, 2)})
    assert (move.date, move.amount_total_signed) == (date(2026, 4, 2), D(200))


def test_a_payment_at_another_rate_makes_a_gain(
    env: Environment, invoice: Make, pay: Make, euro: Any
) -> None:
    move = invoice(100, currency_id=euro.id)
    payment = pay(move, payment_date=date(2026, 4, 2))
    assert payment.currency_id == euro
    assert payment.amount == D(100)
    assert (move.payment_state, move.amount_residual) == ("paid", D(0))
    assert exchange_entries(env) == [{"121000": D(75), "441000": D(-75)}]
    assert all(line.reconciled for line in payment.move_id.line_ids if line.account_id.reconcile)


def test_a_bill_at_another_rate_makes_a_loss(env: Environment, invoice: Make, pay: Make, euro: Any) -> None:
    bill = invoice(100, currency_id=euro.id, move_type="in_invoice")
    pay(bill, payment_date=date(2026, 4, 2))
    assert bill.payment_state == "paid"
    assert exchange_entries(env) == [{"211000": D(-75), "641000": D(75)}]


def test_paying_a_foreign_invoice_in_our_currency(
    env: Environment, invoice: Make, pay: Make, euro: Any
) -> None:
    move = invoice(100, currency_id=euro.id)
    payment = pay(move, payment_date=date(2026, 4, 2), currency_id=env.company.currency_id.id)
    assert payment.amount == D(200)
    assert move.payment_state == "paid"
    assert exchange_entries(env) == [{"121000": D(75), "441000": D(-75)}]


def test_partial_payments_realise_the_difference_in_the_end(
    env: Environment, invoice: Make, pay: Make, euro: Any, ann: Any
) -> None:
    move = invoice(100, currency_id=euro.id)
    pay(move, amount=50, payment_date=date(2026, 4, 2))
    assert (move.payment_state, move.amount_residual) == ("partial", D(50))
    pay(move, payment_date=date(2026, 3, 20))
    assert (move.payment_state, move.amount_residual) == ("paid", D(0))
    assert sum(each["441000"] for each in exchange_entries(env)) == D("-37.50")
    assert ann.credit == D(0)


def test_taking_the_match_back_reverses_the_difference(
    env: Environment, invoice: Make, pay: Make, euro: Any
) -> None:
    move = invoice(100, currency_id=euro.id)
    pay(move, payment_date=date(2026, 4, 2))
    move.line_ids.remove_move_reconcile()
    assert (move.payment_state, move.amount_residual) == ("not_paid", D(100))
    entries = exchange_entries(env)
    assert [each["441000"] for each in entries] == [D(-75), D(75)]
    assert env["account.move.line"].trial_balance()["balanced"]
