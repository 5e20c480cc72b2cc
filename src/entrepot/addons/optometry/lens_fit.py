"""What a contact lens prescription must satisfy; the contact lens sibling of `rx_rules`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.addons.optometry.limits import Range, in_range, outside
from entrepot.addons.optometry.optics import Power, contact_lens, is_step, meridians, to_step
from entrepot.addons.optometry.rx_rules import axis_problems
from entrepot.errors import Problem, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entrepot.addons.optometry.rx_values import ContactEye, Contacts

USUAL_CYLINDERS = (-0.75, -1.25, -1.75, -2.25, -2.75)
DEFAULT_VERTEX_MM = 12.0
_VERTEX_MATTERS = 4.0


def problems(rx: Contacts) -> list[Problem]:
    """Every hard problem of a contact lens prescription."""
    found: list[Problem] = []
    for prefix, eye in rx.eyes():
        name = prefix.upper()
        found += in_range(f"{prefix}_base_curve", f"{name} base curve", eye.base_curve, Range(5, 11, "mm"))
        found += in_range(f"{prefix}_diameter", f"{name} diameter", eye.diameter, Range(7, 25, "mm"))
        found += in_range(f"{prefix}_power", f"{name} power", eye.power_d, Range(-30, 30, "D"))
        found += in_range(f"{prefix}_cylinder", f"{name} cylinder", eye.cylinder, Range(-10, 10, "D"))
        found += axis_problems(prefix, eye.cylinder, eye.axis)
        found += in_range(f"{prefix}_add", f"{name} add", eye.add, Range(0.25, 4.0, "D", 0.25))
    return found


def warnings(rx: Contacts) -> list[Problem]:
    """Everything unusual: outside the range of the lens type, off the makers' usual steps."""
    found: list[Problem] = []
    for prefix, eye in rx.eyes():
        found += _shape(prefix, eye, rigid=rx.kind == "rgp_cl")
        found += _power(prefix, eye, rigid=rx.kind == "rgp_cl")
    return found


def incomplete(rx: Contacts) -> list[Problem]:
    """What is missing before activation: for each eye that has a lens, its base curve, diameter, power and
    brand.
    """
    found = []
    for prefix, eye in rx.eyes():
        if eye.is_empty:
            continue
        for field, label, value in (
            ("base_curve", "base curve", eye.base_curve),
            ("diameter", "diameter", eye.diameter),
            ("power", "power", eye.power_d),
            ("brand", "brand", eye.brand),
        ):
            if value is None or value == "":
                found.append(
                    Problem(f"{prefix}_{field}", "required", f"{prefix.upper()} {label} is missing.")
                )
    if rx.od.is_empty and rx.os.is_empty:
        found.append(Problem("od_power", "required", "No lens is prescribed for either eye."))
    return found


def from_spectacles(power: Power, vertex_mm: float | None, *, path: str = "vertex_distance") -> Power:
    """The contact lens power for a spectacle power, in steps makers offer (0.25, beyond 6 D 0.50).

    Without a vertex distance 12 mm are taken, unless a meridian exceeds 4 D: then ValidationError asks for
    it.
    """
    if vertex_mm is None and max(map(abs, meridians(power))) > _VERTEX_MATTERS:
        message = "The vertex distance is needed to convert powers beyond 4 D."
        raise ValidationError(problems=[Problem(path, "required", message)])
    exact = contact_lens(power, DEFAULT_VERTEX_MM if vertex_mm is None else vertex_mm)
    sphere = to_step(exact.sphere, 0.25 if abs(exact.sphere) <= 6 else 0.5)
    cylinder = to_step(exact.cylinder)
    return Power(sphere, cylinder, exact.axis if cylinder else None)


def _shape(prefix: str, eye: ContactEye, *, rigid: bool) -> Iterator[Problem]:
    name = prefix.upper()
    if not rigid:
        yield from outside(
            f"{prefix}_base_curve", f"{name} base curve", eye.base_curve, Range(7.8, 9.5, "mm")
        )
        yield from outside(f"{prefix}_diameter", f"{name} diameter", eye.diameter, Range(13, 15.5, "mm"))
        return
    yield from outside(f"{prefix}_base_curve", f"{name} base curve", eye.base_curve, Range(6.5, 9, "mm"))
    # Rigid lenses end at 12 mm on the cornea; from 13 mm on they rest on the sclera.
    if eye.diameter is not None and eye.diameter >= 13:
        yield from outside(
            f"{prefix}_diameter", f"{name} scleral diameter", eye.diameter, Range(13, 24, "mm")
        )
    else:
        yield from outside(f"{prefix}_diameter", f"{name} diameter", eye.diameter, Range(8, 12, "mm"))


def _power(prefix: str, eye: ContactEye, *, rigid: bool) -> Iterator[Problem]:
    name, power = prefix.upper(), eye.power_d
    if power is not None and not is_step(power, 0.25 if abs(power) <= 6 else 0.5):
        yield Problem(
            f"{prefix}_power",
            "step",
            f"{name} power {power:+.2f} is off the usual steps (0.25, beyond 6 D 0.50).",
        )
    if rigid:
        return  # rigid lenses are cut to order
    if eye.cylinder and eye.cylinder not in USUAL_CYLINDERS:
        usual = ", ".join(f"{each:.2f}" for each in USUAL_CYLINDERS)
        yield Problem(
            f"{prefix}_cylinder",
            "unusual",
            f"{name} cylinder {eye.cylinder:+.2f} is unusual (usual: {usual}).",
        )
    if eye.cylinder and eye.axis and eye.axis % 10:
        yield Problem(f"{prefix}_axis", "unusual", f"{name} axis {eye.axis} is not a multiple of 10.")
