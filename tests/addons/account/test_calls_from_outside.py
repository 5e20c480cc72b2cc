"""A billing day as a client drives it, and every answer spelled for the wire."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xmlrpc.client import loads

import pytest

from app_fixtures import PASSWORD, House
from entrepot.doors.xmlrpc.encode import response
from entrepot.errors import EntrepotError, ValidationError
from entrepot.tenants.provision import Owner

Execute = Callable[..., Any]


@pytest.fixture
def demo() -> bool:
    """Whether the tenant has demo data."""
    return False


@pytest.fixture
def execute(house: House, new_name: Callable[[], str], demo: Any) -> Execute:
    """One call of the administrator, answered as an XML-RPC client reads it."""
    name = new_name()
    house.app.administer.make(name, addons=("account",), demo=demo, owner=Owner(password=PASSWORD))

    def call(model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        answer = house.call(name, model, method, *args, **kwargs)
        return loads(response(answer), use_builtin_types=True)[0][0]

    return call


def test_a_day_of_billing(execute: Execute) -> None:
    partner = execute("res.partner", "create", {"name": "Nora"})
    line = [0, 0, {"name": "Reading glasses", "quantity": 2, "price_unit": 120.0, "tax_ids": False}]
    values = {
        "move_type": "out_invoice",
        "partner_id": partner,
        "invoice_date": "2026-03-05",
        "invoice_line_ids": [line],
    }
    move = execute("account.move", "create", values)
    execute("account.move", "action_post", [move])
    row = execute("account.move", "read", [move], ["name", "amount_total", "payment_state", "tax_totals"])[0]
    assert (row["name"], row["amount_total"], row["payment_state"]) == ("INV/2026/00001", 240.0, "not_paid")
    assert row["tax_totals"]["amount_total"] == 240.0

    action = execute("account.move", "action_register_payment", [move])
    wizard = execute(action["res_model"], "create", {"payment_date": "2026-03-09"}, context=action["context"])
    paid = execute(action["res_model"], "action_create_payments", [wizard])
    payment = execute(paid["res_model"], "read", [paid["res_id"]], ["name", "state", "amount"])[0]
    assert (payment["name"], payment["state"], payment["amount"]) == ("PBNK1/2026/00001", "paid", 240.0)
    assert execute("account.move", "read", [move], ["payment_state"])[0]["payment_state"] == "paid"

    back = execute("account.move", "action_reverse", [move], "Returned")
    execute("account.move", "action_post", back)
    report = execute("account.move.line", "trial_balance")
    assert report["balanced"] is True
    ageing = execute("account.move.line", "partner_ageing", "receivable", "2030-01-01")
    nora = next(each for each in ageing["partners"] if each["name"] == "Nora")
    assert nora["total"] == -240.0
    account = report["accounts"][0]["id"]
    assert execute("account.move.line", "general_ledger", account)["complete"] is True
    tax = execute("account.tax", "search", [["name", "=", "15%"], ["type_tax_use", "=", "sale"]])
    assert execute("account.tax", "compute_all", tax, 100.0)["total_included"] == 115.0


def test_internal_doors_stay_shut(execute: Execute) -> None:
    partner = execute("res.partner", "create", {"name": "Nora"})
    payment = execute("account.payment", "create", {"partner_id": partner, "amount": 5})
    execute("account.payment", "action_post", [payment])
    keys = {"_ledger": True, "_payment": True, "_deferred": True}
    line = execute("account.move.line", "search", [["payment_id", "=", payment], ["debit", ">", 0]])
    with pytest.raises(ValidationError):
        execute("account.move.line", "write", line, {"debit": 7}, context=keys)
    for method in ("_post", "_settle_states", "take_numbers", "_ledger", "rules"):
        with pytest.raises(EntrepotError):
            execute("account.journal", method, [1], ["INV/2026"])


@pytest.mark.parametrize("demo", [True])
def test_the_demo_keeps_books_that_balance(execute: Execute) -> None:
    assert execute("account.move", "search_count", [["state", "=", "posted"]]) > 3
    assert execute("account.move.line", "trial_balance")["balanced"] is True


_LINE = "invoice_line_ids"
_ODD: list[tuple[str, str, list[Any]]] = [
    ("account.move", "js_assign_outstanding_line", [[1], "x"]),
    ("account.move", "create", [{"move_type": ["x"]}]),
    ("account.move", "create", [{"journal_id": "x"}]),
    ("account.move", "create", [{"move_type": "out_invoice", _LINE: [[0, 0, {"tax_ids": [[6, 0, [{}]]]}]]}]),
    ("account.move", "create", [{"move_type": "out_invoice", _LINE: [[0, 0, {"display_type": []}]]}]),
    (
        "account.move",
        "create",
        [{"move_type": "out_invoice", _LINE: [[0, 0, {"quantity": 1e300, "price_unit": 1}]]}],
    ),
    ("account.move", "create", [{"line_ids": [[0, 0, {"debit": {}}]]}]),
    ("account.payment", "create", [{"state": {}}]),
    ("account.payment.register", "create", [{"line_ids": [[4]]}]),
    ("account.move.line", "general_ledger", ["x"]),
    ("account.move.line", "general_ledger", [1, None, None, "a"]),
    ("account.move.line", "partner_ageing", [["payable"]]),
    ("account.move.line", "partner_ageing", ["payable", None, 5.5]),
    ("account.tax", "compute_all", [[1], 5, "x"]),
    ("account.chart.template", "try_loading", ["generic", "x"]),
]


def test_odd_arguments_are_refused_with_a_reason(execute: Execute) -> None:
    for model, method, args in _ODD:
        with pytest.raises(EntrepotError) as caught:
            execute(model, method, *args)
        assert caught.value.code in {"bad_request", "validation_error", "user_error", "missing"}, (
            model,
            method,
            args,
        )
