"""Values → JSON bytes: what every JSON wire spells alike, and whether nothing is `false` or `null`.

Decimal → number, date and datetime → "YYYY-MM-DD[ HH:MM:SS]" in UTC, bytes → base64 text, sets, tuples and
generators → arrays, `Table` and `Tree` → array of objects, NaN and infinities → null. Integers of any size stay whole.
"""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import orjson

from entrepot.doors.rows import json_rows
from entrepot.doors.trees import tree_rows
from entrepot.kept import Kept
from entrepot.table import Table
from entrepot.tree import Tree

# Dataclasses are passed on so that a `Table` reaches us; datetimes so that they are spelled as Odoo spells
# them.
OPTIONS = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME


def to_json(value: Any, *, empty: bool | None) -> bytes:
    """Spell a value as UTF-8 JSON; `empty` is what None becomes, at any depth: False on Odoo's wires, else
    None.

    Raises TypeError for what is no `Value`.
    """
    if type(value) is Kept:
        return value.spelled(f"json {empty}", lambda: _spell(value, empty=empty))
    return _spell(value, empty=empty)


def _spell(value: Any, *, empty: bool | None) -> bytes:
    try:
        spelled = orjson.dumps(value, _default_false if empty is False else _default_null, OPTIONS)
    except (
        TypeError
    ):  # a key that is no text, a number past 64 bits, a generator, deep nesting, a lone surrogate
        return _slowly(value, empty=empty)
    # A walk over every value only to replace None costs ten times the dump, so look whether there is any to
    # replace.
    return _slowly(value, empty=empty) if empty is False and b"null" in spelled else spelled


def _slowly(value: Any, *, empty: bool | None) -> bytes:
    simple = plain(value, empty=empty)
    try:
        return orjson.dumps(simple)
    except TypeError:
        return json.dumps(simple, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def plain(value: Any, *, empty: bool | None) -> Any:
    """Return a value made only of what JSON knows, with `empty` for None. Raises TypeError for what is no
    `Value`.
    """
    if value is None:
        return empty
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        simple = {}
        for key, item in value.items():
            simple[str(key)] = plain(item, empty=empty)
        return simple
    if isinstance(value, Table | Tree):
        value = _rows(value, empty=empty)
    elif isinstance(value, bytes | bytearray | memoryview | Decimal | date):
        return plain(_scalar(value), empty=empty)
    if not isinstance(value, Iterable):
        raise TypeError(f"{type(value).__name__} is not a value that crosses a door")
    items = []
    for item in value:
        items.append(plain(item, empty=empty))  # noqa: PERF401 - a comprehension would take a second frame a level
    return items


def spell_datetime(value: datetime) -> str:
    """A moment as Odoo's wires spell it: UTC, whole seconds. A naive one is taken as UTC."""
    moment = value if value.tzinfo is None else value.astimezone(UTC)
    # Not strftime: it does not pad years before 1000.
    return moment.replace(tzinfo=None, microsecond=0).isoformat(" ")


def spell_bytes(value: bytes | bytearray | memoryview) -> str:
    """Bytes as base64 text."""
    return b64encode(value).decode("ascii")


def _scalar(value: Any) -> Any:
    match value:
        case Decimal():
            return float(value)
        case datetime():
            return spell_datetime(value)
        case date():
            return value.isoformat()
        case bytes() | bytearray() | memoryview():
            return spell_bytes(value)
        case _:
            raise TypeError(f"{type(value).__name__} is not a value that crosses a door")


def _default_false(value: Any) -> Any:
    return _default(value, empty=False)


def _default_null(value: Any) -> Any:
    return _default(value, empty=None)


def _default(value: Any, *, empty: bool | None) -> Any:
    if isinstance(value, Table | Tree):
        return _rows(value, empty=empty)
    if isinstance(value, set | frozenset):
        return list(value)
    if isinstance(value, Mapping):
        return dict(value)
    return _scalar(value)


def _rows(value: Table | Tree, *, empty: bool | None) -> list[dict[str, Any]]:
    return json_rows(value, empty=empty) if isinstance(value, Table) else tree_rows(value, empty=empty)
