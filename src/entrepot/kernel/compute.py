"""Computed fields: what a change sets off, and working values out a set at a time.

A change marks the stored fields that depend on it as pending, all the way down, and forgets the unstored ones.
Pending fields are worked out when they are read, and at the latest when the transaction is flushed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from entrepot.errors import ValidationError
from entrepot.kernel.crud import fetch, links
from entrepot.kernel.crud.stamp import stamp
from entrepot.kernel.crud.values import problem
from entrepot.kernel.fields.base import MISSING, Field, FieldError
from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta, Path

BATCH = 1000
"""How many waiting records one read works out along with its own."""
KEPT_CONTEXT = ("tz", "allowed_company_ids")
"""All that a stored value may depend on of who happens to set it off."""


def modified(
    env: Environment, fields: Iterable[Field[Any]], ids: tuple[int, ...], *, new: bool = False
) -> None:
    """Note that these fields of these records changed. `new`: the records were just created, so few can point to them."""
    if not ids:
        return
    queue: list[tuple[Field[Any], tuple[int, ...], bool]] = [(field, ids, new) for field in fields]
    seen: dict[Field[Any], set[int]] = {}
    while queue:
        field, changed, fresh = queue.pop()
        for target, path in env.registry.triggers.get(field, ()):
            if target.stored:
                more = _owe(env, target, _owners(env, path, changed, fresh=fresh))
            else:
                more = _forget(env, target, path, changed, fresh=fresh, seen=seen)
            if more:
                queue.append((target, more, fresh and not path))


def _owe(env: Environment, target: Field[Any], owners: tuple[int, ...]) -> tuple[int, ...]:
    """Mark a stored field as pending; the records for which that is news."""
    pending = env.cache.pending.get(target, {})
    busy = env.cache.computing.get(target, ())
    more = tuple(owner for owner in owners if owner not in pending and owner not in busy)
    env.cache.owe(target, more)
    return more


def _forget(
    env: Environment,
    target: Field[Any],
    path: Path,
    changed: tuple[int, ...],
    *,
    fresh: bool,
    seen: dict[Field[Any], set[int]],
) -> tuple[int, ...]:
    """Drop an unstored field's values; the records to follow up, each once, however the data turns in circles."""
    if path or target.translate:
        env.cache.forget_field(target)
    else:
        env.cache.forget_ids(target, changed)
    if not env.registry.triggers.get(target):
        return ()
    if not _reaches_stored(env, target):
        _forget_after(env, target, None if path else changed, set())
        return ()
    known = seen.setdefault(target, set())
    more = tuple(owner for owner in _owners(env, path, changed, fresh=fresh) if owner not in known)
    known.update(more)
    return more


def _reaches_stored(env: Environment, field: Field[Any]) -> bool:
    """Whether a stored field is worked out from this one, at whatever remove: then its records must be found."""

    def make() -> bool:
        waiting, known = [field], {field}
        while waiting:
            for target, _ in env.registry.triggers.get(waiting.pop(), ()):
                if target.stored:
                    return True
                if target not in known:
                    known.add(target)
                    waiting.append(target)
        return False

    return env.registry.plans.get(("reaches stored", field.model, field.name), make)


def _forget_after(
    env: Environment,
    field: Field[Any],
    ids: tuple[int, ...] | None,
    known: set[tuple[Field[Any], bool]],
) -> None:
    """Drop what unstored fields know that follows from one of them, of these records or (None) of all: no record is
    asked for, since nothing of it is to be written.
    """
    for target, path in env.registry.triggers.get(field, ()):
        of_all = ids is None or bool(path) or target.translate
        if (target, of_all) in known:
            continue
        known.add((target, of_all))
        if ids is None or of_all:
            env.cache.forget_field(target)
            _forget_after(env, target, None, known)
        else:
            env.cache.forget_ids(target, ids)
            _forget_after(env, target, ids, known)


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
        return _parents(env, step, ids)
    if step.kind == "many2one":
        values = env.cache.of(step, env)
        wanted = set(ids)
        found = dict.fromkeys(owner for owner, value in values.items() if value in wanted)
        if not fresh and step.has_column:
            unwritten = {owner for owner, keys in env.cache.dirty.get(step.model, {}).items() if step in keys}
            rows = _query(env, env.registry.models[step.model].table, "id", step.name, ids)
            found.update(dict.fromkeys(row for row in rows if row not in unwritten))
        elif not fresh and step.path:
            found.update(dict.fromkeys(_owners(env, step.path, ids, fresh=False)))
        return tuple(found)
    if step.kind == "many2many" and step.stored:
        return tuple(_query(env, step.table, step.column, step.other, ids))
    return ()


def _parents(env: Environment, step: Any, ids: tuple[int, ...]) -> tuple[int, ...]:
    """The records that lines hang on, by the last known link: one that is to be worked out again stays unasked."""
    comodel = env.registry.models[step.comodel]
    inverse = comodel.fields[step.inverse_name]
    known = env.cache.of(inverse, env)
    unknown = tuple(record_id for record_id in ids if record_id not in known)
    if unknown and inverse.has_column:
        fetch.columns(env, comodel, unknown)
    elif unknown:
        lines = comodel.type(env.derive(su=True), unknown)
        known = known | {line.ids[0]: line.env.value(line, inverse) for line in lines}
    return tuple(dict.fromkeys(owner for record_id in ids if (owner := known.get(record_id))))


def _query(env: Environment, table: str, what: str, where: str, ids: tuple[int, ...]) -> list[int]:
    dialect = env.tx.dialect

    def make() -> Plan:
        among = dialect.among(ident(where), Slot(0), "integer")
        return render(SQL("SELECT {} FROM {} WHERE {}", ident(what), ident(table), among), dialect)

    plan = env.registry.plans.get(("back", table, what, where, dialect.name), make)
    return [row[0] for row in env.tx.fetch(plan.text, plan.bind([list(ids)]))]


def linked_away(env: Environment, model: str, ids: tuple[int, ...]) -> None:
    """Note that records are about to go which many2manys of others lead to."""
    for field in env.registry.pointing.get(model, ()):
        if field.kind == "many2many" and field.stored and not field.path and env.registry.triggers.get(field):
            link: Any = field
            modified(env, [field], tuple(_query(env, link.table, link.column, link.other, ids)))


def recompute(env: Environment, field: Field[Any], records: Model | None = None) -> None:
    """Work out a stored field for all records that wait for it; for a read that would be too many, for its neighbours."""
    pending = env.cache.pending.get(field)
    if not pending:
        return
    ids = tuple(pending)
    if records is not None and len(ids) > BATCH:
        near = [
            record_id
            for record_id in records.neighbours()
            if record_id in pending and record_id not in records.ids
        ]
        ids = (*records.ids, *near[: BATCH - 1])
    work_out(env, env.registry.models[field.model], ids, field)


def work_out(env: Environment, meta: ModelMeta, ids: tuple[int, ...], field: Field[Any]) -> None:
    """Run the compute method of a field for records, as the superuser; fields that share the method come along.

    Stored values are worked out without the caller's language and other context, so that they are the same whoever
    sets them off.
    """
    together = [field] if field.path else _together(meta, field)
    worker = _worker(env) if field.stored else env.derive(su=True)
    before = _before(worker, meta, ids, together)
    env.cache.runs += 1
    run = env.cache.runs
    _run(worker, meta, ids, together)
    for each in together:
        values = env.cache.of(each, worker)
        for record_id in ids:
            if record_id not in values:
                put(worker, meta.type(worker, (record_id,)), each, None)
    for each, old in before.items():
        _follow_up(worker, each, old, among_others=env.cache.runs > run)


def _run(worker: Environment, meta: ModelMeta, ids: tuple[int, ...], together: list[Field[Any]]) -> None:
    """Run the method that fields share; while it runs, what it assigns is their worked-out value."""
    field, cache = together[0], worker.cache
    for each in together:
        cache.settle(each, ids)
    busy = {each: cache.computing.get(each) for each in together}
    for each in together:
        cache.computing[each] = set(ids) | (busy[each] or set())
    records = meta.type(worker, ids)
    try:
        if field.path:
            _follow(records, field)
        else:
            getattr(records, field.compute)()
    finally:
        for each in together:
            old = busy[each]
            if old is None:
                cache.computing.pop(each, None)
            else:
                cache.computing[each] = old


def _worker(env: Environment) -> Environment:
    kept = {name: env.context[name] for name in KEPT_CONTEXT if name in env.context}
    return env.derive(su=True, context=kept)


def _before(
    env: Environment, meta: ModelMeta, ids: tuple[int, ...], fields: list[Field[Any]]
) -> dict[Field[Any], dict[int, Any]]:
    """The stored values so far, fetched to see which of the new ones are new; of the fields that others rest on."""
    columns = [each for each in fields if each.has_column]
    unknown = {i: None for each in columns for i in ids if i not in env.cache.of(each, env)}
    if unknown:
        fetch.columns(env, meta, tuple(unknown))
    rested_on = [
        each for each in columns if env.registry.triggers.get(each) or env.registry.inverses.get(each)
    ]
    caches = {each: env.cache.of(each, env) for each in rested_on}
    return {each: {i: values[i] for i in ids if i in values} for each, values in caches.items()}


def _follow_up(env: Environment, field: Field[Any], before: dict[int, Any], *, among_others: bool) -> None:
    """A link was worked out: what hangs on it at its new end, and the lists that hold the record, are new too.

    And where others were worked out meanwhile, they may have seen the old value of any field.
    """
    if not (field.comodel or among_others):
        return
    values = env.cache.of(field, env)
    changed = tuple(i for i, old in before.items() if not field.same(values.get(i), old))
    if changed:
        for each in env.registry.inverses.get(field, ()):
            env.cache.forget_field(each)
        modified(env, [field], changed)


def _together(meta: ModelMeta, field: Field[Any]) -> list[Field[Any]]:
    return [
        each for each in meta.fields.values() if each.compute == field.compute and each.stored == field.stored
    ]


def _follow(records: Model, field: Field[Any]) -> None:
    target = field.path[-1]
    for record in records:
        current: Any = record
        for step in field.path[:-1]:
            current = step.__get__(current, type(current))[:1]
        _keep(records.env, field, record.ids[0], current.env.value(current, target) if current else None)


def put(env: Environment, records: Model, field: Field[Any], value: Any) -> None:
    """Take a worked-out value: into the cache, and to be written where the field is stored and the value new.

    Raises ValidationError for a value that does not fit the field.
    """
    try:
        cached = _links(value) if field.table_kind == "ids" else field.parse(value, env)
    except FieldError as error:
        raise ValidationError(problems=[problem(field, error)], model=field.model) from error
    for record_id in records.ids:
        _keep(env, field, record_id, cached)


def _links(value: Any) -> tuple[int, ...]:
    return tuple(value.ids) if hasattr(value, "ids") else tuple(value or ())


def _keep(env: Environment, field: Field[Any], record_id: int, cached: Any) -> None:
    values = env.cache.of(field, env)
    if field.table_kind == "ids":
        values[record_id] = cached or ()
        if (
            field.kind == "many2many"
            and field.stored
            and links.replace(env, field, record_id, values[record_id])
        ):
            env.cache.forget_others(field, env, (record_id,))
            for twin in env.registry.twins.get(field, ()):
                env.cache.forget_field(twin)
        return
    old = values.get(record_id, MISSING)
    if field.has_column and (old is MISSING or not field.same(old, cached)):
        meta = env.registry.models[field.model]
        env.cache.set_dirty(env.cache.key(field, env), meta.name, (record_id,))
        stamp(env, meta, (record_id,))
        if any(field.name in names for _, names in meta.constraints):
            env.cache.touch(field, (record_id,))
        if field.translate:
            env.cache.forget_others(field, env, (record_id,))
    values[record_id] = cached
