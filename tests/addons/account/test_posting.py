"""Posting: everything that is wrong is told at once, and what is posted stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from entrepot.api import Command, Environment, ValidationError

D = Decimal


def codes(caught: Any) -> set[str]:
    return {problem.code for problem in caught.value.problems}


def account(env: Environment, code: str) -> Any:
    return env["account.account"].search([("code", "=", code)])


def test_everything_that_is_wrong_is_told_at_once(env: Environment) -> None:
    old = account(env, "400000")
    move = env["account.move"].create(
        {
            "move_type": "in_invoice",
            "date": date(2026, 3, 5),
            "invoice_line_ids": [
                Command.create({"name": "Lens", "price_unit": 10, "account_id": old.id, "tax_ids": []})
            ],
        }
    )
    old.active = False
    env.company.fiscalyear_lock_date = date(2026, 3, 31)
    with pytest.raises(ValidationError) as caught:
        move.action_post()
    assert codes(caught) == {"no_partner", "no_date", "locked", "archived_account"}


def test_an_empty_document_is_not_posted(env: Environment, invoice: Callable[..., Any], ann: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        invoice(invoice_line_ids=[])
    assert codes(caught) == {"no_lines"}
    section = {"display_type": "line_section", "name": "Lenses"}
    with pytest.raises(ValidationError) as caught:
        invoice(invoice_line_ids=[Command.create(section)])
    assert codes(caught) == {"no_lines"}


def test_a_negative_invoice_is_a_credit_note(invoice: Callable[..., Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        invoice(-5)
    assert codes(caught) == {"negative"}


def test_an_unbalanced_entry_is_not_posted(env: Environment) -> None:
    bank, capital = account(env, "101100").id, account(env, "301000").id
    lines = [{"account_id": bank, "debit": 70}, {"account_id": capital, "credit": 69}]
    move = env["account.move"].create(
        {"date": date(2026, 3, 5), "line_ids": [Command.create(line) for line in lines]}
    )
    with pytest.raises(ValidationError) as caught:
        move.action_post()
    assert codes(caught) == {"unbalanced"}
    assert move.state == "draft"


def test_problems_of_several_say_which_one(invoice: Callable[..., Any]) -> None:
    good, bad = invoice(5, post=False), invoice(5, post=False, partner_id=False)
    with pytest.raises(ValidationError) as caught:
        (good | bad).action_post()
    assert [problem.path for problem in caught.value.problems] == ["1.partner_id"]
    assert good.name is None


@pytest.mark.parametrize(
    "values",
    [
        {"date": date(2026, 3, 6)},
        {"invoice_date": date(2026, 3, 6)},
        {"partner_id": False},
        {"invoice_payment_term_id": 1},
        {"currency_id": 1_000},
    ],
)
def test_a_posted_document_does_not_change(invoice: Callable[..., Any], values: dict[str, Any]) -> None:
    move = invoice()
    with pytest.raises(ValidationError) as caught:
        move.write(values)
    assert codes(caught) == {"posted"}


@pytest.mark.parametrize(
    "values",
    [
        {"price_unit": 5},
        {"quantity": 2},
        {"discount": 5},
        {"account_id": 1},
        {"debit": 5},
        {"balance": 5},
        {"amount_currency": 5},
        {"partner_id": False},
        {"tax_ids": [Command.clear()]},
        {"date_maturity": date(2027, 1, 1)},
    ],
)
def test_posted_lines_do_not_change(
    env: Environment, invoice: Callable[..., Any], values: dict[str, Any]
) -> None:
    move = invoice(taxes=env.company.account_sale_tax_id.ids)
    before = move.line_ids.mapped("balance")
    for line in (move.invoice_line_ids, *move.line_ids):
        with pytest.raises(ValidationError):
            line.write(values)
    with pytest.raises(ValidationError):
        move.write({"invoice_line_ids": [Command.update(move.invoice_line_ids.id, values)]})
    assert move.line_ids.mapped("balance") == before


def test_posted_lines_neither_come_nor_go(env: Environment, invoice: Callable[..., Any]) -> None:
    move = invoice()
    line = move.invoice_line_ids
    for attempt in (
        line.unlink,
        lambda: move.write({"invoice_line_ids": [Command.clear()]}),
        lambda: move.write({"line_ids": [Command.create({"name": "x", "price_unit": 1})]}),
        lambda: env["account.move.line"].create({"move_id": move.id, "name": "x", "price_unit": 1}),
        move.unlink,
    ):
        with pytest.raises(ValidationError) as caught:
            attempt()
        assert codes(caught) == {"posted"}


def test_what_the_ledger_does_not_rest_on_may_change(invoice: Callable[..., Any]) -> None:
    move = invoice()
    move.write({"ref": "PO 7", "narration": "<p>Thanks</p>", "is_move_sent": True})
    move.invoice_line_ids.write({"name": "Lens, left"})
    assert (move.ref, move.invoice_line_ids.name) == ("PO 7", "Lens, left")


def test_a_number_is_kept_through_draft_and_cancel(invoice: Callable[..., Any]) -> None:
    move = invoice()
    name = move.name
    move.button_draft()
    assert (move.state, move.name) == ("draft", name)
    move.invoice_line_ids.write({"price_unit": 120})
    move.action_post()
    assert (move.name, move.amount_total) == (name, D(120))
    move.button_cancel()
    assert (move.state, move.name) == ("cancel", name)
    with pytest.raises(ValidationError) as caught:
        move.unlink()
    assert codes(caught) == {"numbered"}
    with pytest.raises(ValidationError) as caught:
        move.invoice_line_ids.write({"price_unit": 1})
    assert codes(caught) == {"cancelled"}
    assert invoice().name == "INV/2026/00002"


def test_a_number_stays_in_its_year(invoice: Callable[..., Any]) -> None:
    move = invoice()
    move.button_draft()
    move.write({"invoice_date": date(2027, 1, 1)})
    with pytest.raises(ValidationError) as caught:
        move.action_post()
    assert codes(caught) == {"year"}


def test_a_draft_without_number_can_be_deleted(env: Environment, invoice: Callable[..., Any]) -> None:
    move = invoice(post=False)
    lines = move.line_ids
    move.unlink()
    assert not lines.exists()


def test_closed_books_are_not_opened_again(env: Environment, invoice: Callable[..., Any]) -> None:
    move = invoice()
    env.company.fiscalyear_lock_date = date(2026, 3, 5)
    with pytest.raises(ValidationError) as caught:
        move.button_draft()
    assert codes(caught) == {"locked"}
    with pytest.raises(ValidationError) as caught:
        invoice()
    assert codes(caught) == {"locked"}
    assert invoice(invoice_date=date(2026, 3, 6)).state == "posted"


def test_a_reconciled_document_is_not_set_back(invoice: Callable[..., Any], pay: Callable[..., Any]) -> None:
    move = invoice()
    pay(move)
    for attempt in (move.button_draft, move.button_cancel):
        with pytest.raises(ValidationError) as caught:
            attempt()
        assert "reconciled" in codes(caught)


def test_a_posted_one_is_not_posted_again(invoice: Callable[..., Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        invoice().action_post()
    assert codes(caught) == {"state"}


def test_a_reversal_is_a_draft_credit_note(env: Environment, invoice: Callable[..., Any]) -> None:
    move = invoice(taxes=env.company.account_sale_tax_id.ids)
    back = move.action_reverse("Broken", date(2026, 4, 1))
    assert (back.move_type, back.state, back.amount_total) == ("out_refund", "draft", D(115))
    assert (back.ref, back.reversed_entry_id) == ("Reversal of: INV/2026/00001, Broken", move)
    back.action_post()
    (move | back).open_lines().reconcile()
    assert (move.payment_state, back.payment_state) == ("reversed", "paid")
    sums: dict[str, Decimal] = {}
    for line in (move | back).mapped("line_ids"):
        sums[line.account_id.code] = sums.get(line.account_id.code, D(0)) + line.balance
    assert set(sums.values()) == {D(0)}


def test_the_reversal_wizard_refunds_and_begins_anew(env: Environment, invoice: Callable[..., Any]) -> None:
    move = invoice()
    context = {"active_model": "account.move", "active_ids": move.ids}
    wizard = env["account.move.reversal"].with_context(**context).create({"reason": "Wrong lens"})
    action = wizard.modify_moves()
    fresh = env["account.move"].browse(action["res_id"])
    assert (fresh.move_type, fresh.state, fresh.amount_total) == ("out_invoice", "draft", D(100))
    assert move.payment_state == "reversed"
    assert move.reversal_move_ids.state == "posted"
    with pytest.raises(ValidationError) as caught:
        move.button_draft()
    assert "reconciled" in codes(caught)


def test_a_plain_entry_is_reversed_by_its_opposite(env: Environment) -> None:
    bank, capital = account(env, "101100").id, account(env, "301000").id
    lines = [{"account_id": bank, "debit": 70}, {"account_id": capital, "credit": 70}]
    move = env["account.move"].create(
        {"date": date(2026, 3, 5), "line_ids": [Command.create(line) for line in lines]}
    )
    with pytest.raises(ValidationError):
        move.action_reverse()
    move.action_post()
    back = move.action_reverse()
    assert {line.account_id.id: line.balance for line in back.line_ids} == {bank: D(-70), capital: D(70)}
