"""Making records, a list at a time: one INSERT for all rows, one create for all lines of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadRequest, Problem
from entrepot.kernel import compute
from entrepot.kernel.access import check, epochs
from entrepot.kernel.crud import constraints, defaults, refusals
from entrepot.kernel.crud.values import Sorted, check_names, raise_problems, sort
from entrepot.kernel.crud.write import apply_rest, forget_links
from entrepot.kernel.domain.parse import TRUE
from entrepot.kernel.query import I18N
from entrepot.storage.violations import Violation

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

MAX_RECORDS = 100_000


def create(env: Environment, meta: ModelMeta, values_list: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """Create a record for each set of values; their ids in the same order.

    Raises AccessError, ValidationError with every problem of every record.
    """
    check.check_model(env, meta.name, "create")
    if len(values_list) > MAX_RECORDS:
        raise BadRequest(f"create takes at most {MAX_RECORDS} records, got {len(values_list)}")
    for values in values_list:
        if not isinstance(values, Mapping):
            raise BadRequest(f"create takes values as objects, got {type(values).__name__}")
    names = {name for values in values_list for name in values}
    check_names(env, meta, names, "create")
    if not values_list:
        return ()
    problems: list[Problem] = []
    parts = []
    for values in values_list:
        filled = dict(values)
        defaults.fill(env, meta, filled)
        part = sort(env, meta, filled, problems)
        for name, zero in meta.zeros:
            part.columns.setdefault(name, zero)
        parts.append(part)
    if not problems:
        _delegate(env, meta, parts)
    for each in parts:
        _require(meta, each, problems)
    raise_problems(meta, problems)
    ids = _insert(env, meta, parts)
    _owe(env, meta, ids, parts)
    apply_rest(env, meta, {record_id: _rest(each) for record_id, each in zip(ids, parts, strict=True)})
    epochs.changed(env, meta.name, None)
    constraints.run(env, meta, ids, None)
    if check.rule_tree(env, meta.name, "create") is not TRUE:
        env.flush()
        check.check_records(env, meta.name, ids, "create")
    return ids


def _rest(each: Sorted) -> Sorted:
    """What is left once the row and its delegates are there."""
    return Sorted(links=each.links, inverses=each.inverses)


def _delegate(env: Environment, meta: ModelMeta, parts: list[Sorted]) -> None:
    """Create (or write on) the records behind delegating many2ones."""
    for link, target in meta.delegates.items():
        waiting: list[Sorted] = []
        for each in parts:
            linked = each.columns.get(link)
            if not linked:
                waiting.append(each)
            elif each.delegated.get(link):
                env[target].browse(linked).write(each.delegated[link])
        if waiting:
            made = env[target].create([each.delegated.get(link, {}) for each in waiting])
            for each, record_id in zip(waiting, made.ids, strict=True):
                each.columns[link] = record_id


def _require(meta: ModelMeta, each: Sorted, problems: list[Problem]) -> None:
    wrong = {problem.path for problem in problems}
    missing = [
        name
        for name, field in meta.columns.items()
        if field.required
        and not field.computed
        and name not in wrong
        and field.is_empty(each.columns.get(name))
        and not (name in meta.delegates and problems)
    ]
    if missing:
        problems.extend(getattr(refusals.required(meta, missing), "problems", ()))


def _insert(env: Environment, meta: ModelMeta, parts: list[Sorted]) -> tuple[int, ...]:
    exact = env.tx.dialect.exact_decimals
    now = env.now()
    log = {"create_uid": env.uid, "create_date": now, "write_uid": env.uid, "write_date": now}
    log = {name: value for name, value in log.items() if name in meta.columns}
    used = dict.fromkeys(name for each in parts for name in each.columns)
    names = [*used, *(name for name in log if name not in used)]
    fields = [meta.columns[name] for name in names]
    rows = [
        [
            field.raw(each.columns.get(name, log.get(name)), exact=exact)
            for name, field in zip(names, fields, strict=True)
        ]
        for each in parts
    ]
    if env.cache.dirty:
        env.flush()
    kinds = [field.column_kind or "text" for field in fields]
    try:
        ids = tuple(env.tx.insert(meta.table, names, kinds, rows))
    except Violation as violation:
        _remember(env, meta, parts)
        raise refusals.explained(env, meta, violation, []) from violation
    for name, field in meta.columns.items():
        if field.computed and name not in used:
            continue
        values = env.cache.of(field, env)
        for record_id, each in zip(ids, parts, strict=True):
            values[record_id] = each.columns.get(name, log.get(name))
    if env.lang != "en_US":
        _translations(env, meta, ids, names)
    return ids


def _translations(env: Environment, meta: ModelMeta, ids: tuple[int, ...], names: list[str]) -> None:
    """A record made in another language has that text in both."""
    for name in names:
        field = meta.columns[name]
        if field.translate and name + I18N:
            env.cache.set_dirty(env.cache.key(field, env), meta.name, ids)


def _remember(env: Environment, meta: ModelMeta, parts: list[Sorted]) -> None:
    """Show the refused links to whoever explains the refusal."""
    for at, each in enumerate(parts):
        for name, value in each.columns.items():
            if meta.columns[name].kind == "many2one":
                env.cache.of(meta.columns[name], env)[-1 - at] = value


def _owe(env: Environment, meta: ModelMeta, ids: tuple[int, ...], parts: list[Sorted]) -> None:
    """Mark what is to be worked out for the new records, and what their coming changes elsewhere."""
    for name, field in meta.fields.items():
        if not (field.computed and field.stored) or field.inherited:
            continue
        waiting = [
            i
            for i, each in zip(ids, parts, strict=True)
            if name not in each.columns and name not in each.links
        ]
        env.cache.owe(field, waiting)
        if field.has_column:
            given = {i for i, each in zip(ids, parts, strict=True) if name in each.columns}
            values = env.cache.of(field, env)
            for record_id in waiting:
                if record_id not in given:
                    values.pop(record_id, None)
    changed = [field for name, field in meta.fields.items() if name == "id" or not field.computed]
    for field in changed:
        if field.kind == "many2one":
            forget_links(env, meta, field)
    for each in env.registry.pointing.get(meta.name, ()):
        env.cache.forget_field(each)
    compute.modified(env, [each for each in changed if each in env.registry.triggers], ids, new=True)
    for name, field in meta.fields.items():
        if field.computed and field.stored and field.has_column:
            given_ids = {i for i, each in zip(ids, parts, strict=True) if name in each.columns}
            env.cache.settle(field, given_ids)
