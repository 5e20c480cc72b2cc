"""Powers as callers send them become powers as they are stored."""

import pytest

from entrepot.addons.optometry.rx_record import normalised


@pytest.mark.parametrize(
    ("values", "present", "expected"),
    [
        (
            {"od_sphere": -1.0, "od_cylinder": 2.0, "od_axis": 90},
            {},
            {"od_sphere": 1.0, "od_cylinder": -2.0, "od_axis": 180},
        ),
        (
            {"od_sphere": 1.0, "od_cylinder": -2.0, "od_axis": 0},
            {},
            {"od_sphere": 1.0, "od_cylinder": -2.0, "od_axis": 180},
        ),
        ({"os_sphere": "PL"}, {}, {"os_sphere": 0.0}),
        (
            {"os_sphere": "plano", "os_cylinder": 0.5, "os_axis": 10},
            {},
            {"os_sphere": 0.5, "os_cylinder": -0.5, "os_axis": 100},
        ),
        ({"od_axis": 90}, {"od_sphere": -1.0, "od_cylinder": -2.0, "od_axis": 45}, {"od_axis": 90}),
        (
            {"od_cylinder": 1.0},
            {"od_sphere": -1.0, "od_axis": 45},
            {"od_sphere": 0.0, "od_cylinder": -1.0, "od_axis": 135},
        ),
        ({"od_cylinder": 1.0}, {}, {"od_cylinder": 1.0}),
        (
            {"od_sphere": False, "od_cylinder": False, "od_axis": False},
            {},
            {"od_sphere": False, "od_cylinder": False, "od_axis": False},
        ),
        (
            {"od_sphere": "x", "od_cylinder": [1], "od_axis": 400},
            {},
            {"od_sphere": "x", "od_cylinder": [1], "od_axis": 400},
        ),
        ({"note": "nothing of powers"}, {}, {"note": "nothing of powers"}),
    ],
)
def test_spectacles(values, present, expected):
    assert normalised(values, "spectacle", minus=True, present=present) == expected


def test_contact_lenses_use_their_power():
    values = {"od_power": -1.0, "od_cylinder": 0.75, "od_axis": 90}
    assert normalised(values, "soft_cl", minus=True) == {
        "od_power": -0.25,
        "od_cylinder": -0.75,
        "od_axis": 180,
    }


def test_a_plus_clinic_keeps_plus():
    values = {"od_sphere": 1.0, "od_cylinder": -2.0, "od_axis": 180}
    assert normalised(values, "spectacle", minus=False) == {
        "od_sphere": -1.0,
        "od_cylinder": 2.0,
        "od_axis": 90,
    }
