"""Which vendor's offer holds."""

from datetime import date
from decimal import Decimal

import pytest

from entrepot.addons.product.sellers import Offer, choose

DAY = date(2026, 7, 30)
D = Decimal
ACME, BOLT = frozenset({1}), frozenset({2, 20})


@pytest.mark.parametrize(
    ("offers", "asked", "chosen"),
    [
        ([], {}, None),
        ([Offer(id=1, partners=ACME)], {}, 1),
        ([Offer(id=1, partners=ACME)], {"partner": 2}, None),
        ([Offer(id=1, partners=BOLT)], {"partner": 20}, 1),
        ([Offer(id=1, min_quantity=D(10))], {"quantity": D(9)}, None),
        ([Offer(id=1, min_quantity=D(10))], {"quantity": D(10)}, 1),
        ([Offer(id=1, min_quantity=D(10))], {"quantity": None}, 1),
        ([Offer(id=1), Offer(id=2, min_quantity=D(10))], {"quantity": D(12)}, 2),
        ([Offer(id=1, sequence=2), Offer(id=2, sequence=1, price=D(9))], {}, 2),
        ([Offer(id=1, price=D(9)), Offer(id=2, price=D(8))], {}, 2),
        ([Offer(id=1), Offer(id=2, product=7, price=D(9))], {}, 2),
        ([Offer(id=1, product=8)], {}, None),
        ([Offer(id=1, start=date(2026, 7, 31))], {}, None),
        ([Offer(id=1, end=date(2026, 7, 29))], {}, None),
        ([Offer(id=1, start=DAY, end=DAY)], {}, 1),
        ([Offer(id=2), Offer(id=1)], {}, 1),
    ],
)
def test_which_offer_holds(offers, asked, chosen):
    found = choose(offers, product=7, day=DAY, **{"quantity": D(1), **asked})
    assert (found.id if found else None) == chosen
