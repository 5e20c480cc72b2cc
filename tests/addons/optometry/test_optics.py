"""Arithmetic of lenses, as tables."""

import pytest

from entrepot.addons.optometry import optics, prism
from entrepot.addons.optometry.optics import Power
from entrepot.addons.optometry.prism import Prism


@pytest.mark.parametrize(
    ("power", "other"),
    [
        (Power(1.00, -2.00, 180), Power(-1.00, 2.00, 90)),
        (Power(-1.25, -0.50, 90), Power(-1.75, 0.50, 180)),
        (Power(0.00, 1.25, 45), Power(1.25, -1.25, 135)),
        (Power(-3.00, -0.75, 91), Power(-3.75, 0.75, 1)),
        (Power(2.00), Power(2.00)),
        (Power(2.00, 0.0, None), Power(2.00)),
    ],
)
def test_transposition(power, other):
    assert optics.transpose(power) == other
    assert optics.transpose(optics.transpose(power)) == power


@pytest.mark.parametrize("axis", range(1, 181))
def test_transposing_twice_is_the_same_lens_at_every_axis(axis):
    power = Power(-2.25, -1.50, axis)
    there = optics.transpose(power)
    assert 1 <= there.axis <= 180
    assert optics.transpose(there) == power
    for meridian in (0, 17, 90, 133):
        assert optics.power_at(there, meridian) == pytest.approx(optics.power_at(power, meridian))


@pytest.mark.parametrize(
    ("power", "minus", "expected"),
    [
        (Power(-1.00, 2.00, 90), True, Power(1.00, -2.00, 180)),
        (Power(1.00, -2.00, 180), True, Power(1.00, -2.00, 180)),
        (Power(1.00, -2.00, 180), False, Power(-1.00, 2.00, 90)),
        (Power(1.00), True, Power(1.00)),
    ],
)
def test_the_cylinder_convention(power, minus, expected):
    assert optics.in_convention(power, minus=minus) == expected


@pytest.mark.parametrize(
    ("value", "step", "whole"),
    [
        (-2.25, 0.25, True),
        (-2.30, 0.25, False),
        (0.125, 0.25, False),
        (0.125, 0.125, True),
        (0.35, 0.05, True),
        (0.33, 0.05, False),
        (float("inf"), 0.25, False),
        (float("nan"), 0.25, False),
    ],
)
def test_steps(value, step, whole):
    assert optics.is_step(value, step) is whole


@pytest.mark.parametrize(
    ("value", "stepped"), [(-4.6, -4.5), (-4.63, -4.75), (-4.625, -4.5), (0.1, 0.0), (7.3, 7.25)]
)
def test_rounding_to_a_step_prefers_less_power(value, stepped):
    assert optics.to_step(value) == stepped


def test_spherical_equivalent_and_near():
    assert optics.spherical_equivalent(Power(-1.00, -0.50, 90)) == -1.25
    assert optics.near(Power(-1.00, -0.50, 90), 2.00) == Power(1.00, -0.50, 90)


@pytest.mark.parametrize(
    ("power", "mm", "moved"), [(-10.0, 12, -8.929), (10.0, 12, 11.364), (-4.0, 12, -3.817), (0.0, 12, 0.0)]
)
def test_vertex_conversion(power, mm, moved):
    assert optics.vertexed(power, mm) == pytest.approx(moved, abs=0.001)
    assert optics.vertexed(optics.vertexed(power, mm), -mm) == pytest.approx(power)


def test_vertex_conversion_moves_each_meridian():
    moved = optics.contact_lens(Power(-8.00, -2.00, 180), 12)
    assert moved.sphere == pytest.approx(-7.299, abs=0.001)
    assert moved.sphere + moved.cylinder == pytest.approx(optics.vertexed(-10.0, 12))
    assert moved.axis == 180


def test_a_focus_in_the_new_plane_is_refused():
    with pytest.raises(ValueError, match="focus"):
        optics.vertexed(100.0, 10)


@pytest.mark.parametrize(
    ("one", "other", "apart"), [(175, 5, 10), (90, 180, 90), (45, 45, 0), (1, 180, 1), (10, 100, 90)]
)
def test_angles_between_axes(one, other, apart):
    assert optics.axis_between(one, other) == apart
    assert optics.axis_between(other, one) == apart


def test_change_ignores_the_convention():
    change = optics.change(Power(1.00, -2.00, 180), Power(-1.00, 2.00, 90))
    assert (change.equivalent, change.axis) == (0.0, 0)
    assert optics.change(Power(-1.00, -1.00, 170), Power(-2.00, -1.00, 15)) == optics.Change(-1.0, 25)


def test_anisometropia_compares_spherical_equivalents():
    assert optics.anisometropia(Power(-1.00, -1.00, 90), Power(-5.00)) == 3.5


@pytest.mark.parametrize(
    ("power", "add", "text"),
    [
        (Power(-1.25, -0.50, 90), 2.0, "-1.25 -0.50 x 090 add +2.00"),
        (Power(0.0), None, "PL"),
        (Power(2.0, -0.25, 180), None, "+2.00 -0.25 x 180"),
    ],
)
def test_writing(power, add, text):
    assert optics.written(power, add) == text


def test_axis_zero_is_stored_as_180():
    assert [optics.stored_axis(axis) for axis in (0, 1, 180, 181)] == [180, 1, 180, 181]


@pytest.mark.parametrize(
    ("eye", "degrees", "expected"),
    [
        ("OD", 0, Prism(2.0, "in")),
        ("OS", 0, Prism(2.0, "out")),
        ("OD", 180, Prism(2.0, "out")),
        ("OS", 180, Prism(2.0, "in")),
        ("OD", 90, Prism(0.0, None, 2.0, "up")),
        ("OS", 270, Prism(0.0, None, 2.0, "down")),
    ],
)
def test_base_directions(eye, degrees, expected):
    assert prism.from_degrees(2.0, degrees, eye) == expected
    assert prism.to_degrees(expected, eye) == pytest.approx((2.0, degrees))


@pytest.mark.parametrize("eye", ["OD", "OS"])
@pytest.mark.parametrize("degrees", range(0, 360, 7))
def test_prism_survives_both_ways(eye, degrees):
    parts = prism.from_degrees(3.5, degrees, eye, step=None)
    amount, base = prism.to_degrees(parts, eye)
    assert amount == pytest.approx(3.5)
    assert (base - degrees + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


def test_pairs_of_prisms():
    up, down = Prism(vertical=2.0, vertical_base="up"), Prism(vertical=1.5, vertical_base="down")
    assert prism.vertical_imbalance(up, down) == 3.5
    assert prism.vertical_imbalance(up, up) == 0
    assert prism.horizontal_total(Prism(2.0, "in"), Prism(1.0, "out")) == 1.0


def test_prentice():
    assert prism.prentice(-5.0, 4) == -2.0
