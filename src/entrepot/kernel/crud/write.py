"""Changing records: values into the cache, and from there to the store when it is flushed.

Nothing is written that does not change, so `write_date` moves only on a real change and concurrent equal writes do
not collide.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadRequest, Problem
from entrepot.kernel import compute
from entrepot.kernel.access import check, epochs
from entrepot.kernel.crud import commands, constraints, fetch, inverse, refusals, tracking, translations
from entrepot.kernel.crud.stamp import stamp
from entrepot.kernel.crud.values import Sorted, check_claims, check_lines, check_names, raise_problems, sort
from entrepot.kernel.fields.base import LOG_FIELDS

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
    parts = _sorted(env, meta, values)
    _exist(env, meta, ids, parts)
    changed = _columns(env, meta, ids, parts)
    apply_rest(env, meta, dict.fromkeys(ids, parts))
    epochs.changed(env, meta.name, values)
    if parts.claims:
        check_claims(env, meta, dict.fromkeys(ids, parts.claims))
    constraints.run(env, meta, ids, set(values))
    moved = changed or parts.links or parts.inverses or parts.delegated
    if moved and check.may_turn(env, meta.name, "write", {*values, *LOG_FIELDS}):
        env.flush()
        # as they are now, whatever was vouched for them before
        check.check_records(env.derive(), meta.name, ids, "write")
    return True


def _sorted(env: Environment, meta: ModelMeta, values: Mapping[str, Any]) -> Sorted:
    """The values by where they go. Raises ValidationError with everything that is wrong with them."""
    problems: list[Problem] = []
    parts = sort(env, meta, values, problems)
    empty = [
        name
        for name, cached in parts.columns.items()
        if meta.fields[name].required and meta.fields[name].is_empty(cached)
    ]
    problems.extend(refusals.required(meta, empty).problems)
    if problems:
        check_lines(env, meta, parts, problems)
    raise_problems(meta, problems)
    return parts


def _exist(env: Environment, meta: ModelMeta, ids: tuple[int, ...], parts: Sorted) -> None:
    """All records are there, and the present values of the columns to write are known."""
    own = [meta.columns[name] for name in parts.columns]
    for field in own or [next(iter(meta.columns.values()))]:
        known = env.cache.of(field, env)
        unknown = tuple(record_id for record_id in ids if record_id not in known)
        if unknown:
            fetch.columns(env, meta, unknown)
            gone = [record_id for record_id in unknown if record_id not in known]
            if gone:
                check.missing(env, meta.name, gone)


def _columns(env: Environment, meta: ModelMeta, ids: tuple[int, ...], parts: Sorted) -> bool:
    """Bring the values into the cache; whether any of them is new."""
    moved: dict[int, None] = {}
    track = tracking.Tracker(env, meta)
    cleared: dict[Field[Any], tuple[int, ...]] = {}
    for name, cached in parts.columns.items():
        field = meta.columns[name]
        known = env.cache.of(field, env)
        env.cache.settle(field, ids)
        changed = tuple(i for i in ids if i not in known or not field.same(known[i], cached))
        if not changed:
            continue
        if field.comodel and cached is not None:
            fetch.check_links(env, field, {cached})
        moved.update(dict.fromkeys(changed))
        if field.comodel and env.registry.triggers.get(field):
            compute.modified(env, [field], changed)  # what depended on it through the link it now leaves
        track.note(field, changed, known, cached)
        for record_id in changed:
            known[record_id] = cached
        env.cache.set_dirty(env.cache.key(field, env), meta.name, changed)
        if field.translate:
            translations.written(env, field, changed)
            if cached is None:
                cleared[field] = changed
        forget_links(env, meta, field)
        compute.modified(env, [field], changed)
    if "write_date" not in parts.columns:
        stamp(env, meta, moved)
    track.send()
    for field, changed in cleared.items():
        translations.clear(env, meta, field, changed)
    return bool(moved)


def forget_links(env: Environment, meta: ModelMeta, field: Field[Any]) -> None:
    """Drop cached x2many values that a change of this field may have changed."""
    for each in env.registry.inverses.get(field, ()):
        env.cache.forget_field(each)
    if field is meta.active:
        for each in env.registry.pointing.get(meta.name, ()):
            env.cache.forget_field(each)


def apply_rest(
    env: Environment,
    meta: ModelMeta,
    parts: Mapping[int, Sorted],
    places: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Carry out what is not a column: delegated values, links, inverses; several records at once where possible.

    `places`: where problems of a record are told.
    """
    groups: dict[tuple[str, int], tuple[dict[str, Any], list[int]]] = {}
    for record_id, each in parts.items():
        for link, values in each.delegated.items():
            groups.setdefault((link, id(values)), (values, []))[1].append(record_id)
    for (link, _), (values, ids) in groups.items():
        meta.type(env, tuple(ids)).mapped(link).write(values)
    links = {record_id: each.links for record_id, each in parts.items() if each.links}
    commands.apply(env, meta, links, places)
    inverse.apply(env, meta, {record_id: each.inverses for record_id, each in parts.items() if each.inverses})
