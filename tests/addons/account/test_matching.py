"""Matching as arithmetic: tables, and that nothing is lost or made."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from entrepot.addons.account.matching import Match, OpenItem, match

D = Decimal
HOME, EURO, YEN = 1, 2, 3
RATES = {EURO: D("0.8"), YEN: D(150)}
STEPS = {HOME: D("0.01"), EURO: D("0.01"), YEN: D(1)}
START = date(2026, 3, 1)


def convert(amount: D, currency: int, day: date) -> D:
    return (amount * RATES[currency]).quantize(STEPS[currency])


def item(key: int, residual: str, own: str | None = None, currency: int = HOME, late: int = 0) -> OpenItem:
    day = START + timedelta(days=late)
    return OpenItem(key, currency, D(residual), D(own or residual), day, STEPS[currency])


def test_the_oldest_is_paid_first() -> None:
    done = match([item(1, "60", late=9), item(2, "40"), item(3, "-70", late=2)], HOME, D("0.01"), convert)
    assert done.matches == [Match(2, 3, D(40), D(40), D(40)), Match(1, 3, D(30), D(30), D(30))]
    assert done.differences == {}


def test_what_a_rate_leaves_is_a_difference() -> None:
    done = match([item(1, "110", "100", EURO), item(2, "-115", "-100", EURO, 5)], HOME, D("0.01"), convert)
    assert done.matches == [Match(1, 2, D(110), D(100), D(100))]
    assert done.differences == {2: D(-5)}


def test_our_currency_meets_a_foreign_one_at_the_rate_of_its_day() -> None:
    done = match([item(1, "110", "80", EURO), item(2, "-50", late=5)], HOME, D("0.01"), convert)
    assert done.matches == [Match(1, 2, D(50), D(40), D(50))]
    assert done.differences == {}


def test_two_foreign_currencies_meet_in_ours() -> None:
    done = match([item(1, "100", "80", EURO), item(2, "-50", "-7500", YEN)], HOME, D("0.01"), convert)
    assert done.matches == [Match(1, 2, D(50), D(40), D(7500))]


def test_too_little_to_be_an_amount_stays_open() -> None:
    small = item(2, "-0.001")
    done = match([item(1, "10", "1500", YEN), small], HOME, D("0.001"), convert)
    assert done.matches == []
    assert small.residual == D("-0.001")


amounts = st.decimals(min_value="-500", max_value="500", places=2).filter(bool)


@st.composite
def items(draw: st.DrawFn) -> list[OpenItem]:
    found = []
    for key in range(draw(st.integers(0, 7))):
        residual = draw(amounts)
        currency = draw(st.sampled_from([HOME, HOME, EURO, YEN]))
        own = (
            residual
            if currency == HOME
            else convert(residual * draw(st.sampled_from([D(1), D("1.25")])), currency, START)
        )
        if own:
            found.append(item(key, str(residual), str(own), currency, draw(st.integers(0, 30))))
    return found


@settings(max_examples=250, deadline=None)
@given(items())
def test_nothing_is_lost_and_nothing_made(given_items: list[OpenItem]) -> None:
    before = {each.key: (each.residual, each.residual_currency) for each in given_items}
    done = match(given_items, HOME, D("0.01"), convert)
    for each in given_items:
        sign = 1 if before[each.key][1] > 0 else -1
        mine = [one for one in done.matches if each.key in {one.debit, one.credit}]
        taken = sum((one.amount for one in mine), D(0))
        own = sum((one.debit_currency if sign > 0 else one.credit_currency for one in mine), D(0))
        assert each.residual == before[each.key][0] - sign * taken
        assert each.residual_currency == before[each.key][1] - sign * own
        # never past zero, in either currency
        assert each.residual * sign >= 0
        assert each.residual_currency * sign >= 0
        if each.key in done.differences:
            assert done.differences[each.key] == each.residual != 0
    assert all(one.amount >= 0 for one in done.matches)


@settings(max_examples=100, deadline=None)
@given(st.lists(amounts, max_size=8))
def test_in_one_currency_one_side_is_used_up(given_amounts: list[D]) -> None:
    all_items = [item(key, str(amount)) for key, amount in enumerate(given_amounts)]
    done = match(all_items, HOME, D("0.01"), convert)
    assert done.differences == {}
    assert sum((each.residual for each in all_items), D(0)) == sum(given_amounts, D(0))
    assert len({each.residual > 0 for each in all_items if each.residual}) <= 1
