"""Two questions every clinical rule asks of a number: does it lie in its range, and on a whole step?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entrepot.addons.optometry.optics import is_step
from entrepot.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Range:
    """The numbers from `least` to `most`, in whole steps where `step` is not 0; `unit` is for messages."""

    least: float
    most: float
    unit: str = ""
    step: float = 0.0

    def __contains__(self, value: float) -> bool:
        return self.least <= value <= self.most

    def __str__(self) -> str:
        return f"{self.least:g} to {self.most:g}{self.unit and ' ' + self.unit}"


def in_range(path: str, what: str, value: float | None, allowed: Range) -> Iterator[Problem]:
    """Yield what is wrong with one number; None passes."""
    if value is None:
        return
    if not math.isfinite(value) or value not in allowed:
        yield Problem(path, "range", f"{what} {value:g} lies outside {allowed}.")
    elif allowed.step and not is_step(value, allowed.step):
        step = f"{allowed.step:g}{allowed.unit and ' ' + allowed.unit}"
        yield Problem(path, "step", f"{what} {value:g} is not a multiple of {step}.")


def outside(path: str, what: str, value: float | None, usual: Range) -> Iterator[Problem]:
    """Yield a warning for a number outside its usual range."""
    if value is not None and value not in usual:
        yield Problem(path, "unusual", f"{what} {value:g} lies outside the usual {usual}.")
