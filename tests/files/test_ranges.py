from __future__ import annotations

import pytest

from entrepot.files.ranges import Range, Unsatisfiable, is_range_current, is_unchanged, parse_range


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        (None, 10, None),
        ("bytes=0-0", 10, Range(0, 0)),
        ("bytes=2-5", 10, Range(2, 5)),
        ("bytes=2-", 10, Range(2, 9)),
        ("bytes=-3", 10, Range(7, 9)),
        ("bytes=-30", 10, Range(0, 9)),
        ("bytes=5-99", 10, Range(5, 9)),
        ("Bytes = 0-1", 10, Range(0, 1)),
        ("bytes=5-2", 10, None),
        ("bytes=-", 10, None),
        ("bytes=a-b", 10, None),
        ("bytes=0-1,3-4", 10, None),
        ("lines=0-1", 10, None),
        ("bytes=٣-", 10, None),
        (f"bytes=0-{'9' * 30}", 10, None),
    ],
)
def test_a_range_is_cut_at_the_end_or_ignored(header, size, expected):
    assert parse_range(header, size) == expected


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=10-12", 10), ("bytes=-0", 10), ("bytes=-1", 0)]
)
def test_a_range_without_a_byte_is_unsatisfiable(header, size):
    with pytest.raises(Unsatisfiable):
        parse_range(header, size)


def test_a_range_counts_both_ends():
    assert Range(2, 5).length == 4


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ("*", True),
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ('"b"', False),
        ("a", False),
    ],
)
def test_tags_compare_weakly_for_what_a_client_holds(header, expected):
    assert is_unchanged(header, '"a"') is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [(None, True), ('"a"', True), ('W/"a"', False), ('"b"', False), ("Sat, 22 Nov 2026 10:00:00 GMT", False)],
)
def test_a_range_needs_the_very_same_content(header, expected):
    assert is_range_current(header, '"a"') is expected
