"""What the cache owes the store: pending computations, then one UPDATE for each set of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entrepot.kernel import compute
from entrepot.kernel.crud import constraints, refusals, translations
from entrepot.kernel.query import I18N
from entrepot.storage.abc import Kind
from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render
from entrepot.storage.violations import Violation

if TYPE_CHECKING:
    from entrepot.kernel.cache import Key
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

MAX_ROUNDS = 1000
MOST_TOGETHER = 5000
"""How many rows one statement updates."""


def flush(env: Environment) -> None:
    """Work out every pending field, check what came of it, and write every unwritten value.

    Nothing is checked in the midst of working out: it is not done yet, and the caller's context is not at hand.

    Raises ValidationError for what constraints or the store refuse.
    """
    cache = env.cache
    for _ in range(MAX_ROUNDS):
        if cache.pending:
            compute.recompute(env, next(iter(cache.pending)))
        elif cache.touched and not cache.computing:
            constraints.run_due(env)
        else:
            break
    else:
        raise RecursionError("computed fields depend on each other in a circle")
    while cache.dirty:
        model = next(iter(cache.dirty))  # in the order of the changes: a refusal names the one that caused it
        _write_rows(env, env.registry.models[model], cache.dirty.pop(model))


def _write_rows(env: Environment, meta: ModelMeta, rows: dict[int, dict[Key, None]]) -> None:
    groups: dict[tuple[Key, ...], list[int]] = {}
    for record_id, keys in rows.items():
        groups.setdefault(tuple(keys), []).append(record_id)
    for columns, ids in groups.items():
        try:
            _update(env, meta, columns, ids)
        except Violation as violation:
            wanted = {
                key.name: {env.cache.at(key).get(record_id) for record_id in ids}
                for key in columns
                if not isinstance(key, tuple) and key.kind == "many2one"
            }
            raise refusals.explained(env, meta, violation, wanted) from violation


def _update(env: Environment, meta: ModelMeta, keys: tuple[Key, ...], ids: list[int]) -> None:
    exact = env.tx.dialect.exact_decimals
    columns: list[str] = []
    makers: list[Sequence[Any]] = []
    translated: dict[Field[Any], list[str]] = {}
    for key in keys:
        if isinstance(key, tuple) and key[1] != translations.SOURCE:
            translated.setdefault(key[0], []).append(key[1])
            continue
        field = key[0] if isinstance(key, tuple) else key
        values = env.cache.at(key)
        columns.append(field.name)
        makers.append([field.raw(values[record_id], exact=exact) for record_id in ids])
    for field, langs in translated.items():
        columns.append(field.name + I18N)
        makers.append(translations.raws(env, meta, field, langs, ids))
    _send(env, meta, columns, ids, list(zip(*makers, strict=True)))


def _send(
    env: Environment, meta: ModelMeta, columns: Sequence[str], ids: list[int], rows: list[tuple[Any, ...]]
) -> None:
    if len(ids) > 1 and any(row != rows[0] for row in rows):
        kinds = [_kind(meta, name) for name in columns]
        for start in range(0, len(ids), MOST_TOGETHER):
            end = start + MOST_TOGETHER
            env.tx.update(meta.table, columns, kinds, ids[start:end], rows[start:end])
        return
    dialect = env.tx.dialect
    same = len(ids) > 1
    key = ("update", meta.name, tuple(columns), same, dialect.name)

    def make() -> Plan:
        pairs = SQL(", ").join(SQL("{} = {}", ident(name), Slot(at)) for at, name in enumerate(columns))
        last = Slot(len(columns))
        where = dialect.among(ident("id"), last, "integer") if same else SQL("{} = {}", ident("id"), last)
        return render(SQL("UPDATE {} SET {} WHERE {}", ident(meta.table), pairs, where), dialect)

    plan = env.registry.plans.get(key, make)
    env.tx.execute(plan.text, plan.bind([*rows[0], ids if same else ids[0]]))


def _kind(meta: ModelMeta, column: str) -> Kind:
    """The type of a column; the other languages of a text are in one of JSON beside it."""
    field = meta.columns.get(column)
    return "json" if field is None else field.column_kind or "text"
