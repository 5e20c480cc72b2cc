"""Taxes: tables of known cases, and what must hold for every document."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.addons.account.tax_engine import (
    PricedLine,
    Rounding,
    TaxRule,
    UnsolvableTaxesError,
    compute_document,
    compute_line,
)

D = Decimal


def percent(amount: str, key: int = 1, **options: bool) -> TaxRule:
    return TaxRule(key, "percent", D(amount), **options)


def included(amount: str, key: int = 1, **options: bool) -> TaxRule:
    return TaxRule(key, "percent", D(amount), price_include=True, **options)


@pytest.mark.parametrize(
    ("line", "excluded", "amounts", "whole"),
    [
        (PricedLine(D(100), taxes=(percent("21"),)), "100", ["21"], "121"),
        (PricedLine(D(121), taxes=(included("21"),)), "100", ["21"], "121"),
        (PricedLine(D("9.99"), D(3), D(10), (percent("7"),)), "26.97", ["1.89"], "28.86"),
        (PricedLine(D(100), taxes=(TaxRule(1, "fixed", D("0.5")),)), "100", ["0.5"], "100.5"),
        (
            PricedLine(D(10), D(4), taxes=(TaxRule(1, "fixed", D("0.5"), price_include=True),)),
            "38",
            ["2"],
            "40",
        ),
        (PricedLine(D(80), taxes=(TaxRule(1, "division", D(20)),)), "80", ["20"], "100"),
        (PricedLine(D(100), taxes=(TaxRule(1, "division", D(20), price_include=True),)), "80", ["20"], "100"),
        # a tax on a tax, and beside it
        (
            PricedLine(D(100), taxes=(percent("10", 1, include_base_amount=True), percent("10", 2))),
            "100",
            ["10", "11"],
            "121",
        ),
        (
            PricedLine(D(121), taxes=(included("10", 1, include_base_amount=True), included("10", 2))),
            "100",
            ["10", "11"],
            "121",
        ),
        (PricedLine(D(115), taxes=(included("10", 1), included("5", 2))), "100", ["10", "5"], "115"),
        (
            PricedLine(
                D(100),
                taxes=(percent("10", 1, include_base_amount=True), percent("10", 2, is_base_affected=False)),
            ),
            "100",
            ["10", "10"],
            "120",
        ),
        # one held in the price, one on top of both
        (
            PricedLine(D(110), taxes=(included("10", 1, include_base_amount=True), percent("10", 2))),
            "100",
            ["10", "11"],
            "121",
        ),
        (PricedLine(D(-100), taxes=(percent("21"),)), "-100", ["-21"], "-121"),
        (PricedLine(D(100), D(-1), taxes=(TaxRule(1, "fixed", D(2)),)), "-100", ["-2"], "-102"),
        (PricedLine(D(5), taxes=()), "5", [], "5"),
        (PricedLine(D("0.05"), taxes=(percent("10"),)), "0.05", ["0.01"], "0.06"),
    ],
)
def test_a_line_comes_to_these_amounts(
    line: PricedLine, excluded: str, amounts: list[str], whole: str
) -> None:
    done = compute_line(line)
    assert done.excluded == D(excluded)
    assert [share.amount for share in done.taxes] == [D(each) for each in amounts]
    assert done.included == D(whole)


def test_each_tax_tells_what_it_is_worked_out_on() -> None:
    line = PricedLine(D(100), taxes=(percent("10", 1, include_base_amount=True), percent("10", 2)))
    assert [share.base for share in compute_line(line).taxes] == [D(100), D(110)]


def test_three_small_lines_lose_cents_by_line_and_none_globally() -> None:
    lines = [PricedLine(D("0.04"), taxes=(percent("10"),))] * 3
    assert compute_document(lines).taxes[0].amount == D(0)
    assert compute_document(lines, rounding="round_globally").taxes[0].amount == D("0.01")


def test_a_currency_may_count_in_fives() -> None:
    done = compute_line(PricedLine(D("9.99"), taxes=(percent("8"),)), D("0.05"))
    assert (done.excluded, done.included) == (D("10.00"), D("10.80"))


@pytest.mark.parametrize(
    "rule",
    [included("-100"), included("-150"), TaxRule(1, "division", D(100)), TaxRule(1, "division", D(130))],
)
def test_taxes_that_eat_the_whole_price_are_refused(rule: TaxRule) -> None:
    with pytest.raises(UnsolvableTaxesError):
        compute_line(PricedLine(D(100), taxes=(rule,)))


prices = st.decimals(min_value=-10_000, max_value=10_000, places=3)
quantities = st.decimals(min_value=-100, max_value=100, places=2)
discounts = st.decimals(min_value=0, max_value=100, places=1)
rates = st.decimals(min_value=0, max_value=60, places=2)
modes: st.SearchStrategy[Rounding] = st.sampled_from(["round_per_line", "round_globally"])
steps = st.sampled_from([D("0.01"), D("0.05"), D("0.001"), D(1)])


@st.composite
def rules(draw: st.DrawFn, key: int = 1) -> TaxRule:
    kind = draw(st.sampled_from(["percent", "fixed", "division"]))
    amount = draw(rates) if kind != "division" else draw(rates) / 2
    return TaxRule(key, kind, amount, *draw(st.tuples(st.booleans(), st.booleans(), st.booleans())))


@st.composite
def documents(draw: st.DrawFn) -> list[PricedLine]:
    taxes = [draw(rules(key)) for key in range(1, 4)]
    chosen = st.lists(st.sampled_from(taxes), unique=True, max_size=3).map(
        lambda some: tuple(sorted(some, key=lambda rule: rule.key))
    )
    return draw(st.lists(st.builds(PricedLine, prices, quantities, discounts, chosen), max_size=6))


@settings(max_examples=150, deadline=None)
@given(documents(), steps, modes)
def test_included_less_excluded_is_the_sum_of_the_taxes(
    lines: list[PricedLine], step: D, mode: Rounding
) -> None:
    done = compute_document(lines, step, mode)
    assert done.included - done.excluded == sum(share.amount for share in done.taxes)
    for line in done.lines:
        assert line.included - line.excluded == sum(share.amount for share in line.taxes)
        assert line.excluded % step == line.included % step == 0
    assert done.excluded == sum(line.excluded for line in done.lines)
    assert done.included == sum(line.included for line in done.lines)


@settings(max_examples=100, deadline=None)
@given(documents(), steps, modes)
def test_a_credit_note_undoes_the_invoice_to_the_cent(
    lines: list[PricedLine], step: D, mode: Rounding
) -> None:
    there = compute_document(lines, step, mode)
    back = [PricedLine(line.price_unit, -line.quantity, line.discount, line.taxes) for line in lines]
    again = compute_document(back, step, mode)
    assert again.excluded == -there.excluded
    assert [(share.key, share.amount) for share in again.taxes] == [
        (share.key, -share.amount) for share in there.taxes
    ]


@settings(max_examples=100, deadline=None)
@given(documents(), steps, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_no_total(lines: list[PricedLine], step: D, chance: object) -> None:
    shuffled = sorted(lines, key=lambda _: chance.random())  # type: ignore[attr-defined]  # a random.Random
    for mode in ("round_per_line", "round_globally"):
        one, other = compute_document(lines, step, mode), compute_document(shuffled, step, mode)
        assert (one.excluded, one.included) == (other.excluded, other.included)
        assert {share.key: share.amount for share in one.taxes} == {
            share.key: share.amount for share in other.taxes
        }


@settings(max_examples=150, deadline=None)
@given(
    st.decimals(min_value=-10_000, max_value=10_000, places=2),
    st.decimals(min_value="0.01", max_value=99, places=2),
)
def test_the_included_form_of_a_price_has_the_same_tax(price: D, rate: D) -> None:
    outside = compute_line(PricedLine(price, taxes=(percent(str(rate)),)))
    inside = compute_line(PricedLine(outside.included, taxes=(included(str(rate)),)))
    assert (inside.excluded, inside.included) == (outside.excluded, outside.included)


@settings(max_examples=100, deadline=None)
@given(st.lists(prices, min_size=1, max_size=8), rates, steps)
def test_what_a_price_holds_is_never_lost(amounts: list[D], rate: D, step: D) -> None:
    """All taxes in the price: what the customer pays is the price, rounded once."""
    lines = [PricedLine(amount, taxes=(included(str(rate)),)) for amount in amounts]
    whole = compute_document([PricedLine(sum(amounts, D(0)))], step).included
    assert compute_document(lines, step, "round_globally").included == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(prices, min_size=1, max_size=8), rates, steps)
def test_globally_the_sum_of_the_rounded_is_the_rounded_sum(amounts: list[D], rate: D, step: D) -> None:
    apart = compute_document(
        [PricedLine(each, taxes=(percent(str(rate)),)) for each in amounts], step, "round_globally"
    )
    whole = compute_document([PricedLine(sum(amounts, D(0)), taxes=(percent(str(rate)),))], step)
    assert (apart.excluded, apart.included) == (whole.excluded, whole.included)


@settings(max_examples=60, deadline=None)
@given(prices, st.integers(2, 6), rates)
def test_splitting_a_line_in_equal_parts_changes_nothing_globally(price: D, parts: int, rate: D) -> None:
    rule = percent(str(rate))
    split = compute_document([PricedLine(price, D(1), taxes=(rule,))] * parts, rounding="round_globally")
    whole = compute_document([PricedLine(price, D(parts), taxes=(rule,))], rounding="round_globally")
    assert (split.excluded, split.included) == (whole.excluded, whole.included)
