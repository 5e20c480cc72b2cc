from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from entrepot.kernel.domain.parse import parse
from entrepot.kernel.domain.shape import shape


def shaped(*domain):
    values = []
    return shape(parse(list(domain)), values), values


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 2),
        (1, -5.5),
        (Decimal(1), 3),
        ("a", "b"),
        (None, False),
        (0, 0.0),
        (0, Decimal(0)),
        ([1, 2], [3]),
        ([1, None], [False, 7]),
        (date(2026, 1, 1), "2026-01-01"),
    ],
)
def test_values_that_are_compared_alike_share_a_shape(one, other):
    assert shaped(["a", "=", one])[0] == shaped(["a", "=", other])[0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 0),
        (0, False),
        (1, True),
        ("a", ""),
        ("", False),
        ("a", "ä"),
        ([1], 1),
        ([1], []),
        ([1], [1, None]),
        ([None], [1, None]),
        ([1], [1, 0]),
        ([0], [False]),
        ([1], [1, Decimal(0)]),
        (["a"], ["a", ""]),
        ([True], [False]),
        ([True, False], [True]),
    ],
)
def test_values_that_need_other_sql_have_other_shapes(one, other):
    assert shaped(["a", "=", one])[0] != shaped(["a", "=", other])[0]


def test_field_operator_and_structure_are_part_of_the_shape():
    base = (["a", "=", 1], ["b", "=", 1])
    shapes = [
        shaped(*base),
        shaped("|", *base),
        shaped("!", *base),
        shaped(["a", "=", 1]),
        shaped(["a", "<", 1], base[1]),
        shaped(["b", "=", 1], ["a", "=", 1]),
        shaped(["a", "any", [base[1]]], base[1]),
    ]
    assert len({found for found, _ in shapes}) == len(shapes)


def test_values_come_in_the_order_of_the_leaves():
    assert shaped(["a", "any", [["b", "=", 1], ["c", "=", 2]]], "|", ["d", "=", 3], ["e", "in", [4]])[1] == [
        1,
        2,
        3,
        [4],
    ]
