"""Receiving inspection against the published tolerances."""

import pytest

from entrepot.addons.optometry import tolerance
from entrepot.addons.optometry.optics import Power
from entrepot.addons.optometry.prism import Prism
from entrepot.addons.optometry.tolerance import Lens, inspect

PLANO = Lens(power=Power(0.0))


@pytest.mark.parametrize(
    ("power", "progressive", "allowed"),
    [
        (Power(-6.50), False, 0.13),
        (Power(-7.00), False, 0.14),
        (Power(-8.00), True, 0.16),
        (Power(-10.00), True, 0.20),
        (Power(-6.00, -1.00, 90), False, 0.14),
    ],
)
def test_sphere(power, progressive, allowed):
    assert tolerance.sphere_tolerance(power, progressive=progressive) == pytest.approx(allowed)


@pytest.mark.parametrize(
    ("cylinder", "progressive", "allowed"),
    [
        (-2.00, False, 0.13),
        (-4.50, False, 0.15),
        (-5.00, False, 0.20),
        (-2.00, True, 0.16),
        (-3.50, True, 0.18),
        (-4.00, True, 0.20),
    ],
)
def test_cylinder(cylinder, progressive, allowed):
    assert tolerance.cylinder_tolerance(cylinder, progressive=progressive) == pytest.approx(allowed)


@pytest.mark.parametrize(("cylinder", "degrees"), [(0.25, 14), (-0.50, 7), (0.75, 5), (-1.50, 3), (1.75, 2)])
def test_axis(cylinder, degrees):
    assert tolerance.axis_tolerance(cylinder) == degrees


def test_prism_tolerances_never_shrink_as_power_grows():
    powers = [step / 8 for step in range(200)]
    for limits in (
        [tolerance.vertical_tolerance(power) for power in powers],
        [tolerance.horizontal_tolerance(power) for power in powers],
        [tolerance.horizontal_tolerance(power, progressive=True) for power in powers],
    ):
        assert limits == sorted(limits)
    assert tolerance.vertical_tolerance(3.375) == 0.33
    assert tolerance.horizontal_tolerance(2.75) == 0.67


def quantities(ordered, measured, **kinds):
    return [each.quantity for each in inspect((ordered, PLANO), (measured, PLANO), **kinds)]


def test_a_good_lens_passes_in_either_convention():
    ordered = Lens(power=Power(1.00, -2.00, 180), add=2.0, seg_height=18)
    assert quantities(ordered, Lens(power=Power(-1.00, 2.00, 90), add=2.0, seg_height=18.5)) == []


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (Lens(power=Power(-1.13, -1.00, 90), add=2.0, seg_height=18), []),
        (Lens(power=Power(-1.25, -1.00, 90), add=2.0, seg_height=18), ["OD sphere"]),
        (Lens(power=Power(-0.75, -1.25, 90), add=2.0, seg_height=18), ["OD cylinder"]),
        (Lens(power=Power(-1.00, -1.00, 94), add=2.0, seg_height=18), ["OD axis"]),
        (Lens(power=Power(-1.00, -1.00, 90), add=2.25, seg_height=18), ["OD add"]),
        (Lens(power=Power(-1.00, -1.00, 90), add=None, seg_height=18), ["OD add"]),
        (Lens(power=Power(-1.00, -1.00, 90), add=2.0, seg_height=19.5), ["OD seg height"]),
        (
            Lens(power=Power(-1.00, -1.00, 90), add=2.0, prism=Prism(vertical=0.5, vertical_base="up")),
            ["vertical prism"],
        ),
        (Lens(power=Power(-1.00, -1.00, 90), add=2.0, prism=Prism(1.0, "in")), ["horizontal prism"]),
    ],
)
def test_each_quantity_is_judged_by_itself(measured, expected):
    assert quantities(Lens(power=Power(-1.00, -1.00, 90), add=2.0, seg_height=18), measured) == expected


def test_progressives_are_wider():
    ordered, measured = Lens(power=Power(-2.00)), Lens(power=Power(-2.15))
    assert quantities(ordered, measured) == ["OD sphere"]
    assert quantities(ordered, measured, progressive=True) == []
