"""Which shelves give, and who gives back: tables, and what holds for any shelves."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.stock.quantities import is_none, minus, settled, total
from entrepot.addons.stock.reservation import Promise, Shelf, given_back, taken

DAY = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def shelf(location, quantity, reserved=0.0, day=0):
    return Shelf(location, quantity, reserved, DAY + dt.timedelta(days=day))


@pytest.mark.parametrize(
    ("wanted", "shelves", "found"),
    [
        (5, [], []),
        (5, [shelf(1, 10)], [(1, 5)]),
        (5, [shelf(1, 3)], [(1, 3)]),
        (5, [shelf(1, 3, day=2), shelf(2, 4, day=1)], [(2, 4), (1, 1)]),
        (5, [shelf(1, 10, reserved=8), shelf(2, 10, reserved=9)], [(1, 2), (2, 1)]),
        (5, [shelf(1, -2), shelf(2, 9)], [(2, 5)]),
        (0.3, [shelf(1, 0.1), shelf(2, 0.2)], [(1, 0.1), (2, 0.2)]),
        (0, [shelf(1, 3)], []),
    ],
)
def test_what_came_first_goes_first(wanted, shelves, found):
    assert taken(wanted, shelves) == found


@pytest.mark.parametrize(
    ("on_hand", "promises", "found"),
    [
        (10, [(1, 4), (2, 6)], {}),
        (7, [(1, 4), (2, 6)], {2: 3}),
        (3, [(1, 4), (2, 6)], {2: 6, 1: 1}),
        (-5, [(1, 4), (2, 6)], {2: 6, 1: 4}),
        (0.2, [(1, 0.1), (2, 0.2)], {2: 0.1}),
    ],
)
def test_the_last_in_turn_gives_back_first(on_hand, promises, found):
    assert given_back(on_hand, [Promise(line, held, (line,)) for line, held in promises]) == found


amounts = st.integers(0, 2_000_000).map(lambda count: count / 1000)
shelves = st.lists(st.tuples(amounts, amounts, st.integers(0, 9)), max_size=8).map(
    lambda rows: [shelf(at, total((held, free)), held, day) for at, (held, free, day) in enumerate(rows)]
)


@given(amounts, shelves)
def test_never_more_than_wanted_and_never_more_than_free(wanted, known):
    found = taken(wanted, known)
    free = {each.location_id: each.free for each in known}
    assert all(0 < part <= free[location] for location, part in found)
    assert total(part for _, part in found) == min(wanted, total(free.values()))


@given(amounts, st.lists(amounts, max_size=8))
def test_what_is_left_of_promises_fits(on_hand, held):
    found = given_back(on_hand, [Promise(at, each, (at,)) for at, each in enumerate(held)])
    left = [minus(each, found.get(at, 0.0)) for at, each in enumerate(held)]
    assert all(each >= 0 for each in left)
    assert total(left) == min(on_hand, total(held))


def test_sums_have_no_noise():
    assert total([0.1] * 3) == 0.3
    assert minus(0.3, 0.1) == 0.2
    assert settled(1 / 3) == 0.333333
    assert is_none(0.0000004)
    assert str(minus(1, 1)) == "0.0"
