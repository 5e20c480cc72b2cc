"""Questions to the ledger: trial balance, general ledger, and who owes for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.account.ageing import BUCKETS, Due, age, names
from entrepot.api import BadRequest, Environment

D = Decimal
Make = Callable[..., Any]
AT = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("late", "bucket"),
    [
        (-5, "not_due"),
        (0, "not_due"),
        (1, "1_30"),
        (30, "1_30"),
        (31, "31_60"),
        (90, "61_90"),
        (120, "91_120"),
        (121, "older"),
    ],
)
def test_a_debt_is_in_the_bucket_of_its_days(late: int, bucket: str) -> None:
    row = age([Due(7, AT - timedelta(days=late), D(10))], AT)[7]
    assert {name for name, amount in zip(names(), row, strict=True) if amount} == {bucket}


@given(
    st.lists(
        st.builds(
            Due,
            st.integers(1, 3),
            st.dates(date(2025, 1, 1), date(2027, 1, 1)),
            st.decimals(-99, 99, places=2),
        )
    )
)
def test_buckets_add_up_to_what_is_owed(items: list[Due]) -> None:
    found = age(items, AT, BUCKETS)
    for partner, row in found.items():
        assert sum(row, D(0)) == sum((item.amount for item in items if item.partner == partner), D(0))


def test_ageing_of_customers_at_a_day(env: Environment, invoice: Make, pay: Make, ann: Any) -> None:
    early = invoice(100, invoice_date=date(2026, 3, 1))
    invoice(40, invoice_date=date(2026, 5, 20))
    pay(early, amount=30, payment_date=date(2026, 4, 10))
    pay(early, payment_date=date(2026, 7, 10))
    lines = env["account.move.line"]
    report = lines.partner_ageing("receivable", "2026-05-25")
    assert report["partners"] == [
        {
            "partner_id": ann.id,
            "name": "Ann",
            "total": D(110),
            "not_due": D(0),
            "1_30": D(40),
            "31_60": D(0),
            "61_90": D(70),
            "91_120": D(0),
            "older": D(0),
        }
    ]
    assert lines.partner_ageing("receivable", date(2026, 3, 1))["totals"]["not_due"] == D(100)
    assert lines.partner_ageing("receivable", date(2026, 8, 1))["totals"]["total"] == D(40)
    assert lines.partner_ageing("payable", AT)["partners"] == []


def test_ageing_of_vendors_is_positive(env: Environment, invoice: Make) -> None:
    invoice(40, move_type="in_invoice")
    assert env["account.move.line"].partner_ageing("payable", "2026-03-20")["totals"]["1_30"] == D(40)


def test_the_trial_balance_proves_that_the_ledger_balances(
    env: Environment, invoice: Make, pay: Make
) -> None:
    pay(invoice(100, invoice_date=date(2026, 2, 1)), payment_date=date(2026, 3, 10))
    invoice(7, post=False)
    report = env["account.move.line"].trial_balance("2026-03-01", "2026-03-31")
    rows = {
        row["code"]: (row["opening"], row["debit"], row["credit"], row["balance"])
        for row in report["accounts"]
    }
    assert rows == {
        "101100": (D(0), D(100), D(0), D(100)),
        "121000": (D(100), D(0), D(100), D(0)),
        "400000": (D(-100), D(0), D(0), D(-100)),
    }
    assert report["balanced"]
    assert report["debit"] == report["credit"] == D(100)


def test_the_general_ledger_runs_on(env: Environment, invoice: Make) -> None:
    first = invoice(100, invoice_date=date(2026, 2, 1))
    invoice(40)
    account = first.open_lines().account_id
    assert account.current_balance == D(140)
    lines = env["account.move.line"]
    report = lines.general_ledger(account.id, "2026-03-01")
    assert (report["opening"], report["closing"], report["complete"]) == (D(100), D(140), True)
    assert [(row["move"], row["balance"]) for row in report["lines"]] == [("INV/2026/00002", D(140))]
    assert not lines.general_ledger(account.id, limit=1)["complete"]


def test_odd_questions_are_refused(env: Environment) -> None:
    lines = env["account.move.line"]
    for ask in (
        lambda: lines.partner_ageing("whatever"),
        lambda: lines.trial_balance("yesterday"),
        lambda: lines.trial_balance(5),
    ):
        with pytest.raises(BadRequest):
            ask()
