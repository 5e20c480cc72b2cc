"""What the cache owes the store: pending computations, then one UPDATE for each set of columns."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entrepot.kernel import compute
from entrepot.kernel.crud import fetch, refusals
from entrepot.kernel.query import I18N
from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render
from entrepot.storage.violations import Violation

if TYPE_CHECKING:
    from entrepot.kernel.cache import Key
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

MAX_ROUNDS = 1000


def flush(env: Environment) -> None:
    """Work out every pending field and write every unwritten value."""
    cache = env.cache
    for _ in range(MAX_ROUNDS):
        if not cache.pending:
            break
        compute.recompute(env, next(iter(cache.pending)))
    else:
        raise RecursionError("computed fields depend on each other in a circle")
    while cache.dirty:
        model, rows = cache.dirty.popitem()
        _write_rows(env, env.registry.models[model], rows)


def _write_rows(env: Environment, meta: ModelMeta, rows: dict[int, dict[Key, None]]) -> None:
    groups: dict[tuple[Key, ...], list[int]] = {}
    for record_id, keys in rows.items():
        groups.setdefault(tuple(keys), []).append(record_id)
    for keys, ids in groups.items():
        try:
            _update(env, meta, keys, ids)
        except Violation as violation:
            raise refusals.explained(env, meta, violation, ids) from violation


def _update(env: Environment, meta: ModelMeta, keys: tuple[Key, ...], ids: list[int]) -> None:
    exact = env.tx.dialect.exact_decimals
    columns: list[str] = []
    makers: list[Any] = []
    for key in keys:
        field = key[0] if isinstance(key, tuple) else key
        values = env.cache.at(key)
        if isinstance(key, tuple) and key[1] != "en_US":
            columns.append(field.name + I18N)
            makers.append(_translations(env, meta, field, key[1], values, ids))
        else:
            columns.append(field.name)
            makers.append(_raws(field, values, ids, exact=exact))
    if "write_date" in meta.columns and "write_date" not in columns:
        moment = meta.columns["write_date"].raw(env.now(), exact=exact)
        columns += ["write_date", "write_uid"]
        makers += [[moment] * len(ids), [env.uid] * len(ids)]
        for name, value in (("write_date", env.now()), ("write_uid", env.uid)):
            env.cache.of(meta.columns[name], env).update(dict.fromkeys(ids, value))
    _send(env, meta, columns, ids, list(zip(*makers, strict=True)))


def _raws(field: Any, values: dict[int, Any], ids: list[int], *, exact: bool) -> list[Any]:
    return [field.raw(values[record_id], exact=exact) for record_id in ids]


def _translations(
    env: Environment, meta: ModelMeta, field: Any, lang: str, values: dict[int, Any], ids: list[int]
) -> list[str]:
    known = fetch.other_languages(env, meta, field, tuple(ids))
    found = []
    for record_id in ids:
        texts = json.loads(known.get(record_id) or "{}")
        texts[lang] = values[record_id]
        found.append(json.dumps(texts, ensure_ascii=False))
    return found


def _send(
    env: Environment, meta: ModelMeta, columns: Sequence[str], ids: list[int], rows: list[tuple[Any, ...]]
) -> None:
    same = len(ids) > 1 and all(row == rows[0] for row in rows)
    dialect = env.tx.dialect
    key = ("update", meta.name, tuple(columns), same, dialect.name)

    def make() -> Plan:
        pairs = SQL(", ").join(SQL("{} = {}", ident(name), Slot(at)) for at, name in enumerate(columns))
        last = Slot(len(columns))
        where = dialect.among(ident("id"), last, "integer") if same else SQL("{} = {}", ident("id"), last)
        return render(SQL("UPDATE {} SET {} WHERE {}", ident(meta.table), pairs, where), dialect)

    plan = env.registry.plans.get(key, make)
    if same:
        env.tx.execute(plan.text, plan.bind([*rows[0], ids]))
    elif len(ids) == 1:
        env.tx.execute(plan.text, plan.bind([*rows[0], ids[0]]))
    else:
        env.tx.execute_many(
            plan.text, [plan.bind([*row, record_id]) for row, record_id in zip(rows, ids, strict=True)]
        )
