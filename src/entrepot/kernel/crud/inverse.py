"""Values for fields that are worked out but may be written: what they follow from is written instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel import compute
from entrepot.kernel.fields.base import is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta


def apply(env: Environment, meta: ModelMeta, values: Mapping[int, Mapping[str, Any]]) -> None:
    """Write the values of each record: id -> field -> value, by the field's inverse method or along its path."""
    for name in dict.fromkeys(name for each in values.values() for name in each):
        field = meta.fields[name]
        given = {record_id: each[name] for record_id, each in values.items() if name in each}
        if field.inverse:
            _by_method(env, meta, field, given)
        else:
            _along_path(env, meta, field, given)


def _by_method(env: Environment, meta: ModelMeta, field: Field[Any], given: Mapping[int, Any]) -> None:
    records = meta.type(env, tuple(given))
    before = env.cache.computing.get(field)
    env.cache.computing[field] = set(given)
    try:
        for record in records:
            compute.put(env, record, field, given[record.ids[0]])
        env.cache.settle(field, given)
    finally:
        if before is None:
            env.cache.computing.pop(field, None)
        else:
            env.cache.computing[field] = before
    getattr(records, field.inverse)()
    if field.stored:
        compute.modified(env, [field], records.ids)
    else:
        env.cache.forget_ids(field, records.ids)


def _along_path(env: Environment, meta: ModelMeta, field: Field[Any], given: Mapping[int, Any]) -> None:
    """Write on the records behind the path, with the caller's rights on them."""
    path = ".".join(step.name for step in field.path[:-1])
    groups: dict[int, tuple[Any, list[int]]] = {}
    for record_id, value in given.items():
        groups.setdefault(id(value), (value, []))[1].append(record_id)
    for value, ids in groups.values():
        records = meta.type(env, tuple(ids))
        if path and not is_unset(value) and any(not record.mapped(path) for record in records):
            text = f"{field.string} ({meta.name}.{field.name}) is kept on {path}, which is not set."
            raise ValidationError(problems=[Problem(field.name, "nowhere", text)], model=meta.name)
        owners = records.mapped(path) if path else records
        owners.write({field.path[-1].name: value})
