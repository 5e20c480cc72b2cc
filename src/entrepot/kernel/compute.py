"""Computed fields: what a change sets off, and working values out a set at a time.

A change marks the stored fields that depend on it as pending, all the way down, and forgets the unstored ones.
Pending fields are worked out when they are read, and at the latest when the transaction is flushed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.crud import links
from entrepot.kernel.fields.base import MISSING, Field, FieldError
from entrepot.storage.sql import SQL, Slot, ident
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta, Path


def modified(
    env: Environment, fields: Iterable[Field[Any]], ids: tuple[int, ...], *, new: bool = False
) -> None:
    """Note that these fields of these records changed. `new`: the records were just created, so few can point to them."""
    if not ids:
        return
    queue: list[tuple[Field[Any], tuple[int, ...], bool]] = [(field, ids, new) for field in fields]
    while queue:
        field, changed, fresh = queue.pop()
        for target, path in env.registry.triggers.get(field, ()):
            if not target.stored:
                if path or target.translate:
                    env.cache.forget_field(target)
                else:
                    env.cache.forget_ids(target, changed)
                if env.registry.triggers.get(target):
                    owners = _owners(env, path, changed, fresh=fresh)
                    if owners:
                        queue.append((target, owners, fresh and not path))
                continue
            owners = _owners(env, path, changed, fresh=fresh)
            pending = env.cache.pending.get(target, {})
            more = tuple(owner for owner in owners if owner not in pending)
            if more and not _protected(env, target, more):
                env.cache.owe(target, more)
                queue.append((target, more, fresh and not path))


def _protected(env: Environment, target: Field[Any], ids: tuple[int, ...]) -> bool:
    computing = env.cache.computing.get(target)
    return computing is not None and computing.issuperset(ids)


def _owners(env: Environment, path: Path, ids: tuple[int, ...], *, fresh: bool) -> tuple[int, ...]:
    """The records from which a path leads to any of these."""
    for step in reversed(path):
        if not ids:
            return ()
        ids = _back(env, step, ids, fresh=fresh)
        fresh = False
    return ids


def _back(env: Environment, step: Any, ids: tuple[int, ...], *, fresh: bool) -> tuple[int, ...]:
    if step.kind == "one2many":
        inverse = env.registry.models[step.comodel].fields[step.inverse_name]
        lines = env.registry.models[step.comodel].type(env.derive(su=True), ids)
        found: dict[int, None] = {}
        for line in lines:
            owner = env.cache.of(inverse, env).get(line.ids[0], MISSING)
            owner = line.env.value(line, inverse) if owner is MISSING else owner
            if owner:
                found[owner] = None
        return tuple(found)
    if step.kind == "many2one":
        values = env.cache.of(step, env)
        wanted = set(ids)
        found = dict.fromkeys(owner for owner, value in values.items() if value in wanted)
        if not fresh and step.has_column:
            stale = [owner for owner, keys in env.cache.dirty.get(step.model, {}).items() if step in keys]
            rows = _query(env, env.registry.models[step.model].table, "id", step.name, ids)
            found.update(dict.fromkeys(row for row in rows if row not in stale or values.get(row) in wanted))
        elif not fresh and step.path:
            return _owners(env, step.path, ids, fresh=False)
        return tuple(found)
    if step.kind == "many2many" and step.stored:
        return tuple(_query(env, step.table, step.column, step.other, ids))
    return ()


def _query(env: Environment, table: str, what: str, where: str, ids: tuple[int, ...]) -> list[int]:
    key = ("back", table, what, where, env.tx.dialect.name)
    dialect = env.tx.dialect

    def make() -> Any:
        among = dialect.among(ident(where), Slot(0), "integer")
        return render(SQL("SELECT {} FROM {} WHERE {}", ident(what), ident(table), among), dialect)

    plan = env.registry.plans.get(key, make)
    return [row[0] for row in env.tx.fetch(plan.text, plan.bind([list(ids)]))]


def recompute(env: Environment, field: Field[Any], records: Model | None = None) -> None:
    """Work out a stored field for all records that wait for it."""
    pending = env.cache.pending.get(field)
    if not pending:
        return
    meta = env.registry.models[field.model]
    ids = tuple(pending)
    if records is not None and len(ids) > 1000:
        ids = records.ids
    work_out(env, meta, ids, field)


def work_out(env: Environment, meta: ModelMeta, ids: tuple[int, ...], field: Field[Any]) -> None:
    """Run the compute method of a field for records, as the superuser; fields that share the method come along."""
    together = [field] if field.path else _together(env, meta, field)
    for each in together:
        env.cache.settle(each, ids)
    before = {each: env.cache.computing.get(each) for each in together}
    for each in together:
        env.cache.computing[each] = set(ids) | (before[each] or set())
    records = meta.type(env.derive(su=True), ids)
    try:
        if field.path:
            _follow(records, field)
        else:
            getattr(records, field.compute)()
    finally:
        for each in together:
            old = before[each]
            if old is None:
                env.cache.computing.pop(each, None)
            else:
                env.cache.computing[each] = old
    for each in together:
        values = env.cache.of(each, env)
        for record_id in ids:
            if record_id not in values:
                put(records.env, records.browse(record_id), each, None)


def _together(env: Environment, meta: ModelMeta, field: Field[Any]) -> list[Field[Any]]:
    return [
        each for each in meta.fields.values() if each.compute == field.compute and each.stored == field.stored
    ]


def _follow(records: Model, field: Field[Any]) -> None:
    for record in records:
        current: Any = record
        for step in field.path[:-1]:
            current = step.__get__(current, type(current))[:1]
        value = field.path[-1].__get__(current, type(current))
        field.__set__(record, value)


def put(env: Environment, records: Model, field: Field[Any], value: Any) -> None:
    """Take a worked-out value: into the cache, and to be written where the field is stored and the value new."""
    if field.table_kind == "ids":
        put_links(env, records, field, value)
        return
    try:
        cached = None if value is None else field.parse(value, env)
    except FieldError as error:
        text = f"{field.string} ({field.model}.{field.name}): {error}"
        raise ValidationError(problems=[Problem(field.name, error.code, text)]) from error
    values = env.cache.of(field, env)
    for record_id in records.ids:
        if field.has_column and values.get(record_id, MISSING) != cached:
            env.cache.set_dirty(env.cache.key(field, env), field.model, (record_id,))
        values[record_id] = cached


def put_links(env: Environment, records: Model, field: Any, value: Any) -> None:
    """Take worked-out links; stored ones are written as commands when the compute method is done."""
    ids = value.ids if hasattr(value, "ids") else tuple(value or ())
    values = env.cache.of(field, env)
    for record_id in records.ids:
        if field.stored and field.kind == "many2many":
            links.replace(env, field, record_id, tuple(ids))
        values[record_id] = tuple(ids)
