"""Whether payments settle a ticket."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.point_of_sale.paying import NotSettledError, Paid, Settled, settle


def paid(*amounts):
    return [Paid(Decimal(amount.removesuffix("c")), amount.endswith("c")) for amount in amounts]


@pytest.mark.parametrize(
    ("total", "payments", "step", "change", "rounding"),
    [
        ("10", ["10"], "0", "0", "0"),
        ("10", ["20c"], "0", "10", "0"),
        ("10", ["8", "5c"], "0", "3", "0"),
        ("9.98", ["10c"], "0.05", "0", "0.02"),
        ("9.97", ["10c"], "0.05", "0.05", "-0.02"),
        ("9.98", ["9.98"], "0.05", "0", "0"),
        ("-5", ["-5c"], "0", "0", "0"),
        ("-4.98", ["-5c"], "0.05", "0", "-0.02"),
        ("0", [], "0", "0", "0"),
        ("10", ["20c", "-10c"], "0", "0", "0"),
    ],
)
def test_what_settles(total, payments, step, change, rounding):
    found = settle(Decimal(total), paid(*payments), Decimal(step))
    assert found == Settled(Decimal(change), Decimal(rounding))


@pytest.mark.parametrize(
    ("total", "payments", "code"),
    [
        ("10", [], "unpaid"),
        ("10", ["9.99c"], "unpaid"),
        ("10", ["11"], "overpaid"),
        ("10", ["20", "1c"], "overpaid"),
        ("-5", ["-6c"], "overpaid"),
        ("-5", ["-4c"], "unpaid"),
    ],
)
def test_what_does_not(total, payments, code):
    with pytest.raises(NotSettledError) as caught:
        settle(Decimal(total), paid(*payments))
    assert caught.value.code == code


cents = st.integers(-100_000, 100_000).map(lambda each: Decimal(each) / 100)
payments_ = st.lists(st.builds(Paid, cents, st.booleans()), max_size=5)


@given(cents, payments_, st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.1")]))
def test_what_is_kept_is_the_total_and_rounding(total, payments, step):
    try:
        found = settle(total, payments, step)
    except NotSettledError:
        return
    assert sum((each.amount for each in payments), Decimal(0)) - found.change - found.rounding == total
    assert abs(found.rounding) <= step / 2
    assert found.change >= 0
