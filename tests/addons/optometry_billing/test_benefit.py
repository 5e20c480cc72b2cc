"""Who pays what: tables, and what must hold whatever the numbers are."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.optometry_billing.benefit import CATEGORIES, Benefit, Charge, Share, part_due, split

D = Decimal


@pytest.mark.parametrize(
    ("benefit", "amount", "insurer", "patient", "discount"),
    [
        (Benefit(D(150)), "120.00", "120.00", "0.00", "0"),
        (Benefit(D(150)), "200.00", "150.00", "50.00", "0"),
        (Benefit(D(150), discount=D(20)), "200.00", "150.00", "40.00", "10.00"),
        (Benefit(D(150), discount=D("33.33")), "150.10", "150.00", "0.07", "0.03"),
        (Benefit(copay=D(25)), "180.00", "155.00", "25.00", "0"),
        (Benefit(copay=D(25)), "10.00", "0.00", "10.00", "0"),
        (Benefit(D(100), D(20), D(50)), "140.00", "80.00", "40.00", "20.00"),
        (Benefit(D(0), discount=D(100)), "60.00", "0.00", "0.00", "60.00"),
        (Benefit(D(150)), "-30.00", "0", "-30.00", "0"),
    ],
)
def test_a_charge_in_its_parts(benefit, amount, insurer, patient, discount):
    (share,) = split([Charge("frame", D(amount))], {"frame": benefit})
    assert share == Share(D(insurer), D(patient), D(discount))


def test_allowance_and_copay_are_spent_once_over_a_pair():
    pair = [Charge("lens", D(90)), Charge("lens", D(90))]
    assert split(pair, {"lens": Benefit(copay=D(25))}) == [
        Share(D(65), D(25), D(0)),
        Share(D(90), D(0), D(0)),
    ]
    boxes = [Charge("contact_lens", D(80)), Charge("contact_lens", D(80))]
    shares = split(boxes, {"contact_lens": Benefit(D(130))})
    assert [share.insurer for share in shares] == [D(80), D(50)]


def test_what_is_no_benefit_is_the_patients():
    assert split([Charge("none", D(49))], {"frame": Benefit()}) == [Share(D(0), D(49))]


cents = st.integers(-5_000_00, 50_000_00).map(lambda each: D(each) / 100)
positive = st.integers(0, 5_000_00).map(lambda each: D(each) / 100)
percents = st.integers(0, 100_00).map(lambda each: D(each) / 100)
benefits = st.builds(Benefit, st.none() | positive, positive, percents)
charges = st.lists(st.builds(Charge, st.sampled_from([name for name, _ in CATEGORIES]), cents), max_size=12)
plans = st.dictionaries(st.sampled_from([name for name, _ in CATEGORIES]), benefits)


@given(charges, plans)
def test_the_parts_are_the_whole_and_none_is_negative(charges, plan):
    shares = split(charges, plan)
    assert len(shares) == len(charges)
    for charge, share in zip(charges, shares, strict=True):
        assert share.insurer + share.patient + share.discount == charge.amount
        assert share.insurer >= 0
        assert share.discount >= 0
        assert share.patient >= 0 or charge.amount < 0


@given(charges, plans)
def test_no_more_than_the_allowance_less_the_copay(charges, plan):
    shares = split(charges, plan)
    for category, benefit in plan.items():
        mine = [
            (charge.amount, share)
            for charge, share in zip(charges, shares, strict=True)
            if charge.category == category and charge.amount > 0
        ]
        paid = sum((share.insurer for _, share in mine), D(0))
        covered = sum((amount for amount, _ in mine), D(0))
        if benefit.allowance is not None:
            covered = min(covered, benefit.allowance)
        assert paid == covered - min(covered, benefit.copay)


@given(positive, st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_however_a_quantity_is_cut_its_parts_add_up(amount, quantities):
    whole, before, parts = D(sum(quantities)), D(0), []
    for now in map(D, quantities):
        parts.append(part_due(amount, whole, before, now))
        before += now
    assert sum(parts) == amount
    assert all(part >= 0 for part in parts)
    assert part_due(amount, whole, whole, D(3)) == 0
