"""Copies of records: the fields that may be copied, lines copied along where their field says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entrepot.kernel.access import check
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
        lines = getattr(record, name)
        values[name] = [(0, 0, line_values(line, field.inverse_name)) for line in lines]
    elif field.kind == "many2many":
        values[name] = [(6, 0, list(getattr(record, name).ids))]
    else:
        values[name] = getattr(record, name)


def line_values(line: Model, inverse: str) -> dict[str, Any]:
    """The values of a line's copy, free of its parent."""
    values = line.copy_data()
    values.pop(inverse, None)
    return values


def copy(records: Model, default: Mapping[str, Any] | None = None) -> Model:
    """Copy each record; the new ones in the same order. Raises AccessError, MissingError."""
    check.check_model(records.env, records.model_name, "create")
    check.check_records(records.env, records.model_name, records.ids, "read")
    return records.browse().create([record.copy_data(default) for record in records])
