"""Which variants a product should have: every combination of one value a line. Pure; values are numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

MAX_VARIANTS = 1000
"""How many variants one product may have at most."""
NO_VALUES = "-"
"""How the combination of a product without attributes is written: a text, so that a store keeps it unique."""

Combination: TypeAlias = frozenset[int]


@dataclass(frozen=True, slots=True)
class ValueLine:
    """An attribute of a product that makes variants, with the values it comes in."""

    id: int
    dynamic: bool
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Existing:
    """A variant that is there."""

    id: int
    combination: Combination
    active: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What makes the variants those that should be."""

    create: tuple[Combination, ...]
    revive: tuple[int, ...]
    drop: tuple[int, ...]


def count(lines: Sequence[Sequence[int]]) -> int:
    """How many combinations there are of one value a line."""
    return prod(len(values) for values in lines)


def combinations(lines: Sequence[Sequence[int]]) -> list[Combination]:
    """Every combination of one value a line; of no lines the empty one."""
    return [frozenset(each) for each in product(*lines)]


def changes(lines: Sequence[Sequence[int]], existing: Sequence[Existing], *, missing: bool = True) -> Changes:
    """What to create, to bring back and to drop. `missing`: whether combinations without a variant get one.

    What is dropped fits no combination; of archived variants only those that fit come back.
    """
    allowed = [frozenset(values) for values in lines]
    fitting = {each.id for each in existing if _fits(each.combination, allowed)}
    present = {each.combination for each in existing if each.id in fitting}
    wanted = combinations(lines) if missing else []
    asked = set(wanted)
    return Changes(
        create=tuple(each for each in wanted if each not in present),
        revive=tuple(
            each.id
            for each in existing
            if not each.active and each.id in fitting and each.combination in asked
        ),
        drop=tuple(each.id for each in existing if each.active and each.id not in fitting),
    )


def adopted(combination: Combination, single: Mapping[int, int], lines: Container[int]) -> Combination:
    """The combination with the value of each line that has only one, where it has none of that line.

    `single`: line -> its only value; `lines`: the lines of its values. So the variants a product has take up a line that
    leaves no choice, instead of being made anew.
    """
    return combination | {value for line, value in single.items() if line not in lines}


def text(combination: Iterable[int]) -> str:
    """A combination as a text that is the same whatever the order: "3,14"; "-" for the empty one."""
    return ",".join(str(each) for each in sorted(combination)) or NO_VALUES


def _fits(combination: Combination, allowed: Sequence[frozenset[int]]) -> bool:
    return len(combination) == len(allowed) and all(len(combination & values) == 1 for values in allowed)
