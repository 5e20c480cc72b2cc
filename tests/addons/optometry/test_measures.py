"""Pressure, cup/disc ratio, curvature, thickness, and the results of tests."""

import pytest

from entrepot.addons.optometry import measures


def codes(problems):
    return [(each.path, each.code) for each in problems]


def test_iop():
    assert codes(measures.iop_problems("iop", 15, "goldmann")) == []
    assert codes(measures.iop_problems("iop", 81, "goldmann")) == [("iop", "range")]
    assert codes(measures.iop_problems("iop", 15, None)) == [("iop_method", "required")]
    assert codes(measures.iop_warnings("iop", 21)) == []
    assert codes(measures.iop_warnings("iop", 22)) == [("iop", "raised")]
    assert codes(measures.iop_warnings("iop", 31, 20)) == [("iop", "alert"), ("iop", "asymmetry")]
    assert [measures.iop_level(each) for each in (None, 21, 22, 30, 31)] == [
        None,
        "normal",
        "raised",
        "raised",
        "alert",
    ]


def test_cup_disc_ratio():
    assert codes(measures.cup_problems("od_cd_ratio", 0.35)) == []
    assert codes(measures.cup_problems("od_cd_ratio", 0.33)) == [("od_cd_ratio", "step")]
    assert codes(measures.cup_problems("od_cd_ratio", 1.05)) == [("od_cd_ratio", "range")]
    assert codes(measures.cup_warnings(0.3, 0.5)) == []
    assert codes(measures.cup_warnings(0.3, 0.55)) == [("os_cd_ratio", "asymmetry")]


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("keratometry", {"k1": 43.25, "r1": 7.80}, []),
        ("keratometry", {"k1": 44.25, "r1": 7.80}, [("result_values.k1", "disagree")]),
        ("keratometry", {"k1": 29.0}, [("result_values.k1", "range")]),
        ("keratometry", {"r2": 12.0}, [("result_values.r2", "range")]),
        ("keratometry", {"k1": "43"}, [("result_values.k1", "number")]),
        ("pachymetry", {"cct": 545}, []),
        ("pachymetry", {"cct": 299}, [("result_values.cct", "range")]),
        ("tonometry", {"iop": 90}, [("result_values.iop", "range")]),
        ("tonometry", {"iop": True}, [("result_values.iop", "number")]),
        ("autorefraction", {"sphere": -1.37, "cylinder": -0.62, "axis": 0}, []),
        ("autorefraction", {"sphere": -1.37, "cylinder": -0.62}, [("result_values.axis", "required")]),
        ("visual_acuity", {"corrected": "20/20"}, []),
        ("visual_acuity", {"corrected": "fine"}, [("result_values.corrected", "acuity")]),
        ("oct", {"anything": ["goes"]}, []),
        ("oct", None, []),
        ("oct", [1], [("result_values", "shape")]),
    ],
)
def test_results(kind, values, expected):
    assert codes(measures.result_problems(kind, values)) == expected
