"""The shares of a down payment."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.account.tax_engine import PricedLine, TaxRule, compute_document
from entrepot.addons.sale.down_payment import Part, parts, share

D = Decimal


def test_one_part_for_each_way_of_taxing():
    lines = [((1,), D(100)), ((2,), D(50)), ((1,), D(20)), ((), D(0))]
    assert parts(lines, D("0.3")) == [Part((1,), D(36)), Part((2,), D(15))]


def test_the_share_of_an_amount():
    assert share(D(30), D(120)) == D("0.25")
    assert share(D(30), D(0)) == 1


amounts = st.decimals(1, 10_000, places=2)


@given(
    st.lists(st.tuples(st.sampled_from([(), (1,), (2,)]), amounts), min_size=1, max_size=6),
    st.integers(1, 100),
)
def test_parts_add_up_to_the_share(lines, percent):
    whole = sum(price for _, price in lines)
    found = sum(part.price for part in parts(lines, D(percent) / 100))
    assert abs(found - whole * percent / 100) <= D("0.000002")


@given(
    whole=st.decimals(20, 10_000, places=2),
    cents=st.integers(100, 2000),
    rate=st.sampled_from([0, 7, 15, 19, 21]),
)
def test_a_round_sum_with_tax_stays_round(whole, cents, rate):
    rule = TaxRule(key=1, kind="percent", amount=D(rate))
    total = compute_document([PricedLine(whole, taxes=(rule,))]).included
    asked = D(cents) / 100
    (part,) = parts([((1,), whole)], share(asked, total))
    billed = compute_document([PricedLine(part.price, taxes=(rule,))]).included
    # The total itself was rounded, so its share may be off by a part of a cent: one cent at most in the end.
    assert abs(billed - asked) <= D("0.01")
