"""Receiving inspection: does a finished pair of lenses agree with its prescription?

The tolerances are those of ANSI Z80.1 as summarised in public tables; progressive lenses have wider ones for
power.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from entrepot.addons.optometry.optics import Power, axis_between, in_convention, meridians, strongest
from entrepot.addons.optometry.prism import Prism, horizontal_total, vertical_imbalance

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEASURING = 1e-6
"""A reading exactly on the limit passes, whatever binary fractions make of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """One lens as ordered or as measured. Heights in mm; None where there is nothing to compare."""

    power: Power
    add: float | None = None
    prism: Prism = field(default_factory=Prism)
    seg_height: float | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """One quantity out of tolerance (`OD sphere`): ordered, measured, and the allowed difference."""

    quantity: str
    ordered: float
    measured: float
    allowed: float


def sphere_tolerance(power: Power, *, progressive: bool = False) -> float:
    """± D by the strongest meridian."""
    limit, narrow = (8.00, 0.16) if progressive else (6.50, 0.13)
    power_d = strongest(power)
    return narrow if power_d <= limit else 0.02 * power_d


def cylinder_tolerance(cylinder: float, *, progressive: bool = False) -> float:
    """± D by the amount of cylinder."""
    amount = abs(cylinder)
    if amount <= 2.00:
        return 0.16 if progressive else 0.13
    if amount <= (3.50 if progressive else 4.50):
        return 0.18 if progressive else 0.15
    return (0.05 if progressive else 0.04) * amount


def axis_tolerance(cylinder: float) -> int:
    """± degrees by the amount of cylinder."""
    for limit, degrees in ((0.25, 14), (0.50, 7), (0.75, 5), (1.50, 3)):
        if abs(cylinder) <= limit:
            return degrees
    return 2


def add_tolerance(add: float) -> float:
    """± D by the addition."""
    return 0.12 if add <= 4.00 else 0.18


def vertical_tolerance(power_d: float) -> float:
    """Δ of vertical imbalance: 0.33, or 1 mm of decentration in a lens stronger than 3.375 D."""
    return max(0.33, 0.1 * abs(power_d)) if abs(power_d) > 3.375 else 0.33


def horizontal_tolerance(power_d: float, *, progressive: bool = False) -> float:
    """Δ of horizontal imbalance: 0.67, or 2.5 mm of decentration (progressive 1 mm) in a lens stronger than
    2.75 D.
    """
    return max(0.67, (0.1 if progressive else 0.25) * abs(power_d)) if abs(power_d) > 2.75 else 0.67


def inspect(
    ordered: tuple[Lens, Lens], measured: tuple[Lens, Lens], *, progressive: bool = False
) -> list[Deviation]:
    """Every quantity of a pair (OD, OS) that is out of tolerance; empty when the pair may be dispensed."""
    found = []
    for eye, want, got in zip(("OD", "OS"), ordered, measured, strict=True):
        found += [
            Deviation(f"{eye} {each.quantity}", each.ordered, each.measured, each.allowed)
            for each in _lens(want, got, progressive=progressive)
        ]
    found += _pair(ordered, measured, progressive=progressive)
    return found


def _lens(ordered: Lens, measured: Lens, *, progressive: bool) -> Iterator[Deviation]:
    want, got = in_convention(ordered.power), in_convention(measured.power)
    strong = max(range(2), key=lambda at: abs(meridians(want)[at]))
    checks = [
        (
            "sphere",
            meridians(want)[strong],
            meridians(got)[strong],
            sphere_tolerance(want, progressive=progressive),
        ),
        ("cylinder", want.cylinder, got.cylinder, cylinder_tolerance(want.cylinder, progressive=progressive)),
    ]
    if ordered.add is not None:
        checks.append(("add", ordered.add, measured.add or 0.0, add_tolerance(ordered.add)))
    if ordered.seg_height is not None and measured.seg_height is not None:
        checks.append(("seg height", ordered.seg_height, measured.seg_height, 1.0))
    for quantity, wanted, found, allowed in checks:
        if abs(wanted - found) > allowed + _MEASURING:
            yield Deviation(quantity, wanted, found, allowed)
    if want.cylinder and want.axis and got.axis:
        allowed = axis_tolerance(want.cylinder)
        if axis_between(want.axis, got.axis) > allowed:
            yield Deviation("axis", want.axis, got.axis, allowed)


def _pair(
    ordered: tuple[Lens, Lens], measured: tuple[Lens, Lens], *, progressive: bool
) -> Iterator[Deviation]:
    power_d = max(strongest(lens.power) for lens in ordered)
    wants, gots = [lens.prism for lens in ordered], [lens.prism for lens in measured]
    for quantity, total, allowed in (
        ("vertical prism", vertical_imbalance, vertical_tolerance(power_d)),
        ("horizontal prism", horizontal_total, horizontal_tolerance(power_d, progressive=progressive)),
    ):
        wanted, found = total(*wants), total(*gots)
        if abs(wanted - found) > allowed + _MEASURING:
            yield Deviation(quantity, wanted, found, allowed)
