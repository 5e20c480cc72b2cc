"""Arithmetic of spectacle and contact lens powers; no records, no rules.

Powers are in dioptres, axes in whole degrees 1-180, distances in millimetres. Multiples of an eighth of a
dioptre are exact in binary, so these values stay floats.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

QUARTER = 0.25
EIGHTH = 0.125
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Power:
    """Sphere, cylinder and axis of one lens; the axis is None exactly when there is no cylinder."""

    sphere: float
    cylinder: float = 0.0
    axis: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two prescriptions of an eye: spherical equivalent in D, axis in degrees."""

    equivalent: float
    axis: int


def is_step(value: float, step: float = QUARTER) -> bool:
    """Whether a value is a whole multiple of a step."""
    ratio = value / step
    return math.isfinite(ratio) and abs(ratio - round(ratio)) < _TINY


def to_step(value: float, step: float = QUARTER) -> float:
    """The multiple of a step nearest to a value; a tie goes to the smaller magnitude (less power is tolerated
    better).
    """
    whole = math.floor(abs(value) / step + 0.5 - _TINY)
    return math.copysign(whole * step, value) if whole else 0.0


def stored_axis(axis: int) -> int:
    """The axis as it is stored: 0 and 180 are one meridian, written 180. Others stay, valid or not."""
    return 180 if axis == 0 else axis


def transpose(power: Power) -> Power:
    """The same lens in the other cylinder convention: S' = S + C, C' = -C, axis ± 90 within 1-180."""
    if not power.cylinder:
        return Power(power.sphere)
    axis = power.axis or 180
    return Power(power.sphere + power.cylinder, -power.cylinder, axis - 90 if axis > 90 else axis + 90)


def in_convention(power: Power, *, minus: bool = True) -> Power:
    """The same lens written with a minus (or plus) cylinder."""
    return transpose(power) if power.cylinder and (power.cylinder > 0) == minus else power


def spherical_equivalent(power: Power) -> float:
    """S + C/2."""
    return power.sphere + power.cylinder / 2


def near(power: Power, add: float) -> Power:
    """The lens for near: the sphere plus the addition, cylinder and axis unchanged."""
    return Power(power.sphere + add, power.cylinder, power.axis)


def meridians(power: Power) -> tuple[float, float]:
    """The powers of the two principal meridians: along the axis, and across it."""
    return power.sphere, power.sphere + power.cylinder


def power_at(power: Power, degrees: float) -> float:
    """The power in any meridian: S + C·sin²(meridian - axis)."""
    if not power.cylinder:
        return power.sphere
    return power.sphere + power.cylinder * math.sin(math.radians(degrees - (power.axis or 180))) ** 2


def strongest(power: Power) -> float:
    """The magnitude of the stronger principal meridian."""
    return max(abs(meridian) for meridian in meridians(power))


def vertexed(power: float, distance_mm: float) -> float:
    """The power needed at the cornea for a lens that stood `distance_mm` before it: F / (1 - d·F).

    A negative distance moves the lens away from the eye. Raises ValueError when the focus falls on the new
    plane.
    """
    divisor = 1 - distance_mm / 1000 * power
    if abs(divisor) < _TINY:
        raise ValueError("The focus of this lens lies in the plane it would be moved to.")
    return power / divisor


def contact_lens(power: Power, vertex_mm: float) -> Power:
    """The contact lens power of a spectacle lens, each meridian moved to the cornea, exact and not yet
    stepped.
    """
    along, across = (vertexed(meridian, vertex_mm) for meridian in meridians(power))
    return Power(along, across - along, power.axis)


def anisometropia(od: Power, os: Power) -> float:
    """How far apart the spherical equivalents of both eyes lie, in D."""
    return abs(spherical_equivalent(od) - spherical_equivalent(os))


def axis_between(one: int, other: int) -> int:
    """The smaller angle between two axes, 0-90 degrees: 175 and 5 are 10 apart."""
    apart = abs(one - other) % 180
    return min(apart, 180 - apart)


def change(before: Power, after: Power) -> Change:
    """What changed from one prescription to the next, both read in the minus convention."""
    old, new = in_convention(before), in_convention(after)
    turned = axis_between(old.axis, new.axis) if old.axis and new.axis else 0
    return Change(spherical_equivalent(new) - spherical_equivalent(old), turned)


def written(power: Power, add: float | None = None) -> str:
    """A prescription line as it is written: `-1.25 -0.50 x 090 add +2.00`; plano is `PL`."""
    parts = ["PL" if not power.sphere else f"{power.sphere:+.2f}"]
    if power.cylinder:
        parts.append(f"{power.cylinder:+.2f} x {power.axis or 180:03d}")
    if add:
        parts.append(f"add {add:+.2f}")
    return " ".join(parts)
