"""Rows with the rows behind their relations: what a nested read answers, as it came from the store.

A `Tree` is a `Table` whose columns may also be branches. A branch leads to one record, or to any number; its rows are a
tree of their own, read for all parents at once. Codecs walk it straight to bytes; everybody else calls `dicts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from entrepot.table import Column, reader


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """One relation of the rows.

    To one record (`one`): `at` is the place of its id in the parent's row. To many: the place of the parent's own id;
    each row of `tree` holds that id at `owner`, and the rows of one parent are in their order.
    """

    name: str
    one: bool
    at: int
    tree: Tree
    owner: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """Rows of one shape; the id of each is its first place, whether it is a member of the answer or not."""

    members: tuple[Column | Branch, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Yield each row as inside values: None for empty and for a record that is not to be seen, lists for many."""
        readers = [
            (each.name, _branch_reader(each) if isinstance(each, Branch) else reader(each))
            for each in self.members
        ]
        for row in self.rows:
            yield {name: read(row) for name, read in readers}


def _branch_reader(branch: Branch) -> Any:
    at = branch.at
    if branch.one:
        by_id = dict(zip((row[0] for row in branch.tree.rows), branch.tree.dicts(), strict=True))
        return lambda row: by_id.get(row[at])
    groups: dict[int, list[dict[str, Any]]] = {}
    for row, each in zip(branch.tree.rows, branch.tree.dicts(), strict=True):
        groups.setdefault(row[branch.owner], []).append(each)
    return lambda row: groups.get(row[at], [])
