"""Invoices, bills and credit notes: what people write, and the balanced entry that comes of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from entrepot.api import Command, Environment, ValidationError

D = Decimal


@pytest.fixture
def ann(env: Environment) -> Any:
    return env["res.partner"].create({"name": "Ann"})


@pytest.fixture
def frame(env: Environment) -> Any:
    return env["product.product"].create({"name": "Frame", "lst_price": 100, "standard_price": 40})


def invoice(env: Environment, partner: Any, *lines: dict[str, Any], **values: Any) -> Any:
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": date(2026, 3, 5),
            "invoice_line_ids": [Command.create(line) for line in lines],
            **values,
        }
    )


def test_an_invoice_takes_what_the_product_says(env: Environment, ann: Any, frame: Any) -> None:
    move = invoice(env, ann, {"product_id": frame.id, "quantity": 2})
    line = move.invoice_line_ids
    assert (line.name, line.price_unit, line.product_uom_id) == ("Frame", D(100), frame.uom_id)
    assert line.account_id.code == "400000"
    assert line.tax_ids.mapped("name") == ["15%"]
    assert (move.amount_untaxed, move.amount_tax, move.amount_total) == (D(200), D(30), D(230))
    assert (move.amount_residual, move.payment_state, move.name) == (D(230), "not_paid", None)
    assert move.journal_id.code == "INV"


def test_the_entry_balances_with_tax_and_open_item(env: Environment, ann: Any, frame: Any) -> None:
    move = invoice(env, ann, {"product_id": frame.id, "quantity": 2, "discount": 10})
    booked = {(line.display_type, line.account_id.code): (line.debit, line.credit) for line in move.line_ids}
    assert booked == {
        ("product", "400000"): (D(0), D(180)),
        ("tax", "251000"): (D(0), D(27)),
        ("payment_term", "121000"): (D(207), D(0)),
    }


def test_a_bill_books_the_other_way_round(env: Environment, ann: Any, frame: Any) -> None:
    move = invoice(env, ann, {"product_id": frame.id, "quantity": 3}, move_type="in_invoice")
    assert move.invoice_line_ids.price_unit == D(40)
    booked = {line.account_id.code: line.balance for line in move.line_ids}
    assert booked == {"600000": D(120), "131000": D(18), "211000": D(-138)}
    assert move.amount_total_signed == D(-138)
    move.action_post()
    assert move.name == "BILL/2026/00001"


def test_a_draft_follows_every_change(env: Environment, ann: Any, frame: Any) -> None:
    move = invoice(env, ann, {"product_id": frame.id})
    line = move.invoice_line_ids
    line.write({"quantity": 5})
    assert move.amount_total == D(575)
    move.write({"invoice_line_ids": [Command.update(line.id, {"tax_ids": [Command.clear()]})]})
    assert move.amount_total == D(500)
    assert not move.line_ids.filtered(lambda each: each.display_type == "tax")
    env["account.move.line"].create({"move_id": move.id, "name": "Case", "price_unit": 10, "tax_ids": []})
    assert move.amount_total == D(510)
    move.write({"invoice_line_ids": [Command.delete(line.id)]})
    assert move.amount_total == D(10)
    assert sum(move.line_ids.mapped("balance"), D(0)) == 0
    move.invoice_line_ids.unlink()
    assert (move.amount_total, len(move.line_ids)) == (D(0), 0)


def test_sections_and_notes_are_worth_nothing(env: Environment, ann: Any, frame: Any) -> None:
    move = invoice(
        env,
        ann,
        {"display_type": "line_section", "name": "Glasses"},
        {"product_id": frame.id},
        {"display_type": "line_note", "name": "With case"},
    )
    assert move.amount_untaxed == D(100)
    assert len(move.invoice_line_ids) == 3
    move.action_post()
    assert move.state == "posted"


def test_numbers_go_on_by_kind_and_year(env: Environment, ann: Any, frame: Any) -> None:
    first, second = (invoice(env, ann, {"product_id": frame.id}) for _ in range(2))
    later = invoice(env, ann, {"product_id": frame.id}, invoice_date=date(2027, 1, 2))
    back = invoice(env, ann, {"product_id": frame.id}, move_type="out_refund")
    (second | first | later | back).action_post()
    assert first.name == "INV/2026/00001"
    assert second.name == "INV/2026/00002"
    assert later.name == "INV/2027/00001"
    assert back.name == "RINV/2026/00001"
    assert first.payment_reference == first.name
    assert first.display_name == "INV/2026/00001"


def test_terms_make_several_open_items(env: Environment, ann: Any, frame: Any) -> None:
    ann.property_payment_term_id = env.ref("account.account_payment_term_advance")
    move = invoice(env, ann, {"product_id": frame.id, "tax_ids": []})
    open_items = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
    parts = sorted((line.date_maturity, line.debit) for line in open_items)
    assert parts == [(date(2026, 3, 5), D(30)), (date(2026, 5, 4), D(70))]
    assert move.invoice_date_due == date(2026, 5, 4)
    move.write({"invoice_payment_term_id": False, "invoice_date_due": date(2026, 4, 1)})
    open_items = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
    assert [(line.date_maturity, line.debit) for line in open_items] == [(date(2026, 4, 1), D(100))]


def test_taxes_are_rounded_as_the_company_says(env: Environment, ann: Any) -> None:
    tax = env["account.tax"].create({"name": "10%", "amount": 10})
    lines = [{"name": "Screw", "price_unit": D("0.04"), "tax_ids": tax.ids} for _ in range(3)]
    assert invoice(env, ann, *lines).amount_tax == D(0)
    env.company.tax_calculation_rounding_method = "round_globally"
    move = invoice(env, ann, *lines)
    assert (move.amount_tax, move.amount_total) == (D("0.01"), D("0.13"))
    assert sum(move.line_ids.mapped("balance"), D(0)) == 0


def test_a_group_of_taxes_books_each_on_its_account(env: Environment, ann: Any) -> None:
    accounts = env["account.account"].search([("code", "in", ["251000", "201000"])], order="code")
    city = env["account.tax"].create(
        {"name": "City", "amount": 2, "sequence": 2, "account_id": accounts[0].id}
    )
    state = env["account.tax"].create(
        {
            "name": "State",
            "amount": 5,
            "sequence": 1,
            "include_base_amount": True,
            "account_id": accounts[1].id,
        }
    )
    both = env["account.tax"].create(
        {"name": "Both", "amount_type": "group", "children_tax_ids": [Command.set([city.id, state.id])]}
    )
    move = invoice(env, ann, {"name": "Lens", "price_unit": 100, "tax_ids": both.ids})
    taxes = {line.tax_line_id.name: line.credit for line in move.line_ids if line.display_type == "tax"}
    assert taxes == {"State": D(5), "City": D("2.10")}
    bases = {line.tax_line_id.name: abs(line.tax_base_amount) for line in move.line_ids if line.tax_line_id}
    assert bases == {"State": D(100), "City": D(105)}


def test_credit_notes_use_the_refund_account(env: Environment, ann: Any) -> None:
    other = env["account.account"].search([("code", "=", "201000")])
    tax = env["account.tax"].create({"name": "10%", "amount": 10, "refund_account_id": other.id})
    line = {"name": "Lens", "price_unit": 100, "tax_ids": tax.ids}
    assert [each.account_id.code for each in invoice(env, ann, line).line_ids if each.tax_line_id] == [
        "400000"
    ]
    back = invoice(env, ann, line, move_type="out_refund")
    assert [each.account_id.code for each in back.line_ids if each.tax_line_id] == ["201000"]
    assert back.amount_total_signed == D(-110)


def test_a_copy_is_a_draft_of_today(env: Environment, ann: Any, frame: Any) -> None:
    move = invoice(env, ann, {"product_id": frame.id, "quantity": 2, "price_unit": 90})
    move.action_post()
    again = move.copy()
    assert (again.state, again.name, again.amount_total) == ("draft", None, move.amount_total)
    assert again.invoice_date is None
    assert len(again.line_ids) == len(move.line_ids)


def test_a_plain_entry_is_what_its_lines_say(env: Environment) -> None:
    codes = {each.code: each.id for each in env["account.account"].search([])}
    move = env["account.move"].create(
        {
            "date": date(2026, 5, 1),
            "line_ids": [
                Command.create({"account_id": codes["101100"], "debit": 70, "name": "Bank"}),
                Command.create({"account_id": codes["301000"], "credit": 70, "name": "Capital"}),
            ],
        }
    )
    assert (move.amount_total, move.journal_id.code) == (D(70), "MISC")
    line = move.line_ids[0]
    line.write({"credit": 20})
    assert (line.debit, line.credit, line.balance, line.amount_currency) == (D(0), D(20), D(-20), D(-20))
    line.write({"debit": 70})
    move.action_post()
    assert move.name == "MISC/2026/00001"


def test_what_is_worked_out_cannot_be_given(env: Environment, ann: Any, frame: Any) -> None:
    move = invoice(env, ann, {"product_id": frame.id})
    with pytest.raises(ValidationError) as caught:
        move.write({"amount_total": 5, "state": "posted", "ref": "x"})
    assert {problem.path for problem in caught.value.problems} == {"amount_total", "state"}
    with pytest.raises(ValidationError):
        invoice(env, ann, {"product_id": frame.id}, state="posted")
    with pytest.raises(ValidationError):
        move.line_ids.filtered(lambda line: line.display_type == "tax").write({"balance": 5})
    with pytest.raises(ValidationError):
        move.invoice_line_ids.write({"price_subtotal": 5})
    # what was read may be written back whole
    move.write({"amount_total": move.amount_total, "state": "draft", "ref": "ours"})
    assert move.ref == "ours"


def test_without_a_chart_the_journal_is_named(env: Environment, ann: Any) -> None:
    other = env["res.company"].create({"name": "Second"})
    with pytest.raises(ValidationError) as caught:
        invoice(env, ann, {"name": "x", "price_unit": 1}, company_id=other.id)
    assert [problem.code for problem in caught.value.problems] == ["no_journal"]
