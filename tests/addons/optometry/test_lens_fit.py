"""Contact lens prescriptions and the conversion from spectacles."""

import pytest

from entrepot.addons.optometry import lens_fit
from entrepot.addons.optometry.optics import Power
from entrepot.addons.optometry.rx_values import ContactEye, Contacts
from entrepot.errors import ValidationError

GOOD = {"base_curve": 8.6, "diameter": 14.2, "power_d": -3.0, "brand": "Clear Day"}


def paths(problems):
    return [each.path for each in problems]


@pytest.mark.parametrize(
    ("change", "hard", "soft"),
    [
        ({}, [], []),
        ({"base_curve": 4.9}, ["od_base_curve"], ["od_base_curve"]),
        ({"base_curve": 9.6}, [], ["od_base_curve"]),
        ({"diameter": 12.0}, [], ["od_diameter"]),
        ({"diameter": 26.0}, ["od_diameter"], ["od_diameter"]),
        ({"power_d": -30.5}, ["od_power"], []),
        ({"power_d": -6.25}, [], ["od_power"]),
        ({"power_d": -6.50}, [], []),
        ({"power_d": -3.10}, [], ["od_power"]),
        ({"cylinder": -1.25}, ["od_axis"], []),
        ({"cylinder": -1.25, "axis": 90}, [], []),
        ({"cylinder": -1.25, "axis": 95}, [], ["od_axis"]),
        ({"cylinder": -1.00, "axis": 90}, [], ["od_cylinder"]),
        ({"axis": 90}, ["od_axis"], []),
        ({"add_design": "high"}, [], []),
        ({"add": 2.0}, [], []),
        ({"add": 2.1}, ["od_add"], []),
    ],
)
def test_soft_lenses(change, hard, soft):
    rx = Contacts(od=ContactEye(**(GOOD | change)))
    assert paths(lens_fit.problems(rx)) == hard
    assert paths(lens_fit.warnings(rx)) == soft


@pytest.mark.parametrize(
    ("change", "soft"),
    [
        ({"base_curve": 7.8, "diameter": 9.6}, []),
        ({"base_curve": 7.8, "diameter": 16.5}, []),
        ({"base_curve": 7.8, "diameter": 12.5}, ["od_diameter"]),
        ({"base_curve": 9.2, "diameter": 9.6}, ["od_base_curve"]),
        ({"base_curve": 7.8, "diameter": 9.6, "cylinder": -1.0, "axis": 95}, []),
    ],
)
def test_rigid_lenses(change, soft):
    assert paths(lens_fit.warnings(Contacts(od=ContactEye(**(GOOD | change)), kind="rgp_cl"))) == soft


def test_activation_needs_a_whole_lens():
    assert paths(lens_fit.incomplete(Contacts(od=ContactEye(**GOOD)))) == []
    assert paths(lens_fit.incomplete(Contacts(os=ContactEye(power_d=-1.0)))) == [
        "os_base_curve",
        "os_diameter",
        "os_brand",
    ]
    assert paths(lens_fit.incomplete(Contacts())) == ["od_power"]


@pytest.mark.parametrize(
    ("power", "vertex", "lens"),
    [
        (Power(-3.00), None, Power(-3.00)),
        (Power(-5.00), 12, Power(-4.75)),
        (Power(-8.00, -2.00, 180), 12, Power(-7.50, -1.75, 180)),
        (Power(-2.00, -0.25, 90), None, Power(-2.00, -0.25, 90)),
    ],
)
def test_from_spectacles(power, vertex, lens):
    assert lens_fit.from_spectacles(power, vertex) == lens


def test_strong_powers_need_the_vertex_distance():
    with pytest.raises(ValidationError) as caught:
        lens_fit.from_spectacles(Power(-4.25), None)
    assert caught.value.problems[0].path == "vertex_distance"
