"""Changing records: values into the cache, and from there to the store when it is flushed.

Nothing is written that does not change, so `write_date` moves only on a real change and concurrent equal writes do
not collide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadRequest, Problem
from entrepot.kernel import compute
from entrepot.kernel.access import check, epochs
from entrepot.kernel.crud import commands, constraints, fetch, refusals
from entrepot.kernel.crud.values import Sorted, check_names, raise_problems, sort
from entrepot.kernel.domain.parse import TRUE
from entrepot.kernel.fields.base import MISSING

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta


def write(records: Model, values: Mapping[str, Any]) -> bool:
    """Write values on every record of the set.

    Raises AccessError, MissingError for a record that is not there, ValidationError with every problem.
    """
    env, ids = records.env, tuple(dict.fromkeys(records.ids))
    meta = env.registry.models[records.model_name]
    if not isinstance(values, Mapping):
        raise BadRequest(f"write takes values as an object, got {type(values).__name__}")
    check.check_model(env, meta.name, "write")
    check_names(env, meta, set(values), "write")
    if not ids:
        return True
    check.check_records(env, meta.name, ids, "write")
    problems: list[Problem] = []
    parts = sort(env, meta, values, problems)
    for name, cached in parts.columns.items():
        if meta.fields[name].required and meta.fields[name].is_empty(cached):
            problems.extend(getattr(refusals.required(meta, [name]), "problems", ()))
    raise_problems(meta, problems)
    _exist(env, meta, ids, parts)
    changed = _columns(env, meta, ids, parts)
    apply_rest(env, meta, {record_id: parts for record_id in ids})
    epochs.changed(env, meta.name, values)
    touched = {*values}
    constraints.run(env, meta, ids, touched)
    if changed and check.rule_tree(env, meta.name, "write") is not TRUE:
        env.flush()
        check.check_records(env, meta.name, ids, "write")
    return True


def _exist(env: Environment, meta: ModelMeta, ids: tuple[int, ...], parts: Sorted) -> None:
    """All records are there, and the present values of the columns to write are known."""
    own = [meta.columns[name] for name in parts.columns]
    probe = own[0] if own else next(iter(meta.columns.values()))
    for field in own or [probe]:
        known = env.cache.of(field, env)
        unknown = tuple(record_id for record_id in ids if record_id not in known)
        if unknown:
            fetch.columns(env, meta, unknown)
            gone = [record_id for record_id in unknown if record_id not in known]
            if gone:
                check.missing(env, meta.name, gone)


def _columns(env: Environment, meta: ModelMeta, ids: tuple[int, ...], parts: Sorted) -> bool:
    any_change = False
    for name, cached in parts.columns.items():
        field = meta.columns[name]
        known = env.cache.of(field, env)
        env.cache.settle(field, ids)
        changed = tuple(record_id for record_id in ids if known.get(record_id, MISSING) != cached)
        if not changed:
            continue
        any_change = True
        if field.comodel and env.registry.triggers.get(field):
            compute.modified(env, [field], changed)
        if field.tracking:
            _track(env, meta, field, changed, known, cached)
        key = env.cache.key(field, env)
        for record_id in changed:
            known[record_id] = cached
        env.cache.set_dirty(key, meta.name, changed)
        forget_links(env, meta, field)
        compute.modified(env, [field], changed)
    return any_change


def forget_links(env: Environment, meta: ModelMeta, field: Field[Any]) -> None:
    """Drop cached x2many values that a change of this field may have changed."""
    for each in env.registry.inverses.get(field, ()):
        env.cache.forget_field(each)
    if field is meta.active:
        for each in env.registry.pointing.get(meta.name, ()):
            env.cache.forget_field(each)


def apply_rest(env: Environment, meta: ModelMeta, parts: Mapping[int, Sorted]) -> None:
    """Carry out what is not a column: delegated values, links, inverses; several records at once where possible."""
    groups: dict[tuple[str, str], tuple[dict[str, Any], list[int]]] = {}
    for record_id, each in parts.items():
        for link, values in each.delegated.items():
            group = groups.setdefault(
                (link, repr(sorted(values.items(), key=lambda item: item[0]))), (values, [])
            )
            group[1].append(record_id)
    for (link, _), (values, ids) in groups.items():
        meta.type(env, tuple(ids)).mapped(link).write(values)
    commands.apply(env, meta, {record_id: each.links for record_id, each in parts.items() if each.links})
    for name in dict.fromkeys(name for each in parts.values() for name in each.inverses):
        field = meta.fields[name]
        chosen = [record_id for record_id, each in parts.items() if name in each.inverses]
        if field.inverse:
            _inverse(env, meta, field, {record_id: parts[record_id].inverses[name] for record_id in chosen})
        else:
            for record_id in chosen:
                target = meta.type(env, (record_id,))
                path = ".".join(step.name for step in field.path[:-1])
                owner = target.mapped(path) if path else target
                owner.write({field.path[-1].name: parts[record_id].inverses[name]})


def _inverse(env: Environment, meta: ModelMeta, field: Field[Any], values: dict[int, Any]) -> None:
    records = meta.type(env, tuple(values))
    before = env.cache.computing.get(field)
    env.cache.computing[field] = set(values)
    try:
        for record in records:
            compute.put(env, record, field, values[record.ids[0]])
        env.cache.settle(field, values)
    finally:
        if before is None:
            env.cache.computing.pop(field, None)
        else:
            env.cache.computing[field] = before
    getattr(records, field.inverse)()
    if not field.stored:
        env.cache.forget_ids(field, records.ids)
    else:
        compute.modified(env, [field], records.ids)


def _track(
    env: Environment,
    meta: ModelMeta,
    field: Field[Any],
    ids: tuple[int, ...],
    known: dict[int, Any],
    cached: Any,
) -> None:
    for record_id in ids:
        env.log(
            "changed",
            model=meta.name,
            res_id=record_id,
            field=field.name,
            old=shown(known.get(record_id)),
            new=shown(cached),
        )


def shown(cached: Any) -> Any:
    """A cached value as the log keeps it."""
    return cached if cached is None or isinstance(cached, (bool, int, float, str)) else str(cached)
