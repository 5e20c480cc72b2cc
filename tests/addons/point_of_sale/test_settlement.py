"""The closing entry as plain values: it balances whatever was sold."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.point_of_sale.settlement import Received, Sold, Taxed, Ticket, Till, closing, taken_back

CASH, GAIN, LOSS, OWED, MOVED = 1, 2, 3, 4, 5
cents = st.integers(-10_000, 10_000).map(lambda each: Decimal(each) / 100)


@st.composite
def tickets(draw):
    lines = draw(
        st.lists(st.tuples(st.integers(10, 12), cents, cents, st.booleans()), min_size=1, max_size=4)
    )
    sold, taxed = [], []
    for account, net, tax, has_tax in lines:
        sold.append(Sold(account, (7,) if has_tax else (), net))
        if has_tax:
            taxed.append(Taxed(7, 20, net, tax))
    total = sum((each.net for each in sold), Decimal(0)) + sum((each.amount for each in taxed), Decimal(0))
    rounding = draw(st.sampled_from([Decimal(0), Decimal("0.02"), Decimal("-0.01")]))
    part = draw(cents)
    later = draw(st.booleans())
    received = (
        Received(1, CASH, 0, total + rounding - part),
        Received(2, OWED, 5, part) if later else Received(3, 30, 0, part),
    )
    invoiced = (OWED, 5) if draw(st.booleans()) else None
    return Ticket(draw(st.integers(1, 1000)), total, tuple(sold), tuple(taxed), received, invoiced)


@given(st.lists(tickets(), max_size=8), cents, st.lists(cents, max_size=3))
def test_the_entry_balances(sold, counted_off, moved):
    till = Till(CASH, counted_off, tuple(enumerate(moved)), MOVED)
    lines = closing(sold, till, GAIN, LOSS)
    assert sum((line.amount for line in lines), Decimal(0)) == 0
    assert all(line.amount for line in lines)
    cash = sum(
        (each.amount for ticket in sold for each in ticket.received if each.account == CASH), Decimal(0)
    )
    booked = sum((line.amount for line in lines if line.account == CASH), Decimal(0))
    assert booked == cash + counted_off + sum(moved, Decimal(0))


@given(tickets())
def test_taking_sales_back_balances_and_undoes_them(ticket):
    back = taken_back(ticket, OWED, 5)
    assert sum((line.amount for line in back), Decimal(0)) == 0
    plain = Ticket(ticket.key, ticket.total, ticket.sold, ticket.taxed, ticket.received)
    both = [*closing([plain], Till(CASH), GAIN, LOSS), *back]
    for kind in ("sale", "tax"):
        assert sum((line.amount for line in both if line.kind == kind), Decimal(0)) == 0
