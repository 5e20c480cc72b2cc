"""States of orders go forward only."""

from __future__ import annotations

from itertools import product

import pytest

from entrepot.addons.exchange.order_states import CANCELED, DELIVERED, DELIVERY, KEYS, PREPARATION, is_forward


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (None, PREPARATION),
        (None, DELIVERED),
        (PREPARATION, DELIVERY),
        (PREPARATION, DELIVERED),
        (DELIVERY, DELIVERED),
        (None, CANCELED),
        (PREPARATION, CANCELED),
        (DELIVERY, CANCELED),
    ],
)
def test_steps_forward(now: str | None, wanted: str) -> None:
    assert is_forward(now, wanted)


def test_no_way_leads_back() -> None:
    for now, wanted in product(KEYS, KEYS):
        if is_forward(now, wanted):
            assert not is_forward(wanted, now)


def test_nothing_follows_the_ends() -> None:
    assert not any(is_forward(end, wanted) for end in (CANCELED, DELIVERED) for wanted in KEYS)
