"""The tables that the models of a registry need."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from entrepot.kernel.access.policy import EPOCH_TABLE
from entrepot.kernel.crud import order
from entrepot.kernel.fields.base import LOG_FIELDS, Field
from entrepot.kernel.query import I18N
from entrepot.storage.locks import LOCKS
from entrepot.storage.schema import Index, Reference, TableColumn, TableSchema

if TYPE_CHECKING:
    from entrepot.kernel.registry import ModelMeta, Registry

NAME_LIMIT = 60


def tables(registry: Registry) -> list[TableSchema]:
    """Every model's table, every link table, and those of the tenant's epoch and locks."""
    found = [
        TableSchema(EPOCH_TABLE, (TableColumn("value", "bigint", required=True),), has_id=False),
        LOCKS,
    ]
    made: dict[str, TableSchema] = {}
    links: dict[str, TableSchema] = {}
    for meta in registry.models.values():
        if meta.abstract:
            continue
        table = _table(registry, meta)
        known = made.get(meta.table)
        made[meta.table] = table if known is None else _united(known, table)
        for field in meta.fields.values():
            if field.kind == "many2many" and field.stored and not field.path:
                link = _links(registry, meta, field)
                links.setdefault(link.name, link)
    return [*found, *made.values(), *links.values()]


def _united(one: TableSchema, other: TableSchema) -> TableSchema:
    """The table of two models that share it: one is another view of the same rows."""
    columns = {column.name: column for column in (*other.columns, *one.columns)}
    indexes = {index.name: index for index in (*other.indexes, *one.indexes)}
    return TableSchema(one.name, tuple(columns.values()), tuple(indexes.values()))


def _table(registry: Registry, meta: ModelMeta) -> TableSchema:
    columns: list[TableColumn] = []
    indexes: list[Index] = []
    for name, field in meta.columns.items():
        columns.append(_column(registry, field))
        if field.translate:
            columns.append(TableColumn(name + I18N, "json"))
        linking = field.kind == "many2one" and name not in LOG_FIELDS
        if field.unique:
            indexes.append(Index(short(f"{meta.table}_{name}_uniq"), (name,), unique=True))
        elif field.index or linking:
            indexes.append(Index(short(f"{meta.table}_{name}_idx"), (name,)))
    indexes.extend(
        Index(short(f"{meta.table}_{'_'.join(names)}_uniq"), tuple(names), unique=True)
        for names in meta.unique
    )
    indexes.extend(
        Index(short(f"{meta.table}_{'_'.join(names)}_idx"), tuple(names)) for names in meta.indexes
    )
    ordered = _order_index(meta)
    if ordered is not None:
        indexes.append(ordered)
    return TableSchema(meta.table, tuple(columns), tuple(indexes))


def _order_index(meta: ModelMeta) -> Index | None:
    """An index in the model's own order, when that is an order of its own columns: a page of a list reads only its rows."""
    terms = order.parse(meta.order)
    names = [term.field for term in terms]
    if names[0] == "id" or any(name != "id" and name not in meta.columns for name in names):
        return None
    if any(meta.columns[name].kind == "many2one" for name in names if name != "id"):
        return None
    if "id" not in names:
        names.append("id")
    descending = tuple(term.field for term in terms if term.descending)
    return Index(short(f"{meta.table}_order_idx"), tuple(names), descending=descending)


def _column(registry: Registry, field: Field[Any]) -> TableColumn:
    reference = None
    if field.kind == "many2one" and field.name not in LOG_FIELDS:
        reference = Reference(registry.table_of(field.comodel), getattr(field, "on_delete", "set null"))
    required = field.required and not field.computed
    return TableColumn(field.name, field.column_kind or "text", required=required, references=reference)


def _links(registry: Registry, meta: ModelMeta, field: Any) -> TableSchema:
    mine = TableColumn(field.column, "integer", required=True, references=Reference(meta.table, "cascade"))
    other_table = registry.table_of(field.comodel)
    other = TableColumn(field.other, "integer", required=True, references=Reference(other_table, "cascade"))
    index = Index(short(f"{field.table}_{field.other}_idx"), (field.other,))
    return TableSchema(field.table, (mine, other), (index,), has_id=False)


def short(name: str) -> str:
    """A name within what every database takes; long ones end in a digest of the whole."""
    if len(name) <= NAME_LIMIT:
        return name
    return f"{name[: NAME_LIMIT - 9]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"
