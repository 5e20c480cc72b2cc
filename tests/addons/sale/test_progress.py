"""How far an order is: tables, and what always holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.sale.progress import delivery_status, line_status, order_status, to_invoice, total


@pytest.mark.parametrize(
    ("policy", "ordered", "delivered", "invoiced", "left", "status"),
    [
        ("order", 3, 0, 0, 3, "to invoice"),
        ("order", 3, 0, 3, 0, "invoiced"),
        ("order", 3, 5, 3, 0, "upselling"),
        ("order", 3, 0, 4, -1, "to invoice"),
        ("delivery", 3, 0, 0, 0, "no"),
        ("delivery", 3, 2, 0, 2, "to invoice"),
        ("delivery", 3, 2, 2, 0, "no"),
        ("delivery", 3, 3, 3, 0, "invoiced"),
        ("delivery", 3, 1, 2, -1, "to invoice"),
        ("order", 0.3, 0.1 + 0.2, 0.1 + 0.2, 0, "invoiced"),
        ("delivery", 0, 0, 0, 0, "no"),
    ],
)
def test_what_is_left_of_a_line(policy, ordered, delivered, invoiced, left, status):
    assert to_invoice(policy, ordered, delivered, invoiced) == left
    assert line_status(policy, ordered, delivered, invoiced) == status


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], "no"),
        (["no"], "no"),
        (["no", "to invoice"], "to invoice"),
        (["invoiced", "invoiced"], "invoiced"),
        (["invoiced", "upselling"], "upselling"),
        (["invoiced", "no"], "no"),
    ],
)
def test_the_status_of_an_order(lines, status):
    assert order_status(lines) == status


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ([], None),
        (["cancel"], None),
        (["assigned"], "pending"),
        (["done", "confirmed"], "partial"),
        (["done", "cancel"], "full"),
    ],
)
def test_the_status_of_its_deliveries(states, status):
    assert delivery_status(states) == status


quantities = st.integers(0, 10**6).map(lambda count: count / 100)


@given(st.sampled_from(["order", "delivery"]), quantities, quantities, quantities)
def test_invoicing_what_is_left_leaves_nothing(policy, ordered, delivered, invoiced):
    left = to_invoice(policy, ordered, delivered, invoiced)
    assert to_invoice(policy, ordered, delivered, total([invoiced, left])) == 0
    assert line_status(policy, ordered, delivered, total([invoiced, left])) != "to invoice"


@given(st.lists(quantities, max_size=20))
def test_sums_do_not_depend_on_order(values):
    assert total(values) == total(reversed(values))
