"""A function per shape of `Table`: rows → a list of dicts as JSON spells them, at the speed of a dict
display.

Python is generated once a shape and kept; field names enter it as `repr`, positions as numbers, nothing else
of the outside does. `doors/xmlrpc/rows.py` builds on the same parts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from entrepot.table import Column, Table

Rows: TypeAlias = list[tuple[Any, ...]]

SHAPES_KEPT = 512


def json_rows(table: Table, *, empty: bool | None) -> list[dict[str, Any]]:
    """Spell a table's rows as dicts of JSON values; `empty` (False or None) stands for what is unset."""
    if not table.rows:
        return []
    spell: Callable[[Rows], list[dict[str, Any]]] = _json_spell(
        table.columns, len(table.rows[0]), empty=empty
    )
    return spell(table.rows)


@lru_cache(maxsize=SHAPES_KEPT)
def _json_spell(columns: tuple[Column, ...], width: int, *, empty: bool | None) -> Any:
    cells = ", ".join(f"{column.name!r}: {json_cell(column)}" for column in columns)
    return generate(
        f"[{{{cells}}} for {variables(width)} in rows]",
        {"EMPTY": empty, "number": number, "loads": json.loads},
    )


def json_cell(column: Column) -> str:
    """The Python expression that spells one cell."""
    at = f"c{column.at}"
    zero = "EMPTY" if column.nullable else "0"
    match column.kind:
        case "integer":
            return f"{zero} if {at} is None else {at}"
        case "float":
            return f"{'EMPTY' if column.nullable else '0.0'} if {at} is None else {at}"
        case "decimal":
            power = 10**column.scale
            return f"{'EMPTY' if column.nullable else '0.0'} if {at} is None else number({at}, {power})"
        case "boolean":
            return f"True if {at} else False"
        case "json":
            return f"EMPTY if {at} is None else loads({at})"
        case "many2one":
            return (
                f"EMPTY if {at} is None else ({at}, EMPTY if c{column.at + 1} is None else c{column.at + 1})"
            )
        case "ids":
            return f"{at} or []"
        case "size":
            return f"EMPTY if {at} is None else int({at}.partition('.')[2])"
        case _:
            return f"EMPTY if {at} is None else {at}"


def number(raw: Decimal | int, power: int) -> float:
    """A raw decimal as the nearest double: ints are scaled by `power`."""
    return raw / power if isinstance(raw, int) else float(raw)


def variables(width: int) -> str:
    """The target that takes a row apart: `(c0, c1, …,)`."""
    return "(" + "".join(f"c{at}," for at in range(width)) + ")"


def generate(expression: str, names: Mapping[str, Any], more: tuple[str, ...] = ()) -> Any:
    """Return the function of `rows` (and of what `more` names) that evaluates an expression; `names` are bound as
    defaults, hence fast locals.
    """
    bound = ", ".join([*more, *(f"{name}={name}" for name in names)])
    scope = dict(names)
    source = f"def spell(rows, {bound}):\n    return {expression}\n"
    exec(compile(source, "<shape>", "exec"), scope)  # noqa: S102 - the source is made above of repr-ed names and numbers
    return scope["spell"]
