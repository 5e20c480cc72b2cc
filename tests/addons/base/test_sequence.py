"""Sequences give each number once, begin anew with their period, and prefer the company's own."""

from __future__ import annotations

from datetime import date

import pytest

from entrepot.errors import ValidationError


def test_numbers_follow_each_other(env):
    env["ir.sequence"].create(
        {"name": "S", "code": "x.s", "prefix": "P", "padding": 5, "number_increment": 2}
    )
    assert [env["ir.sequence"].next_by_code("x.s") for _ in range(3)] == ["P00001", "P00003", "P00005"]
    assert env["ir.sequence"].next_by_code("x.unknown") is None


def test_a_yearly_sequence_begins_anew(env):
    made = env["ir.sequence"].create({"name": "S", "prefix": "%(year)s/", "padding": 2, "reset": "year"})
    days = [date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 1)]
    assert [made.next_by_id(day) for day in days] == ["2025/01", "2025/02", "2026/01", "2026/02"]


def test_the_companys_own_sequence_goes_first(env):
    other = env["res.company"].create({"name": "Other"})
    make = env["ir.sequence"].create
    make({"name": "All", "code": "x.s", "prefix": "A", "company_id": False})
    make({"name": "Other", "code": "x.s", "prefix": "O", "company_id": other.id})
    assert env["ir.sequence"].next_by_code("x.s") == "A1"
    assert env["ir.sequence"].with_company(other.id).next_by_code("x.s") == "O1"


@pytest.mark.parametrize(
    "values", [{"prefix": "%(yaer)s"}, {"suffix": "%"}, {"number_increment": 0}, {"padding": 99}]
)
def test_a_sequence_that_cannot_count_is_refused(env, values):
    with pytest.raises(ValidationError):
        env["ir.sequence"].create({"name": "S", **values})


def test_the_next_number_can_be_set(env):
    made = env["ir.sequence"].create({"name": "S"})
    made.write({"number_next_actual": 41})
    assert (made.next_by_id(), made.number_next) == ("41", 42)
