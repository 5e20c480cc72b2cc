from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.errors import BadQuery
from entrepot.kernel.crud.rest_page import Page, numbers, page

TABLE = {
    # page asked, rows in it, all rows: count prev current next total_pages
    (Page(), 7, 7): (7, None, 1, None, 1),
    (Page(limit=3), 3, 7): (3, None, 1, None, 1),
    (Page(), 0, 0): (0, None, 1, None, 1),
    (Page(1, 3), 3, 7): (3, None, 1, 2, 3),
    (Page(2, 3), 3, 7): (3, 1, 2, 3, 3),
    (Page(3, 3), 1, 7): (1, 2, 3, None, 3),
    (Page(4, 3), 0, 7): (0, 3, 4, None, 3),
    (Page(99, 3), 0, 7): (0, 3, 99, None, 3),
    (Page(1, 3), 0, 0): (0, None, 1, None, 0),
    (Page(2, 3), 0, 0): (0, None, 2, None, 0),
    (Page(1, 7), 7, 7): (7, None, 1, None, 1),
    (Page(1, 3, offset=5), 2, 7): (2, None, 1, None, 1),
    (Page(1, 3, limit=2), 2, 7): (2, None, 1, 2, 3),
}
BOUNDS = {
    Page(): (0, None),
    Page(limit=5): (0, 5),
    Page(offset=2): (2, None),
    Page(1, 10): (0, 10),
    Page(3, 10): (20, 10),
    Page(3, 10, offset=5): (25, 10),
    Page(3, 10, limit=4): (20, 4),
    Page(3, 10, limit=40): (20, 10),
}


@pytest.mark.parametrize("case", TABLE)
def test_the_numbers_of_an_answer(case):
    found = numbers(*case)
    assert (found["count"], found["prev"], found["current"], found["next"], found["total_pages"]) == TABLE[
        case
    ]
    assert found["total"] == case[2]


@pytest.mark.parametrize("asked", BOUNDS)
def test_where_a_page_lies(asked):
    assert asked.bounds == BOUNDS[asked]


@given(st.integers(0, 200), st.integers(1, 20), st.integers(0, 30))
def test_pages_followed_by_next_hold_every_row_once(total, size, offset):
    rows, seen, number = list(range(total)), [], 1
    while number is not None:
        asked = page(number, size, offset, None)
        start, limit = asked.bounds
        part = rows[start : start + limit]
        seen += part
        told = numbers(asked, len(part), total)
        assert told["count"] == len(part)
        number = told["next"]
    assert seen == rows[offset:]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"number": 0}, "page"),
        ({"number": -1}, "page"),
        ({"number": "1"}, "page"),
        ({"number": True}, "page"),
        ({"number": 2}, "page"),
        ({"size": 0}, "page_size"),
        ({"size": 1001}, "page_size"),
        ({"size": 10**9}, "page_size"),
        ({"size": 1.5}, "page_size"),
        ({"offset": -1}, "offset"),
        ({"limit": -1}, "limit"),
        ({"limit": 10**30}, "limit"),
    ],
)
def test_what_is_no_page_is_refused(given, path):
    asked = {"number": None, "size": None, "offset": None, "limit": None} | given
    with pytest.raises(BadQuery) as refusal:
        page(**asked)
    assert [each.path for each in refusal.value.problems] == [path]


def test_everything_wrong_is_said_at_once():
    with pytest.raises(BadQuery) as refusal:
        page(0, 0, -1, -1)
    assert {each.path for each in refusal.value.problems} == {"page", "page_size", "offset", "limit"}


def test_no_limit_is_said_in_three_ways():
    assert page(None, None, None, 0) == page(None, None, None, None) == page(None, None, None, False)
