"""A function per shape of `Tree`: rows with the rows behind their relations → a list of dicts as JSON spells them.

The rows of a relation are spelled once for all parents, then each parent takes its own. Python is generated once a shape
and kept, as for tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from entrepot.doors.rows import Rows, generate, json_cell, number, variables
from entrepot.table import Column
from entrepot.tree import Branch, Tree

SHAPES_KEPT = 512


def tree_rows(tree: Tree, *, empty: bool | None, legacy: bool = False) -> list[dict[str, Any]]:
    """Spell a tree as dicts; `empty` (False or None) stands for what is unset.

    `legacy`: moments without seconds, as YYYY-MM-DD-HH-MM.
    """
    if not tree.rows:
        return []
    branches = [each for each in tree.members if isinstance(each, Branch)]
    behind = tuple(_behind(each, empty=empty, legacy=legacy) for each in branches)
    members = tuple(
        (each.name, each.one, each.at) if isinstance(each, Branch) else each for each in tree.members
    )
    spell: Callable[[Rows, Any], list[dict[str, Any]]] = _spell(
        members, len(tree.rows[0]), empty=empty, legacy=legacy
    )
    return spell(tree.rows, behind)


def _behind(branch: Branch, *, empty: bool | None, legacy: bool) -> dict[int, Any]:
    """What each parent finds behind a relation: by the id of the record, or a list by the parent's own id."""
    spelled = tree_rows(branch.tree, empty=empty, legacy=legacy)
    if branch.one:
        return dict(zip((row[0] for row in branch.tree.rows), spelled, strict=True))
    at = branch.owner
    groups: dict[int, list[dict[str, Any]]] = {}
    for row, each in zip(branch.tree.rows, spelled, strict=True):
        groups.setdefault(row[at], []).append(each)
    return groups


@lru_cache(maxsize=SHAPES_KEPT)
def _spell(
    members: tuple[Column | tuple[str, bool, int], ...], width: int, *, empty: bool | None, legacy: bool
) -> Any:
    cells: list[str] = []
    names: dict[str, Any] = {
        "EMPTY": empty,
        "number": number,
        "loads": json.loads,
        "NONE": (),
        "moment": _moment,
    }
    count = 0
    for each in members:
        if isinstance(each, Column):
            cells.append(f"{each.name!r}: {_cell(each, legacy=legacy)}")
            continue
        name, one, at = each
        cells.append(f"{name!r}: behind[{count}].get(c{at}, {'EMPTY' if one else 'NONE'})")
        count += 1
    return generate(f"[{{{', '.join(cells)}}} for {variables(width)} in rows]", names, ("behind",))


def _cell(column: Column, *, legacy: bool) -> str:
    at = f"c{column.at}"
    if legacy and column.kind == "datetime":
        return f"EMPTY if {at} is None else {at}[:16].replace(' ', '-').replace(':', '-')"
    if legacy and column.kind == "value":
        return f"EMPTY if {at} is None else moment({at})"
    return json_cell(column)


def _moment(value: Any) -> Any:
    """A moment that a method worked out, as the module spelled it; whatever else is itself."""
    if not isinstance(value, datetime):
        return value
    at = value.astimezone(UTC)
    return f"{at.year:04}-{at.month:02}-{at.day:02}-{at.hour:02}-{at.minute:02}"
