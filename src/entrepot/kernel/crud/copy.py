"""Copies of records: the fields that may be copied, lines copied along where their field says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadRequest
from entrepot.kernel.access import check
from entrepot.kernel.crud import fetch, translations
from entrepot.kernel.fields.base import LOG_FIELDS

if TYPE_CHECKING:
    from entrepot.kernel.model import Model


def copy_values(record: Model, default: Mapping[str, Any]) -> dict[str, Any]:
    """The values of one record's copy: `default` wins."""
    meta = record.env.registry.models[record.model_name]
    values: dict[str, Any] = dict(default)
    for name, field in meta.fields.items():
        if name in values or name == "id" or name in LOG_FIELDS or not check.may_field(record.env, field):
            continue
        if field.inherited:
            if name not in values and field.path[0].name not in default and field.path[-1].copy:
                _take(record, name, field, values)
        elif field.copy:
            _take(record, name, field, values)
    for link in meta.delegates:
        if link not in default:
            values.pop(link, None)
    return values


def _take(record: Model, name: str, field: Any, values: dict[str, Any]) -> None:
    if field.kind == "one2many":
        lines = _visible(getattr(record, name))
        values[name] = [(0, 0, line_values(line, field.inverse_name)) for line in lines]
    elif field.kind == "many2many":
        values[name] = [(6, 0, list(_visible(getattr(record, name)).ids))]
    else:
        values[name] = getattr(record, name)


def _visible(linked: Model) -> Model:
    """What the caller may read of links: a copy is no way around rules."""
    known = fetch.visible(linked.env, linked.model_name, set(linked.ids))
    return linked.browse(each for each in linked.ids if each in known)


def line_values(line: Model, inverse: str) -> dict[str, Any]:
    """The values of a line's copy, free of its parent."""
    values = line.copy_data()
    values.pop(inverse, None)
    return values


def copy(records: Model, default: Mapping[str, Any] | None = None) -> Model:
    """Copy each record, texts in all their languages; the new ones in the same order.

    Raises AccessError, MissingError for one that is not there.
    """
    env = records.env
    meta = env.registry.models[records.model_name]
    if default is not None and not isinstance(default, Mapping):
        raise BadRequest(f"{meta.name}.copy takes values as an object, got {type(default).__name__}")
    check.check_model(env, meta.name, "create")
    check.check_model(env, meta.name, "read")
    check.check_records(env, meta.name, records.ids, "read")
    made = records.browse().create([record.copy_data(default) for record in records])
    if any(field.translate for field in meta.columns.values()):
        env.flush()
        translations.copy(env, meta, list(zip(records.ids, made.ids, strict=True)))
    return made
