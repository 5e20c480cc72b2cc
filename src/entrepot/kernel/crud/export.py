"""Rows of texts that `load` takes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel import externals
from entrepot.kernel.crud.read import names_of
from entrepot.kernel.records import Records

if TYPE_CHECKING:
    from entrepot.kernel.model import Model


def export_data(records: Model, columns: list[str]) -> list[list[Any]]:
    """One row a record: `field`, `id` (external id, made where there is none), `.id`, and paths `field/sub`, `field/id`."""
    env = records.env
    meta = env.registry.models[records.model_name]
    firsts = [column.split("/")[0] for column in columns]
    names_of(env, meta, [name for name in firsts if name not in {"id", ".id"}] or ["id"], "export")
    return [[_cell(record, column.split("/")) for column in columns] for record in records]


def _cell(record: Model, path: list[str]) -> Any:
    name, rest = path[0], path[1:]
    if name == ".id":
        return record.id
    if name == "id":
        return external_id(record)
    meta = record.env.registry.models[record.model_name]
    if name not in meta.fields:
        text = f"Unknown column {name!r} on {record.model_name}"
        raise ValidationError(problems=[Problem(name, "unknown_field", text)])
    value = getattr(record, name)
    if isinstance(value, Records):
        if rest:
            return ",".join(str(_cell(each, rest)) for each in value)  # type: ignore[arg-type]  # models' records
        return ",".join(str(each.display_name) for each in value)  # type: ignore[attr-defined]  # models' records
    return "" if value is None else value


def external_id(record: Model) -> str:
    """The external id of a record; one is made in module `__export__` where there is none."""
    found = externals.names_of(record.env, record.model_name, record.ids)
    if record.id in found:
        return found[record.id]
    name = f"__export__.{record.model_name.replace('.', '_')}_{record.id}"
    if not record.env.tx.readonly:
        externals.remember(record.env, record.model_name, {name: record.id}, noupdate=True)
    return name
