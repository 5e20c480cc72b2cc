"""What an order of glasses or contact lenses must have before a lab or a maker can work by it. No records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from entrepot.addons.optometry.limits import Range, in_range
from entrepot.errors import Problem

SEG_HEIGHT = Range(10, 35, "mm")
PD = Range(40, 80, "mm", 0.5)
MONOCULAR_PD = Range(20, 40, "mm", 0.5)


@dataclass(frozen=True, slots=True)
class EyeMeasures:
    """What was measured for one eye, in mm, and what the style of its lens needs."""

    pd: float | None = None
    seg_height: float | None = None
    needs_seg_height: bool = False
    min_fitting_height: float | None = None
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is asked of a contact lens: None where the prescription says nothing."""

    power: float | None = None
    base_curve: float | None = None
    diameter: float | None = None
    cylinder: float | None = None
    axis: int | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What a product comes in; an empty list or None leaves it open."""

    powers: tuple[float, float] | None = None
    base_curves: Sequence[float] = ()
    diameters: Sequence[float] = ()
    cylinders: Sequence[float] = ()
    toric: bool = False


def validity_problems(state: str, expires: date | None, day: date) -> Iterator[Problem]:
    """Why a prescription does not carry an order of a day."""
    if state in {"draft", "cancelled"}:
        message = f"The prescription is {state}: a doctor signs it before anything is ordered by it."
        yield Problem("rx_id", "unsigned", message)
    elif expires is not None and expires < day:
        message = f"The prescription expired on {expires}, before the order of {day}."
        yield Problem("rx_id", "expired", message)
    elif state == "superseded":
        yield Problem("rx_id", "superseded", "A newer prescription took the place of this one.")


def measure_problems(pd: float | None, od: EyeMeasures, os: EyeMeasures) -> Iterator[Problem]:
    """What is missing or impossible among the measurements for glasses; `pd` is that of both eyes together."""
    yield from in_range("pd_distance", "PD", pd, PD)
    eyes = [(name, eye) for name, eye in (("od", od), ("os", os)) if eye.ordered]
    for name, eye in eyes:
        label = name.upper()
        yield from in_range(f"{name}_pd_distance", f"{label} PD", eye.pd, MONOCULAR_PD)
        yield from in_range(f"{name}_seg_height", f"{label} seg height", eye.seg_height, SEG_HEIGHT)
        if eye.needs_seg_height and eye.seg_height is None:
            message = f"{label} seg height is missing: the style of this lens needs it."
            yield Problem(f"{name}_seg_height", "required", message)
        least = eye.min_fitting_height
        if eye.seg_height is not None and least and eye.seg_height < least:
            message = f"{label} seg height {eye.seg_height:g} mm is below the {least:g} mm this lens needs."
            yield Problem(f"{name}_seg_height", "too_low", message)
    if eyes and pd is None and any(eye.pd is None for _, eye in eyes):
        yield Problem("pd_distance", "required", "The PD is missing: of both eyes together, or of each.")


def lens_problems(path: str, what: str, power: float, cylinder: float, offered: Offered) -> Iterator[Problem]:
    """Why a spectacle lens cannot be had in a power."""
    if offered.powers is not None and not offered.powers[0] <= power <= offered.powers[1]:
        message = (
            f"{what} comes from {offered.powers[0]:+g} to {offered.powers[1]:+g} D, not in {power:+.2f}."
        )
        yield Problem(path, "power", message)
    if offered.cylinders and abs(cylinder) > max(abs(each) for each in offered.cylinders):
        most = max(abs(each) for each in offered.cylinders)
        message = f"{what} comes with cylinders up to {most:g} D, not {cylinder:+.2f}."
        yield Problem(path, "cylinder", message)


def contact_problems(path: str, what: str, asked: Parameters, offered: Offered) -> Iterator[Problem]:
    """Why a contact lens cannot be had as prescribed: each parameter must be one that its maker offers."""
    if asked.power is not None and offered.powers is not None:
        least, most = offered.powers
        if not least <= asked.power <= most:
            message = f"{what} comes from {least:+g} to {most:+g} D, not in {asked.power:+.2f}."
            yield Problem(path, "power", message)
    for code, label, value, choices in (
        ("base_curve", "base curves", asked.base_curve, offered.base_curves),
        ("diameter", "diameters", asked.diameter, offered.diameters),
    ):
        if value is not None and choices and value not in choices:
            listed = ", ".join(f"{each:g}" for each in choices)
            yield Problem(path, code, f"{what} comes in {label} {listed}, not {value:g}.")
    if asked.cylinder:
        if not offered.toric:
            message = f"{what} is no toric lens: it has no cylinder of {asked.cylinder:+.2f}."
            yield Problem(path, "toric", message)
        elif offered.cylinders and asked.cylinder not in offered.cylinders:
            listed = ", ".join(f"{each:+.2f}" for each in offered.cylinders)
            yield Problem(
                path, "cylinder", f"{what} comes with cylinders {listed}, not {asked.cylinder:+.2f}."
            )


def numbers(text: str | None) -> list[float]:
    """The numbers of a list such as `8.4, 8.8`. Raises ValueError for what is none."""
    return [float(word) for word in (text or "").replace(";", " ").replace(",", " ").split()]


def numbers_problem(text: str | None) -> str | None:
    """Why a text is no list of numbers."""
    try:
        found = numbers(text)
    except ValueError:
        return f"{(text or '')[:40]!r} is no list of numbers such as 8.4, 8.8."
    return "At most 40 numbers are listed." if len(found) > 40 else None
