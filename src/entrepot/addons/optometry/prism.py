"""Prism: one amount with a base in 360° notation, or a horizontal and a vertical part with named bases.

In 360° notation the wearer is seen from the front: 0° points to the observer's right, 90° up. For a right eye
that is towards the nose (base in), for a left eye away from it (base out).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

from entrepot.addons.optometry.optics import QUARTER, to_step

Eye: TypeAlias = Literal["OD", "OS"]


@dataclass(frozen=True, slots=True)
class Prism:
    """Horizontal and vertical prism in Δ, never negative; a base is None exactly when its part is 0."""

    horizontal: float = 0.0
    horizontal_base: str | None = None
    vertical: float = 0.0
    vertical_base: str | None = None


def from_degrees(amount: float, base_degrees: float, eye: Eye, *, step: float | None = QUARTER) -> Prism:
    """Split a prism in 360° notation into named parts, rounded to `step` (None keeps them exact)."""
    angle = math.radians(base_degrees)
    right, up = amount * math.cos(angle), amount * math.sin(angle)
    if step is None:
        right, up = (0.0 if abs(part) < 1e-9 else part for part in (right, up))
    else:
        right, up = to_step(right, step), to_step(up, step)
    inward = right if eye == "OD" else -right
    return Prism(
        abs(right),
        None if not right else "in" if inward > 0 else "out",
        abs(up),
        None if not up else "up" if up > 0 else "down",
    )


def to_degrees(prism: Prism, eye: Eye) -> tuple[float, float]:
    """The resulting prism in 360° notation: amount in Δ, base direction in degrees 0 ≤ d < 360."""
    inward = -prism.horizontal if prism.horizontal_base == "out" else prism.horizontal
    right = inward if eye == "OD" else -inward
    up = -prism.vertical if prism.vertical_base == "down" else prism.vertical
    return math.hypot(right, up), math.degrees(math.atan2(up, right)) % 360 if right or up else 0.0


def prentice(power: float, decentration_mm: float) -> float:
    """The prism in Δ that a decentred lens makes: c (cm) · F, with the sign of their product."""
    return decentration_mm / 10 * power


def vertical_imbalance(od: Prism, os: Prism) -> float:
    """How far apart the vertical prisms of a pair lie, in Δ: opposite bases add up, equal ones cancel."""
    ups = [-prism.vertical if prism.vertical_base == "down" else prism.vertical for prism in (od, os)]
    return abs(ups[0] - ups[1])


def horizontal_total(od: Prism, os: Prism) -> float:
    """The horizontal prism of a pair in Δ, base in positive: equal bases add up."""
    return sum(
        -prism.horizontal if prism.horizontal_base == "out" else prism.horizontal for prism in (od, os)
    )
