"""Which shelves a wanted quantity is taken from, and who gives back when a shelf holds less than was promised.

Pure: shelves and promises are plain values, the caller holds the locks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from entrepot.addons.stock.quantities import minus, settled, total


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one location holds of one product: `quantity` on hand, of which `reserved` is promised."""

    location_id: int
    quantity: float
    reserved: float
    since: datetime
    """When the oldest of it came in."""

    @property
    def free(self) -> float:
        """What may still be promised; never below 0."""
        return max(minus(self.quantity, self.reserved), 0.0)


@dataclass(frozen=True, slots=True)
class Promise:
    """A reserved quantity of one line, and how early its owner is served."""

    line_id: int
    reserved: float
    rank: tuple[Any, ...]
    """The first are served first, so the last give back first."""


def taken(wanted: float, shelves: Iterable[Shelf]) -> list[tuple[int, float]]:
    """(location, quantity) of what the shelves can give, first in first out, up to `wanted`.

    Never more than is free on a shelf; less than `wanted` in all when there is not enough.
    """
    found: list[tuple[int, float]] = []
    left = settled(wanted)
    for shelf in sorted(shelves, key=lambda each: (each.since, each.location_id)):
        if left <= 0:
            break
        part = min(left, shelf.free)
        if part > 0:
            found.append((shelf.location_id, settled(part)))
            left = minus(left, part)
    return found


def given_back(quantity: float, promises: Iterable[Promise]) -> dict[int, float]:
    """line -> what it has to give back so that the promises fit into `quantity` (below 0 counts as 0)."""
    known = sorted(promises, key=lambda each: each.rank, reverse=True)
    excess = minus(total(each.reserved for each in known), max(quantity, 0.0))
    found: dict[int, float] = {}
    for promise in known:
        if excess <= 0:
            break
        part = min(excess, promise.reserved)
        if part > 0:
            found[promise.line_id] = settled(part)
            excess = minus(excess, part)
    return found
