"""The normal form of conditions: what is decided before any store is asked, and what stores are asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from entrepot.api import Boolean, Char, Date, Datetime, Float, Integer, Monetary
from entrepot.kernel.domain.operand import normal, text_of, whole
from entrepot.kernel.domain.parse import FALSE, TRUE, Leaf

FIELDS = {
    "n": Integer(),
    "m": Monetary(scale=2),
    "f": Float(),
    "c": Char(),
    "b": Boolean(),
    "d": Date(),
    "t": Datetime(),
}
for name, field in FIELDS.items():
    field.name = name


def normed(name, operator, value):
    found = normal(FIELDS[name], Leaf(name, operator, value))
    if isinstance(found, Leaf):
        return found.operator, found.value
    return found == TRUE if found in (TRUE, FALSE) else None


LAST = 2**31 - 1
BIG = Decimal(2**63 - 1).scaleb(-2)


@pytest.mark.parametrize(
    ("name", "operator", "value", "form"),
    [
        ("n", "=", 5, ("=", 5)),
        ("n", "=", " 5.0 ", ("=", 5)),
        ("n", "=", "5e0", ("=", 5)),
        ("n", "=", True, ("=", 1)),
        ("n", "=", 5.5, False),
        ("n", "!=", 5.5, True),
        ("n", "<", 5.5, ("<=", 5)),
        ("n", "<=", 5.5, ("<=", 5)),
        ("n", ">", 5.5, (">", 5)),
        ("n", ">=", 5.5, (">", 5)),
        ("n", ">=", -5.5, (">", -6)),
        ("n", "<", 2**31, ("<=", LAST)),
        ("n", ">", 2**31, (">", LAST)),
        ("n", "<", -(2**32), False),
        ("n", ">", -(2**32), (">=", -(2**31))),
        ("n", "in", [1, 1.5, 2**40, None, False, "2"], ("in", [1, None, False, 2])),
        ("n", "=", None, ("=", None)),
        ("n", "like", 5, ("like", "%5%")),
        ("m", "=", "0.10", ("=", Decimal("0.1"))),
        ("m", "=", 0.105, False),
        ("m", "<", 0.105, ("<=", Decimal("0.10"))),
        ("m", ">", Decimal("-0.001"), (">", Decimal("-0.01"))),
        ("m", "<", Decimal("1e999999"), ("<=", BIG)),
        ("m", "in", [0.105, 1], ("in", [Decimal(1)])),
        ("f", "=", 1, ("=", 1.0)),
        ("f", "in", ["1.5", False], ("in", [1.5, False])),
        ("c", "=", 5, ("=", "5")),
        ("c", "=", False, ("=", False)),
        ("c", "like", False, ("like", "")),
        ("c", "like", "a", ("like", "%a%")),
        ("c", "=like", "a", ("=like", "a")),
        ("c", "like", "a\\", ("like", "%a\\\\%")),
        ("c", "like", "a\\\\", ("like", "%a\\\\%")),
        ("b", "=", "x", ("=", True)),
        ("b", "in", [0, 1], ("in", [False, True])),
        ("d", "=", "2026-01-31 10:00:00", ("=", "2026-01-31")),
        ("d", "=", datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), ("=", "2025-12-31")),
        ("t", ">=", "2026-01-31", (">=", "2026-01-31 00:00:00")),
        ("t", ">", "2026-01-31", (">", "2026-01-31 23:59:59")),
        ("t", "<", date(2026, 1, 31), ("<", "2026-01-31 00:00:00")),
        ("t", "<=", date(2026, 1, 31), ("<=", "2026-01-31 23:59:59")),
        ("t", ">", "2026-01-31 10:00", (">", "2026-01-31 10:00:00")),
        ("t", "=", datetime(2026, 1, 31, 10, tzinfo=UTC), ("=", "2026-01-31 10:00:00")),
        (
            "t",
            "=",
            datetime(2026, 1, 31, 10, tzinfo=timezone(timedelta(hours=2))),
            ("=", "2026-01-31 08:00:00"),
        ),
    ],
)
def test_a_condition_has_one_normal_form(name, operator, value, form):
    assert normed(name, operator, value) == form


COMPARE = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


@given(
    mine=some.integers(-(2**31), 2**31 - 1),
    operator=some.sampled_from(sorted(COMPARE)),
    value=some.one_of(
        some.integers(-(2**33), 2**33),
        some.integers(-5, 5),
        some.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(2**32), max_value=2**32),
    ),
    near=some.booleans(),
)
def test_the_normal_form_of_a_whole_number_s_condition_decides_as_the_condition(mine, operator, value, near):
    if near:
        mine = max(min(int(value), 2**31 - 1), -(2**31))
    found = normed("n", operator, value)
    decided = found if isinstance(found, bool) else COMPARE[found[0]](mine, found[1])
    assert decided is COMPARE[operator](mine, value)


@given(
    mine=some.decimals(places=2, min_value=-(10**14), max_value=10**14),
    operator=some.sampled_from(sorted(COMPARE)),
    value=some.decimals(
        allow_nan=False, allow_infinity=False, places=4, min_value=-(10**15), max_value=10**15
    ),
    near=some.booleans(),
)
def test_the_normal_form_of_an_amount_s_condition_decides_as_the_condition(mine, operator, value, near):
    if near:
        value = mine + value.scaleb(-19)
    found = normed("m", operator, value)
    decided = found if isinstance(found, bool) else COMPARE[found[0]](mine, found[1])
    assert decided is COMPARE[operator](mine, value)


@pytest.mark.parametrize("value", ["a\0", "\udfff", b"a"])
def test_what_no_store_keeps_is_no_text(value):
    with pytest.raises((ValueError, TypeError)):
        text_of(value)


def test_ids_are_whole_numbers():
    assert whole(Leaf("x", "=", 2**31)) == FALSE
    assert whole(Leaf("x", "in", [1, 2**31, None])) == Leaf("x", "in", [1, None])
