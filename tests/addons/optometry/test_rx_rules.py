"""Every rule of a spectacle prescription, hard and soft, with the field it names."""

import pytest

from entrepot.addons.optometry import rx_rules
from entrepot.addons.optometry.rx_values import SpectacleEye as Eye
from entrepot.addons.optometry.rx_values import Spectacles


def hard(**eye):
    whole = {key: eye.pop(key) for key in ("step", "needs_add", "min_fitting_height") if key in eye}
    step = whole.pop("step", 0.25)
    return [
        (each.path, each.code) for each in rx_rules.problems(Spectacles(od=Eye(**eye), **whole), step=step)
    ]


@pytest.mark.parametrize(
    ("eye", "expected"),
    [
        ({}, []),
        ({"sphere": -2.25}, []),
        ({"sphere": -2.30}, [("od_sphere", "step")]),
        ({"sphere": -2.125}, [("od_sphere", "step")]),
        ({"sphere": -2.125, "step": 0.125}, []),
        ({"sphere": 30.0}, []),
        ({"sphere": 30.25}, [("od_sphere", "range")]),
        ({"sphere": float("nan")}, [("od_sphere", "range")]),
        ({"sphere": -1.0, "cylinder": -1.25}, [("od_axis", "required")]),
        ({"sphere": -1.0, "cylinder": -1.25, "axis": 180}, []),
        ({"sphere": -1.0, "cylinder": -1.25, "axis": 181}, [("od_axis", "range")]),
        ({"sphere": -1.0, "axis": 90}, [("od_axis", "unexpected")]),
        ({"sphere": -1.0, "cylinder": 0.0, "axis": 90}, [("od_axis", "unexpected")]),
        ({"cylinder": -1.25, "axis": 90}, [("od_sphere", "required")]),
        ({"sphere": 0.0, "cylinder": -10.25, "axis": 90}, [("od_cylinder", "range")]),
        ({"sphere": 0.0, "add": 2.25}, []),
        ({"sphere": 0.0, "add": 0.0}, [("od_add", "range")]),
        ({"sphere": 0.0, "add": 2.10}, [("od_add", "step")]),
        ({"sphere": 0.0, "needs_add": True}, [("od_add", "required")]),
        ({"sphere": 0.0, "needs_add": True, "balance": True}, []),
        ({"needs_add": True}, []),
        ({"prism_h": 2.0}, [("od_prism_h_base", "required")]),
        ({"prism_h": 2.0, "prism_h_base": "in"}, []),
        ({"prism_h": 2.0, "prism_h_base": "up"}, [("od_prism_h_base", "choice")]),
        ({"prism_v_base": "up"}, [("od_prism_v_base", "unexpected")]),
        ({"prism_v": 20.25, "prism_v_base": "down"}, [("od_prism_v", "range")]),
        ({"pd_distance": 31.5}, []),
        ({"pd_distance": 41}, [("od_pd_distance", "range")]),
        ({"pd_distance": 31.2}, [("od_pd_distance", "step")]),
        ({"seg_height": 9}, [("od_seg_height", "range")]),
        ({"seg_height": 15, "min_fitting_height": 17}, [("od_seg_height", "too_low")]),
        ({"vertex": 7}, [("od_vertex", "range")]),
    ],
)
def test_hard_rules(eye, expected):
    assert hard(**eye) == expected


def test_all_problems_of_both_eyes_come_at_once():
    rx = Spectacles(od=Eye(sphere=-2.3, cylinder=-1.0), os=Eye(sphere=40.0, prism_h=1.0), pd_distance=90)
    assert [each.path for each in rx_rules.problems(rx)] == [
        "od_sphere",
        "od_axis",
        "os_sphere",
        "os_prism_h_base",
        "pd_distance",
    ]


@pytest.mark.parametrize(
    ("rx", "age", "expected"),
    [
        (Spectacles(od=Eye(sphere=-2.0), os=Eye(sphere=-2.0)), 40, []),
        (Spectacles(od=Eye(sphere=-21.0)), 40, ["od_sphere"]),
        (Spectacles(od=Eye(sphere=0.0, cylinder=-6.25, axis=10)), 40, ["od_cylinder"]),
        (Spectacles(od=Eye(sphere=0.0, add=3.75)), 60, ["od_add"]),
        (Spectacles(od=Eye(sphere=0.0, add=2.0)), 20, ["od_add"]),
        (Spectacles(od=Eye(sphere=0.0, add=2.0)), None, []),
        (Spectacles(od=Eye(sphere=0.0, add=1.0), os=Eye(sphere=0.0, add=2.0)), 50, ["os_add"]),
        (Spectacles(od=Eye(sphere=0.0), os=Eye(sphere=3.25)), 40, ["os_sphere"]),
        (Spectacles(od=Eye(sphere=0.0, balance=True), os=Eye(sphere=8.0)), 40, []),
        (Spectacles(pd_distance=50), 40, ["pd_distance"]),
        (Spectacles(pd_distance=50), 8, []),
        (Spectacles(pd_distance=60, pd_near=63), 40, ["pd_near"]),
        (
            Spectacles(od=Eye(prism_v=2.0, prism_v_base="up"), os=Eye(prism_v=2.0, prism_v_base="down")),
            40,
            ["od_prism_v"],
        ),
        (Spectacles(od=Eye(prism_v=2.0, prism_v_base="up"), os=Eye(prism_v=2.0, prism_v_base="up")), 40, []),
    ],
)
def test_warnings(rx, age, expected):
    assert [each.path for each in rx_rules.warnings(rx, age=age)] == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (Eye(sphere=-1.0), Eye(sphere=-2.0), []),
        (Eye(sphere=-1.0), Eye(sphere=-2.25), ["od_sphere"]),
        (Eye(sphere=-1.0, cylinder=-1.0, axis=10), Eye(sphere=-1.0, cylinder=-1.0, axis=30), []),
        (Eye(sphere=-1.0, cylinder=-1.0, axis=10), Eye(sphere=-1.0, cylinder=-1.0, axis=31), ["od_axis"]),
        (Eye(sphere=-1.0, cylinder=-1.0, axis=10), Eye(sphere=-1.0, cylinder=-0.75, axis=60), []),
        (Eye(sphere=1.0, cylinder=-2.0, axis=180), Eye(sphere=-1.0, cylinder=2.0, axis=90), []),
        (Eye(), Eye(sphere=-9.0), []),
    ],
)
def test_changes_since_the_last_prescription(before, now, expected):
    found = rx_rules.warnings(Spectacles(od=now), age=40, previous=Spectacles(od=before))
    assert [each.path for each in found] == expected


def test_signing_needs_both_eyes():
    assert [each.path for each in rx_rules.incomplete(Spectacles(od=Eye(sphere=0.0)))] == ["os_sphere"]
    assert rx_rules.incomplete(Spectacles(od=Eye(sphere=0.0), os=Eye(balance=True))) == []
    both = Spectacles(od=Eye(balance=True), os=Eye(balance=True))
    assert [each.path for each in rx_rules.incomplete(both)] == ["od_balance"]
