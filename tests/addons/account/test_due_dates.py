"""When which part falls due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.account.due_dates import Delay, TermRule, due_date, installments
from entrepot.api import Environment, ValidationError

D = Decimal
CENT = D("0.01")


@pytest.mark.parametrize(
    ("start", "days", "delay", "day"),
    [
        (date(2026, 1, 31), 30, "days_after", date(2026, 3, 2)),
        (date(2026, 2, 3), 0, "days_after_end_of_month", date(2026, 2, 28)),
        (date(2026, 2, 3), 10, "days_after_end_of_month", date(2026, 3, 10)),
        (date(2026, 1, 31), 0, "days_after_end_of_next_month", date(2026, 2, 28)),
        (date(2027, 12, 5), 0, "days_after_end_of_next_month", date(2028, 1, 31)),
    ],
)
def test_days_are_counted_from_the_document_or_a_month_end(
    start: date, days: int, delay: Delay, day: date
) -> None:
    assert due_date(start, TermRule("percent", D(100), days, delay)) == day


def test_the_last_part_takes_what_is_left() -> None:
    rules = [TermRule("percent", D("33.33"), 0), TermRule("fixed", D(5), 10), TermRule("balance", D(0), 30)]
    assert installments(D(-100), date(2026, 3, 1), rules, CENT) == [
        (date(2026, 3, 1), D("-33.33")),
        (date(2026, 3, 11), D(-5)),
        (date(2026, 3, 31), D("-61.67")),
    ]


def test_without_a_rule_all_is_due_at_once() -> None:
    assert installments(D(7), date(2026, 3, 1), [], CENT) == [(date(2026, 3, 1), D(7))]
    assert installments(D(0), date(2026, 3, 1), [TermRule("percent", D(100), 9)], CENT) == [
        (date(2026, 3, 10), D(0))
    ]


parts = st.builds(
    TermRule,
    st.sampled_from(["percent", "fixed", "balance"]),
    st.decimals(min_value=0, max_value=100, places=2),
    st.integers(0, 90),
)


@given(st.decimals(min_value=-9999, max_value=9999, places=2), st.lists(parts, max_size=5))
def test_the_parts_add_up(total: D, rules: list[TermRule]) -> None:
    found = installments(total, date(2026, 3, 1), rules, CENT)
    assert sum((amount for _, amount in found), D(0)) == total
    assert [day for day, _ in found] == sorted({day for day, _ in found})


@pytest.mark.parametrize(
    "lines",
    [
        [{"value_amount": 60}],
        [{"value_amount": 60}, {"value_amount": 60}],
        [{"value": "balance"}, {"value": "balance"}],
        [{"value_amount": 100, "nb_days": -1}],
        [{"value_amount": 100, "nb_days": 10**6}],
        [{"value_amount": 130}],
    ],
)
def test_terms_that_make_no_whole_are_refused(env: Environment, lines: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError), env.savepoint():
        env["account.payment.term"].create({"name": "Odd", "line_ids": [(0, 0, line) for line in lines]})
