"""Records found by the values of a key: one query for all rows of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem
from entrepot.kernel.crud.load_rows import Row
from entrepot.kernel.crud.values import parsed, problem
from entrepot.kernel.fields.base import FieldError, shown

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

Key = tuple[Any, ...]
MOST = 6


def of_rows(env: Environment, meta: ModelMeta, names: Sequence[str], rows: Sequence[Row]) -> list[Key | None]:
    """The key of each row, in the form that records have it; None, and a problem on the row, where there is none."""
    return [_key(env, meta, names, row) for row in rows]


def _key(env: Environment, meta: ModelMeta, names: Sequence[str], row: Row) -> Key | None:
    values: list[Any] = []
    for name in names:
        each = meta.fields[name]
        try:
            value = parsed(each, row.values.get(name), env)
        except FieldError as error:
            row.problems.append(problem(each, error))
            return None
        if each.is_empty(value):
            text = f"The key {each.string} ({name}) is empty: nothing tells which record this is."
            row.problems.append(Problem(name, "missing_key", text))
            return None
        values.append(value)
    return tuple(values)


def find(
    env: Environment, meta: ModelMeta, names: Sequence[str], keys: Sequence[Key]
) -> dict[Key, tuple[int, ...]]:
    """The records that bear each key, archived ones too, as far as the caller may see them."""
    if not keys:
        return {}
    domain = [
        (name, "in", [_asked(value) for value in dict.fromkeys(key[at] for key in keys)])
        for at, name in enumerate(names)
    ]
    wanted = set(keys)
    fields = [meta.fields[name] for name in names]
    found: dict[Key, tuple[int, ...]] = {}
    for record in env[meta.name].with_context(active_test=False).search(domain, order="id"):
        key = tuple(record.env.value(record, each) for each in fields)
        if key in wanted:
            found[key] = (*found.get(key, ()), record.ids[0])
    return found


def _asked(value: Any) -> Any:
    """A value as a domain takes it."""
    return value.isoformat(" ", "seconds")[:19] if hasattr(value, "hour") else value


def ambiguous(names: Sequence[str], key: Key, ids: Sequence[int]) -> Problem:
    """Several records bear a key."""
    said = ", ".join(f"{name} {shown(value)}" for name, value in zip(names, key, strict=True))
    more = " …" if len(ids) > MOST else ""
    text = f"{len(ids)} records have {said}: ids {', '.join(map(str, ids[:MOST]))}{more}."
    return Problem(names[0], "ambiguous", text)
