"""Which rule holds, and the price it makes: tables, and what is true of all of them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.product.pricing import Rule, Rules, Ware, holds, price

NOON = datetime(2026, 7, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
D = Decimal
WARE = Ware(7, 70, (5, 4, 1))
"""Variant 7 of template 70, in category 5 below 4 below 1."""

EVERY = Rule(id=1)
IN_TOP = Rule(id=2, applied_on="2_product_category", target=1)
IN_OWN = Rule(id=3, applied_on="2_product_category", target=5)
OF_TEMPLATE = Rule(id=4, applied_on="1_product", target=70)
OF_VARIANT = Rule(id=5, applied_on="0_product_variant", target=7)


@pytest.mark.parametrize(
    ("rules", "quantity", "chosen"),
    [
        ([], 1, None),
        ([EVERY], 1, 1),
        ([EVERY, IN_TOP], 1, 2),
        ([IN_TOP, IN_OWN], 1, 3),
        ([IN_OWN, IN_TOP, OF_TEMPLATE, EVERY], 1, 4),
        ([OF_TEMPLATE, OF_VARIANT], 1, 5),
        ([Rule(id=8, applied_on="0_product_variant", target=8), EVERY], 1, 1),
        ([Rule(id=8, applied_on="1_product", target=71), EVERY], 1, 1),
        ([Rule(id=8, applied_on="2_product_category", target=6), EVERY], 1, 1),
        ([EVERY, Rule(id=9, min_quantity=D(10))], 9, 1),
        ([EVERY, Rule(id=9, min_quantity=D(10))], 10, 9),
        ([Rule(id=9, min_quantity=D(10)), Rule(id=10, min_quantity=D(50))], 60, 10),
        ([Rule(id=9, min_quantity=D(10))], 9, None),
        # A larger minimum of a category above goes before a nearer category; variants before any minimum.
        ([IN_OWN, Rule(id=11, applied_on="2_product_category", target=1, min_quantity=D(5))], 5, 11),
        ([OF_VARIANT, Rule(id=12, min_quantity=D(5))], 5, 5),
        # Of rules that are alike the newer one.
        ([EVERY, Rule(id=13)], 1, 13),
        ([Rule(id=14, start=NOON + HOUR), EVERY], 1, 1),
        ([Rule(id=15, end=NOON - HOUR), EVERY], 1, 1),
        ([Rule(id=16, start=NOON, end=NOON), EVERY], 1, 16),
    ],
)
def test_which_rule_holds(rules, quantity, chosen):
    found = Rules.of(rules).choose(WARE, D(quantity), NOON)
    assert (found.id if found else None) == chosen


@pytest.mark.parametrize(
    ("rule", "base", "units", "expected"),
    [
        (None, "9.99", 1, "9.99"),
        (Rule(id=1, fixed=D("7.5")), "9.99", 1, "7.5"),
        (Rule(id=1, fixed=D("7.5")), "119.88", 12, "90"),
        (Rule(id=1, compute="percentage", percent=D(10)), "9.99", 1, "8.991"),
        (Rule(id=1, compute="percentage", percent=D(100)), "9.99", 1, "0"),
        (Rule(id=1, compute="percentage", percent=D(-20)), "10", 1, "12"),
        (Rule(id=1, compute="formula"), "10", 1, "10"),
        (Rule(id=1, compute="formula", discount=D(5)), "10", 1, "9.5"),
        # Prices that end in .99: rounded to whole tens, less a cent.
        (Rule(id=1, compute="formula", discount=D(20), step=D(10), surcharge=D("-0.01")), "103", 1, "79.99"),
        (Rule(id=1, compute="formula", discount=D(50), min_margin=D(2)), "10", 1, "12"),
        (Rule(id=1, compute="formula", surcharge=D(9), max_margin=D(3)), "10", 1, "13"),
        (Rule(id=1, compute="formula", surcharge=D(1)), "120", 12, "132"),
        (Rule(id=1, compute="formula", discount=D(50), min_margin=D(2)), "120", 12, "144"),
    ],
)
def test_what_a_rule_makes_of_a_price(rule, base, units, expected):
    assert price(rule, D(base), D(units)) == D(expected)


TARGETS = {
    "3_global": [0],
    "2_product_category": [1, 4, 5, 6],
    "1_product": [70, 71],
    "0_product_variant": [7, 8],
}


@st.composite
def rule_lists(draw):
    kinds = draw(st.lists(st.sampled_from(sorted(TARGETS)), max_size=12))
    rules = []
    for at, kind in enumerate(kinds):
        start = draw(st.sampled_from([None, NOON - HOUR, NOON + HOUR]))
        end = draw(st.sampled_from([None, NOON + HOUR, NOON - HOUR]))
        rules.append(
            Rule(
                id=at + 1,
                applied_on=kind,
                target=draw(st.sampled_from(TARGETS[kind])),
                min_quantity=D(draw(st.integers(0, 4))),
                start=start,
                end=end,
            )
        )
    return draw(st.permutations(rules))


def _rank(rule):
    nearness = -WARE.categories.index(rule.target) if rule.applied_on == "2_product_category" else 0
    return (-int(rule.applied_on[0]), rule.min_quantity, nearness, rule.id)


def _is_for(rule):
    return {
        "3_global": True,
        "2_product_category": rule.target in WARE.categories,
        "1_product": rule.target == WARE.template,
        "0_product_variant": rule.target == WARE.product,
    }[rule.applied_on]


@given(rule_lists(), st.integers(0, 5))
def test_the_chosen_rule_is_the_best_of_those_that_fit(rules, quantity):
    fitting = [rule for rule in rules if _is_for(rule) and holds(rule, D(quantity), NOON)]
    assert Rules.of(rules).choose(WARE, D(quantity), NOON) == max(fitting, key=_rank, default=None)


amounts = st.decimals(0, 100_000, places=2)


@given(
    base=amounts,
    discount=st.decimals(0, 100, places=2),
    step=st.sampled_from([D(0), D("0.05"), D(1), D(10)]),
    low=amounts,
    more=amounts,
)
def test_a_formula_keeps_to_its_margins(base, discount, step, low, more):
    rule = Rule(id=1, compute="formula", discount=discount, step=step, min_margin=low, max_margin=low + more)
    found = price(rule, base)
    if low:
        assert found >= base + low
    if low + more:
        assert found <= base + low + more


@given(base=amounts, percent=st.decimals(0, 100, places=2), units=st.integers(1, 144))
def test_a_discount_of_many_is_many_discounts(base, percent, units):
    rule = Rule(id=1, compute="percentage", percent=percent)
    exact = (base - base * percent / 100) * units
    assert abs(price(rule, base * units, D(units)) - exact) <= D("0.00005")
