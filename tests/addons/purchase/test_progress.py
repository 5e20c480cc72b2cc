"""What is left to bill, and the words for how far an order is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.purchase.progress import order_status, receipt_status, to_bill


@pytest.mark.parametrize(
    ("policy", "ordered", "received", "billed", "left"),
    [
        ("purchase", 5, 0, 0, 5),
        ("purchase", 5, 7, 5, 0),
        ("receive", 5, 0, 0, 0),
        ("receive", 5, 3, 1, 2),
        ("receive", 5, 3, 5, -2),
        ("receive", 5, 0.3, 0.1, 0.2),
    ],
)
def test_what_is_left_to_bill(policy, ordered, received, billed, left):
    assert to_bill(policy, ordered, received, billed) == left


@pytest.mark.parametrize(
    ("left", "billed", "status"),
    [
        ([], False, "no"),
        ([0, 0], False, "no"),
        ([0], True, "invoiced"),
        ([0, 2], True, "to invoice"),
        ([-1], True, "to invoice"),
    ],
)
def test_how_far_billing_is(left, billed, status):
    assert order_status(left, billed=billed) == status


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], None),
        (["cancel"], None),
        (["assigned"], "pending"),
        (["done", "assigned"], "partial"),
        (["done", "cancel"], "full"),
    ],
)
def test_how_far_receipts_are(states, status):
    assert receipt_status(states) == status


amounts = st.integers(0, 10**9).map(lambda count: count / 1000)


@given(st.sampled_from(["purchase", "receive"]), amounts, amounts, amounts)
def test_billing_what_is_left_leaves_nothing(policy, ordered, received, billed):
    left = to_bill(policy, ordered, received, billed)
    assert abs(to_bill(policy, ordered, received, billed + left)) <= 0.000001
