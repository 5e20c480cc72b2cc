"""Rules for what is measured at an eye: pressure, cup/disc ratio, corneal curvature and thickness.

`RESULTS` documents the keys that results of a test (`appointment.exam.test`, `result_values`) are checked by;
other keys of a device are kept as they come.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from entrepot.addons.optometry import acuity
from entrepot.addons.optometry.limits import Range, in_range
from entrepot.addons.optometry.rx_rules import power_problems
from entrepot.errors import Problem

IOP_RAISED = 21.0
IOP_ALERT = 30.0
_KERATOMETRIC = 337.5


def iop_level(mmhg: float | None) -> str | None:
    """normal, raised (over 21 mmHg) or alert (over 30)."""
    if mmhg is None:
        return None
    return "alert" if mmhg > IOP_ALERT else "raised" if mmhg > IOP_RAISED else "normal"


def iop_problems(path: str, mmhg: float | None, method: str | None) -> Iterator[Problem]:
    """0-80 mmHg, and how it was measured."""
    yield from in_range(path, "IOP", mmhg, Range(0, 80, "mmHg"))
    if mmhg is not None and not method:
        yield Problem("iop_method", "required", "An IOP needs the method it was measured with.")


def iop_warnings(path: str, mmhg: float | None, fellow: float | None = None) -> Iterator[Problem]:
    """Raised pressure, or more than 5 mmHg from the fellow eye."""
    if mmhg is None:
        return
    if mmhg > IOP_RAISED:
        yield Problem(path, iop_level(mmhg) or "", f"IOP {mmhg:g} mmHg is above {IOP_RAISED:g}.")
    if fellow is not None and abs(mmhg - fellow) > 5:
        yield Problem(path, "asymmetry", f"IOP differs by {abs(mmhg - fellow):g} mmHg between the eyes.")


def cup_problems(path: str, ratio: float | None) -> Iterator[Problem]:
    """A cup/disc ratio is 0.00-1.00 in steps of 0.05."""
    yield from in_range(path, "C/D ratio", ratio, Range(0, 1, "", 0.05))


def cup_warnings(od: float | None, os: float | None) -> Iterator[Problem]:
    """The ratios of the two eyes differ by more than 0.2."""
    if od is not None and os is not None and abs(od - os) > 0.2 + 1e-9:
        yield Problem(
            "os_cd_ratio", "asymmetry", f"C/D ratio differs by {abs(od - os):.2f} between the eyes."
        )


def keratometry_problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    """K 30-60 D, radius 5.5-11 mm, and where both are given K = 337.5/r within ±0.1 D."""
    for at in ("1", "2"):
        k, radius = values.get(f"k{at}"), values.get(f"r{at}")
        yield from in_range(f"result_values.k{at}", f"K{at}", k, Range(30, 60, "D"))
        yield from in_range(f"result_values.r{at}", f"Radius {at}", radius, Range(5.5, 11, "mm"))
        if k and radius and abs(k - _KERATOMETRIC / radius) > 0.1 + 1e-9:
            message = (
                f"K{at} {k:g} D and radius {radius:g} mm disagree: 337.5/r is {_KERATOMETRIC / radius:.2f} D."
            )
            yield Problem(f"result_values.k{at}", "disagree", message)
        axis = values.get(f"axis{at}")
        yield from in_range(f"result_values.axis{at}", f"Axis {at}", axis, Range(0, 180, "°", 1))


def pachymetry_problems(path: str, microns: float | None) -> Iterator[Problem]:
    """Corneal thickness is 300-800 µm."""
    yield from in_range(path, "Corneal thickness", microns, Range(300, 800, "µm"))


def result_problems(test_type: str, values: Any) -> list[Problem]:
    """What is wrong with the results of one test; None (no results yet) passes."""
    if values is None or values is False:
        return []
    if not isinstance(values, Mapping):
        return [Problem("result_values", "shape", "Test results are an object of names and values.")]
    keys, check = RESULTS.get(test_type, ((), None))
    found = [
        Problem(f"result_values.{key}", "number", f"{key} is a number, not {str(values[key])[:20]!r}.")
        for key in keys
        if values.get(key) is not None and not _is_number(values[key])
    ]
    return found or (list(check(values)) if check is not None else [])


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _tonometry(values: Mapping[str, Any]) -> Iterator[Problem]:
    yield from in_range("result_values.iop", "IOP", values.get("iop"), Range(0, 80, "mmHg"))


def _pachymetry(values: Mapping[str, Any]) -> Iterator[Problem]:
    yield from pachymetry_problems("result_values.cct", values.get("cct"))


def _refraction(values: Mapping[str, Any]) -> Iterator[Problem]:
    # Devices print hundredths; only a prescription is bound to quarter dioptres.
    axis = values.get("axis")
    for each in power_problems(
        "od", values.get("sphere"), values.get("cylinder"), 180 if axis == 0 else axis, step=0.01, limit=15
    ):
        yield Problem(each.path.replace("od_", "result_values."), each.code, each.message.removeprefix("OD "))


def _acuity(values: Mapping[str, Any]) -> Iterator[Problem]:
    for key in ("uncorrected", "corrected", "pinhole"):
        text = values.get(key)
        message = acuity.problem(text if text is None else str(text))
        if message is not None:
            yield Problem(f"result_values.{key}", "acuity", message)


Check = Callable[[Mapping[str, Any]], Iterator[Problem]]

RESULTS: Mapping[str, tuple[tuple[str, ...], Check]] = {
    "visual_acuity": ((), _acuity),
    "autorefraction": (("sphere", "cylinder", "axis"), _refraction),
    "lensometry": (("sphere", "cylinder", "axis", "add"), _refraction),
    "keratometry": (("k1", "k2", "r1", "r2", "axis1", "axis2"), keratometry_problems),
    "tonometry": (("iop",), _tonometry),
    "pachymetry": (("cct",), _pachymetry),
}
