"""Conversion and rounding of quantities."""

import pytest

from entrepot.addons.uom.conversion import converted, rounded


@pytest.mark.parametrize(
    ("quantity", "step", "method", "expected"),
    [
        (1.005, 0.01, "HALF-UP", 1.01),
        (1.004, 0.01, "HALF-UP", 1.0),
        (1.001, 0.01, "UP", 1.01),
        (1.009, 0.01, "DOWN", 1.0),
        (-1.001, 0.01, "UP", -1.01),
        (-1.005, 0.01, "HALF-UP", -1.01),
        (0.30000000000000004, 0.1, "UP", 0.3),
        (7.0, 6.0, "UP", 12.0),
        (0.0, 0.01, "UP", 0.0),
        (3.14, 0.0, "UP", 3.14),
    ],
)
def test_rounding(quantity, step, method, expected):
    assert rounded(quantity, step, method) == expected


@pytest.mark.parametrize(
    ("quantity", "factor", "other", "expected"),
    [
        (2, 1 / 12, 1.0, 24.0),
        (24, 1.0, 1 / 12, 2.0),
        (1500, 1000.0, 1.0, 1.5),
        (1, 1.0, 1000.0, 1000.0),
        (4, 8.0, 1.0, 0.5),
        (0, 1.0, 1000.0, 0.0),
    ],
)
def test_conversion(quantity, factor, other, expected):
    assert converted(quantity, factor, other) == expected


def test_there_and_back_is_the_same():
    for quantity in (0.01, 1, 3, 17.25, 123456.78):
        assert converted(converted(quantity, 1.0, 2.20462262185), 2.20462262185, 1.0) == pytest.approx(
            quantity, rel=1e-11
        )
