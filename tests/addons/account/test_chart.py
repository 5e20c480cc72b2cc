"""The books of several companies: each has its chart, its journals, its numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from entrepot.addons.account import chart
from entrepot.addons.account.account_types import ACCOUNT_TYPES
from entrepot.api import AccessError, Command, Environment, UserError, ValidationError

D = Decimal


def test_the_main_company_has_its_books(env: Environment) -> None:
    company = env.company
    assert company.chart_template == "generic"
    assert env["account.account"].search_count([]) == len(chart.ACCOUNTS)
    assert env["account.journal"].search([]).mapped("code") == ["INV", "BILL", "BNK1", "CSH1", "MISC", "EXCH"]
    assert company.account_sale_tax_id.name == "15%"
    assert env.ref(f"account.{company.id}_receivable").display_name == "121000 Account Receivable"


def test_the_chart_is_sound() -> None:
    kinds = {key for key, _ in ACCOUNT_TYPES}
    assert len({code for _, code, *_ in chart.ACCOUNTS}) == len(chart.ACCOUNTS)
    assert all(kind in kinds for _, _, _, kind, _ in chart.ACCOUNTS)


def test_loading_again_changes_nothing(env: Environment) -> None:
    account = env.ref(f"account.{env.company.id}_sales")
    account.name = "Lenses sold"
    assert env["account.chart.template"].try_loading("generic", env.company.id) is False
    env.company.write({"chart_template": False})
    assert env["account.chart.template"].try_loading("generic", env.company.id) is True
    assert account.name == "Lenses sold"
    assert env["account.account"].search_count([]) == len(chart.ACCOUNTS)


def test_a_second_company_keeps_its_own_books(
    env: Environment, ann: Any, invoice: Callable[..., Any]
) -> None:
    first = invoice()
    other = env["res.company"].create({"name": "Second", "currency_id": env.ref("base.EUR").id})
    other.load_chart_of_accounts()
    move = invoice(company_id=other.id)
    assert (move.name, move.company_id, move.currency_id.name) == ("INV/2026/00001", other, "EUR")
    assert first.name == "INV/2026/00001"
    assert move.line_ids.mapped("account_id.company_id") == other
    assert move.line_ids.mapped("company_id") == other


def test_a_product_takes_the_tax_of_the_documents_company(
    env: Environment, ann: Any, invoice: Callable[..., Any]
) -> None:
    other = env["res.company"].create({"name": "Second"})
    other.load_chart_of_accounts()
    both = env["product.product"].with_context(allowed_company_ids=[env.company.id, other.id])
    frame = both.create({"name": "Frame"}).with_env(env)
    assert frame.taxes_id.mapped("company_id") == env.company | other
    line = {"product_id": frame.id, "price_unit": 100}
    move = invoice(company_id=other.id, invoice_line_ids=[Command.create(line)])
    assert move.invoice_line_ids.tax_ids.company_id == other


def test_companies_do_not_mix(env: Environment, invoice: Callable[..., Any]) -> None:
    other = env["res.company"].create({"name": "Second"})
    other.load_chart_of_accounts()
    theirs = env.ref(f"account.{other.id}_sales")
    line = {"name": "x", "price_unit": 1, "account_id": theirs.id, "tax_ids": other.account_sale_tax_id.ids}
    with pytest.raises(ValidationError) as caught:
        invoice(invoice_line_ids=[Command.create(line)])
    assert {problem.code for problem in caught.value.problems} == {"other_company"}
    bank = env["account.journal"].search([("code", "=", "BNK1")])
    with pytest.raises(ValidationError), env.savepoint():
        bank.write({"default_account_id": theirs.id})
    with pytest.raises(ValidationError):
        env["account.tax"].create({"name": "Odd", "account_id": theirs.id})


def test_accounts_of_entries_stay(env: Environment, invoice: Callable[..., Any]) -> None:
    move = invoice()
    account = move.invoice_line_ids.account_id
    with pytest.raises(ValidationError):
        account.unlink()
    with pytest.raises(ValidationError):
        move.journal_id.unlink()
    with pytest.raises(ValidationError), env.savepoint():
        move.open_lines().account_id.write({"reconcile": False})
    tax = env.company.account_sale_tax_id
    taxed = invoice(taxes=tax.ids)
    with pytest.raises(ValidationError) as caught:
        tax.unlink()
    assert {problem.code for problem in caught.value.problems} == {"in_use"}
    assert taxed.amount_tax == D(15)
    with pytest.raises(ValidationError), env.savepoint():
        move.journal_id.write({"code": "A/B"})
    move.journal_id.write({"sequence_counters": {}})
    assert invoice().name == "INV/2026/00003"


@pytest.mark.parametrize(
    "values",
    [
        {"amount_type": "division", "amount": 100},
        {"amount": -100, "price_include": True},
        {"amount": 10**9},
    ],
)
def test_taxes_that_cannot_be_computed_are_refused(env: Environment, values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        env["account.tax"].create({"name": "Odd", **values})


def test_compute_all_answers_as_clients_know_it(env: Environment) -> None:
    tax = env["account.tax"].create({"name": "21%", "amount": 21, "price_include": True})
    answer = tax.compute_all(121, quantity=2.0)
    assert (answer["total_excluded"], answer["total_included"]) == (D(200), D(242))
    assert [(row["id"], row["amount"], row["base"]) for row in answer["taxes"]] == [(tax.id, D(42), D(200))]
    for odd in ("much", None, True, float("nan"), 1e30):
        with pytest.raises(UserError):
            tax.compute_all(odd)


def user(env: Environment, group: str) -> Environment:
    groups = [Command.set([env.ref(group).id])]
    made = env["res.users"].create({"name": group, "login": group, "groups_id": groups})
    return made.with_user(made.id).env


def test_who_may_do_what(env: Environment, ann: Any, invoice: Callable[..., Any]) -> None:
    move = invoice()
    billing = user(env, "account.group_account_invoice")
    reader = user(env, "account.group_account_readonly")
    nobody = user(env, "base.group_user")
    values = {
        "move_type": "out_invoice",
        "partner_id": ann.id,
        "invoice_date": date(2026, 3, 5),
        "invoice_line_ids": [Command.create({"name": "Lens", "price_unit": 100, "tax_ids": []})],
    }
    made = billing["account.move"].create(values)
    made.action_post()
    context = {"active_model": "account.move", "active_ids": made.ids}
    wizard = billing["account.payment.register"].with_context(**context).create({})
    wizard.action_create_payments()
    assert (made.name, made.payment_state) == ("INV/2026/00002", "paid")
    back = made.line_ids.remove_move_reconcile()
    assert back
    assert reader["account.move"].browse(move.ids).amount_total == D(100)
    assert reader["account.move.line"].trial_balance()["balanced"]
    for attempt in (
        lambda: reader["account.move"].create(values),
        lambda: reader["account.move"].browse(move.ids).write({"ref": "x"}),
        lambda: nobody["account.move"].browse(move.ids).read(["name"]),
        lambda: nobody["account.move.line"].search([]),
        lambda: billing["account.tax"].create({"name": "Mine", "amount": 1}),
        lambda: billing["account.chart.template"].try_loading("generic", 1),
    ):
        with pytest.raises(AccessError):
            attempt()
    assert nobody["account.tax"].search_count([]) == len(chart.TAXES)


def test_only_managers_post_into_a_closed_period(
    env: Environment, ann: Any, invoice: Callable[..., Any]
) -> None:
    env.company.period_lock_date = date(2026, 3, 31)
    move = invoice(post=False)
    billing = user(env, "account.group_account_invoice")
    with pytest.raises(ValidationError) as caught:
        move.with_user(billing.uid).action_post()
    assert [problem.code for problem in caught.value.problems] == ["locked"]
    manager = user(env, "account.group_account_manager")
    move.with_user(manager.uid).action_post()
    assert move.state == "posted"
