"""What a spectacle prescription must satisfy: hard problems reject it, warnings want a reason.

Pure: a prescription as values in, `Problem`s out, each naming the field. Powers are expected as stored: axis
0 is already 180 and the cylinder already in the clinic's convention (see `optics`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry import optics
from entrepot.addons.optometry.limits import Range, in_range, outside
from entrepot.addons.optometry.prism import Prism, vertical_imbalance
from entrepot.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entrepot.addons.optometry.rx_values import SpectacleEye, Spectacles

_ADULT = 18
_PRESBYOPE = 35
_BASES = {"h": (("in", "out"), "horizontal"), "v": (("up", "down"), "vertical")}


def problems(rx: Spectacles, *, step: float = optics.QUARTER) -> list[Problem]:
    """Every hard problem of a prescription; `step` is 0.125 in clinics that grind eighths."""
    found: list[Problem] = []
    for prefix, eye in rx.eyes():
        found += power_problems(prefix, eye.sphere, eye.cylinder, eye.axis, step=step, limit=10.0)
        found += _add(prefix, eye, needs_add=rx.needs_add)
        found += _prism(prefix, eye)
        found += _fitting(prefix, eye, rx.min_fitting_height)
    found += in_range("pd_distance", "PD", rx.pd_distance, Range(40, 80, "mm", 0.5))
    found += in_range("pd_near", "Near PD", rx.pd_near, Range(40, 80, "mm", 0.5))
    found += in_range("vertex_distance", "Vertex distance", rx.vertex_distance, Range(8, 20, "mm"))
    return found


def power_problems(
    prefix: str, sphere: float | None, cylinder: float | None, axis: int | None, *, step: float, limit: float
) -> Iterator[Problem]:
    """The rules that bind sphere, cylinder (at most `limit` either way) and axis together."""
    eye = prefix.upper()
    yield from in_range(f"{prefix}_sphere", f"{eye} sphere", sphere, Range(-30, 30, "D", step))
    yield from in_range(f"{prefix}_cylinder", f"{eye} cylinder", cylinder, Range(-limit, limit, "D", step))
    if cylinder and sphere is None:
        yield Problem(
            f"{prefix}_sphere", "required", f"{eye} sphere is missing: give 0.00 for plano with a cylinder."
        )
    yield from axis_problems(prefix, cylinder, axis)


def axis_problems(prefix: str, cylinder: float | None, axis: int | None) -> Iterator[Problem]:
    """An axis belongs to a cylinder: there with one, absent without."""
    path, eye = f"{prefix}_axis", prefix.upper()
    if cylinder and axis is None:
        yield Problem(
            path, "required", f"{eye} axis is missing: a cylinder of {cylinder:+.2f} needs one, 1 to 180."
        )
    elif axis is not None and not cylinder:
        yield Problem(path, "unexpected", f"{eye} axis {axis} has no cylinder: leave it empty.")
    elif axis is not None and not 1 <= axis <= 180:
        yield Problem(path, "range", f"{eye} axis {axis} lies outside 1 to 180.")


def warnings(rx: Spectacles, *, age: int | None = None, previous: Spectacles | None = None) -> list[Problem]:
    """Everything unusual about a prescription for a patient of that age, compared with the previous one."""
    found: list[Problem] = []
    for prefix, eye in rx.eyes():
        name = prefix.upper()
        found += outside(f"{prefix}_sphere", f"{name} sphere", eye.sphere, Range(-20, 20, "D"))
        found += outside(f"{prefix}_cylinder", f"{name} cylinder", eye.cylinder, Range(-6, 6, "D"))
        found += outside(f"{prefix}_add", f"{name} add", eye.add, Range(0, 3.5, "D"))
        if eye.add and age is not None and age < _PRESBYOPE:
            found.append(
                Problem(f"{prefix}_add", "unusual", f"{name} add {eye.add:+.2f} for a patient of {age}.")
            )
    found += _pair(rx)
    found += _distances(rx, age)
    if previous is not None:
        for (prefix, now), (_, before) in zip(rx.eyes(), previous.eyes(), strict=True):
            found += _changed(prefix, before, now)
    return found


def incomplete(rx: Spectacles) -> list[Problem]:
    """What is missing before a prescription may be signed: a power or balance lens for each eye."""
    return [
        Problem(
            f"{prefix}_sphere",
            "required",
            f"{prefix.upper()} sphere is missing: give a power, or mark a balance lens.",
        )
        for prefix, eye in rx.eyes()
        if eye.sphere is None and not eye.balance
    ] or (
        [Problem("od_balance", "both", "Only one eye can have a balance lens.")]
        if rx.od.balance and rx.os.balance
        else []
    )


def _add(prefix: str, eye: SpectacleEye, *, needs_add: bool) -> Iterator[Problem]:
    name = prefix.upper()
    yield from in_range(f"{prefix}_add", f"{name} add", eye.add, Range(0.25, 4.0, "D", 0.25))
    yield from in_range(
        f"{prefix}_add_intermediate",
        f"{name} intermediate add",
        eye.add_intermediate,
        Range(0.25, 4.0, "D", 0.25),
    )
    if needs_add and eye.add is None and eye.sphere is not None and not eye.balance:
        yield Problem(
            f"{prefix}_add", "required", f"{name} add is missing: this usage or lens style needs one."
        )


def _prism(prefix: str, eye: SpectacleEye) -> Iterator[Problem]:
    for part, amount, base in (("h", eye.prism_h, eye.prism_h_base), ("v", eye.prism_v, eye.prism_v_base)):
        bases, direction = _BASES[part]
        path, name = f"{prefix}_prism_{part}", f"{prefix.upper()} {direction} prism"
        yield from in_range(path, name, amount, Range(0, 20, "Δ", 0.25))
        if amount and not base:
            yield Problem(f"{path}_base", "required", f"{name} needs a base: {bases[0]} or {bases[1]}.")
        elif base and not amount:
            yield Problem(f"{path}_base", "unexpected", f"{name} has a base but no amount.")
        elif base and base not in bases:
            yield Problem(f"{path}_base", "choice", f"{name} base is {bases[0]} or {bases[1]}, not {base}.")


def _fitting(prefix: str, eye: SpectacleEye, min_height: float | None) -> Iterator[Problem]:
    name = prefix.upper()
    yield from in_range(f"{prefix}_pd_distance", f"{name} PD", eye.pd_distance, Range(20, 40, "mm", 0.5))
    yield from in_range(f"{prefix}_pd_near", f"{name} near PD", eye.pd_near, Range(20, 40, "mm", 0.5))
    yield from in_range(f"{prefix}_seg_height", f"{name} seg height", eye.seg_height, Range(10, 35, "mm"))
    yield from in_range(
        f"{prefix}_oc_height", f"{name} optical centre height", eye.oc_height, Range(10, 45, "mm")
    )
    yield from in_range(f"{prefix}_vertex", f"{name} vertex distance", eye.vertex, Range(8, 20, "mm"))
    if min_height and eye.seg_height is not None and eye.seg_height < min_height:
        yield Problem(
            f"{prefix}_seg_height",
            "too_low",
            f"{name} seg height {eye.seg_height:g} is below the {min_height:g} mm this lens style needs.",
        )


def _pair(rx: Spectacles) -> Iterator[Problem]:
    od, os = rx.od, rx.os
    if od.add and os.add and abs(od.add - os.add) > 0.5:
        yield Problem(
            "os_add", "unusual", f"The adds differ by {abs(od.add - os.add):.2f} D between the eyes."
        )
    vertical = vertical_imbalance(
        Prism(vertical=od.prism_v or 0.0, vertical_base=od.prism_v_base),
        Prism(vertical=os.prism_v or 0.0, vertical_base=os.prism_v_base),
    )
    if vertical > 3:
        yield Problem("od_prism_v", "unusual", f"Vertical prism of {vertical:.2f} Δ in total.")
    if od.power and os.power and not (od.balance or os.balance):
        apart = optics.anisometropia(od.power, os.power)
        if apart > 3:
            yield Problem(
                "os_sphere", "anisometropia", f"The eyes differ by {apart:.2f} D (spherical equivalent)."
            )


def _distances(rx: Spectacles, age: int | None) -> Iterator[Problem]:
    if age is None or age >= _ADULT:
        yield from outside("pd_distance", "PD", rx.pd_distance, Range(54, 74, "mm"))
    pairs = [("pd_near", rx.pd_distance, rx.pd_near)]
    pairs += [(f"{prefix}_pd_near", eye.pd_distance, eye.pd_near) for prefix, eye in rx.eyes()]
    for path, distance, near in pairs:
        if distance and near and near > distance:
            yield Problem(path, "unusual", f"Near PD {near:g} is larger than distance PD {distance:g}.")


def _changed(prefix: str, before: SpectacleEye, now: SpectacleEye) -> Iterator[Problem]:
    if before.power is None or now.power is None:
        return
    name, step = prefix.upper(), optics.change(before.power, now.power)
    if abs(step.equivalent) > 1:
        yield Problem(
            f"{prefix}_sphere",
            "changed",
            f"{name} changed by {step.equivalent:+.2f} D since the last prescription.",
        )
    if step.axis > 20 and abs(now.power.cylinder) >= 1:
        yield Problem(
            f"{prefix}_axis", "changed", f"{name} axis turned by {step.axis}° since the last prescription."
        )
