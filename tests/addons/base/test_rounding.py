"""Rounding keeps its promises for every amount and step, not only for the handy ones."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.base.rounding import Method, compare, convert, decimal_places, is_zero, round_to

AMOUNTS = st.decimals(min_value=-(10**18), max_value=10**18, allow_nan=False, allow_infinity=False, places=8)
STEPS = st.sampled_from(
    [Decimal(text) for text in ("0.01", "0.001", "0.05", "1", "10", "0.25", "0.000001", "0.3")]
)
METHODS: list[Method] = ["HALF_UP", "HALF_DOWN", "HALF_EVEN", "UP", "DOWN"]


@pytest.mark.parametrize(
    ("value", "step", "method", "expected"),
    [
        ("2.675", "0.01", "HALF_UP", "2.68"),
        ("-2.675", "0.01", "HALF_UP", "-2.68"),
        ("2.675", "0.01", "HALF_DOWN", "2.67"),
        ("2.665", "0.01", "HALF_EVEN", "2.66"),
        ("2.675", "0.01", "HALF_EVEN", "2.68"),
        ("2.671", "0.01", "UP", "2.68"),
        ("-2.671", "0.01", "UP", "-2.68"),
        ("2.679", "0.01", "DOWN", "2.67"),
        ("1.02", "0.05", "HALF_UP", "1.00"),
        ("1.025", "0.05", "HALF_UP", "1.05"),
        ("15", "10", "HALF_UP", "20"),
        ("1234.5", "1", "HALF_UP", "1235"),
        ("-0.004", "0.01", "HALF_UP", "0.00"),
        ("0", "0.01", "UP", "0.00"),
        ("12345678901234567890.125", "0.01", "HALF_UP", "12345678901234567890.13"),
        ("1E+3", "0.01", "HALF_UP", "1000.00"),
    ],
)
def test_ties_and_steps(value: str, step: str, method: Method, expected: str) -> None:
    rounded = round_to(Decimal(value), Decimal(step), method)
    assert str(rounded) == expected


@given(value=AMOUNTS, step=STEPS, method=st.sampled_from(METHODS))
def test_the_result_is_a_multiple_of_the_step(value: Decimal, step: Decimal, method: Method) -> None:
    assert (Fraction(round_to(value, step, method)) / Fraction(step)).denominator == 1


@given(value=AMOUNTS, step=STEPS)
def test_the_nearest_multiple_is_at_most_half_a_step_away(value: Decimal, step: Decimal) -> None:
    for method in METHODS[:3]:
        assert abs(Fraction(round_to(value, step, method)) - Fraction(value)) <= Fraction(step) / 2


@given(value=AMOUNTS, step=STEPS, method=st.sampled_from(METHODS))
def test_rounding_twice_changes_nothing(value: Decimal, step: Decimal, method: Method) -> None:
    once = round_to(value, step, method)
    assert round_to(once, step, method) == once


@given(value=AMOUNTS, step=STEPS, method=st.sampled_from(METHODS))
def test_the_sign_only_mirrors(value: Decimal, step: Decimal, method: Method) -> None:
    assert round_to(-value, step, method) == -round_to(value, step, method)


@given(value=AMOUNTS, step=STEPS)
def test_up_and_down_enclose_the_amount(value: Decimal, step: Decimal) -> None:
    low, high = sorted((round_to(value, step, "UP"), round_to(value, step, "DOWN")))
    assert low <= value <= high
    assert high - low in (0, step)


@given(first=AMOUNTS, second=AMOUNTS, step=STEPS)
def test_comparison_is_of_rounded_amounts(first: Decimal, second: Decimal, step: Decimal) -> None:
    assert compare(first, second, step) == -compare(second, first, step)
    assert is_zero(first, step) == (compare(first, Decimal(0), step) == 0)


@pytest.mark.parametrize("step", ["0", "-0.01", "NaN", "Infinity", "1E+5000"])
def test_an_impossible_step_is_refused(step: str) -> None:
    with pytest.raises(ValueError, match="round"):
        round_to(Decimal(1), Decimal(step))


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1E+100000000", "1E-100000000"])
def test_an_impossible_amount_is_refused_quickly(value: str) -> None:
    with pytest.raises(ValueError, match="cannot round"):
        round_to(Decimal(value), Decimal("0.01"))


@pytest.mark.parametrize(
    ("step", "places"), [("0.01", 2), ("0.05", 2), ("1", 0), ("10", 0), ("0.010", 2), ("1.0", 0)]
)
def test_a_step_tells_its_decimals(step: str, places: int) -> None:
    assert decimal_places(Decimal(step)) == places


def test_conversion_goes_through_both_rates() -> None:
    cents = Decimal("0.01")
    assert convert(Decimal(100), Decimal(1), Decimal("1.0856"), cents) == Decimal("108.56")
    assert convert(Decimal("108.56"), Decimal("1.0856"), Decimal(1), cents) == Decimal("100.00")
    assert convert(Decimal("3.333"), Decimal(2), Decimal(2), None) == Decimal("3.333")
    with pytest.raises(ValueError, match="rate"):
        convert(Decimal(1), Decimal(0), Decimal(1), cents)
