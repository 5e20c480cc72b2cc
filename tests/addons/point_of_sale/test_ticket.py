"""Tickets as tills send them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.point_of_sale.ticket import read_tickets

LINE = {"product_id": 3, "qty": 2, "price_unit": "1.50", "tax_ids": [[6, 0, [4]]]}
PAYMENT = {"payment_method_id": 5, "amount": 3}


def test_both_shapes_read_alike():
    new = {
        "uuid": "a",
        "session_id": 9,
        "lines": [[0, 0, LINE]],
        "payment_ids": [PAYMENT],
        "to_invoice": True,
    }
    old = {
        "id": "a",
        "to_invoice": True,
        "data": {
            "uid": "a",
            "pos_session_id": 9,
            "lines": [[0, 0, LINE]],
            "statement_ids": [[0, 0, PAYMENT]],
        },
    }
    first, problems = read_tickets([new])
    second, more = read_tickets([old])
    assert first == second
    assert not problems + more
    assert first[0].lines[0].price_unit == Decimal("1.50")
    assert (first[0].lines[0].tax_ids, first[0].payments[0].amount) == ((4,), Decimal(3))


@pytest.mark.parametrize(
    ("given_", "paths"),
    [
        ({}, ["orders"]),
        ([5], ["0."]),
        ([{}], ["0.uuid", "0.session_id"]),
        ([{"uuid": "x" * 65, "session_id": 1}], ["0.uuid"]),
        ([{"uuid": "a", "session_id": 1, "lines": [{}]}], ["0.lines.0.product_id"]),
        ([{"uuid": "a", "session_id": 1, "lines": "x"}], ["0.lines"]),
        ([{"uuid": "a", "session_id": 1, "lines": [LINE] * 501}], ["0.lines"]),
        ([{"uuid": "a", "session_id": 1, "lines": [{**LINE, "qty": "NaN"}]}], ["0.lines.0.qty"]),
        ([{"uuid": "a", "session_id": 1, "payment_ids": [{"amount": 1e300}]}], None),
        ([{"uuid": "a", "session_id": 1}, {"uuid": "a", "session_id": 1}], ["1.uuid"]),
        ([{"uuid": "a", "session_id": True}], ["0.session_id"]),
    ],
)
def test_what_is_wrong_is_named(given_, paths):
    _, problems = read_tickets(given_)
    assert problems
    assert paths is None or [problem.path for problem in problems] == paths


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["uuid", "session_id", "lines", "data", "qty", "payment_ids"]), inner
        )
    ),
    max_leaves=12,
)


@given(json)
def test_nothing_a_till_sends_breaks_the_reader(given_):
    tickets, problems = read_tickets(given_)
    assert problems or all(ticket.uuid and ticket.session_id > 0 for ticket in tickets)
