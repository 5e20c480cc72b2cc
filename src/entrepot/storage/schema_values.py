"""The schema a registry wants, as values. Imported as `storage.schema`'s."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.storage.abc import Kind


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key to the `id` of a table. `on_delete`: "cascade", "restrict" or "set null"."""

    table: str
    on_delete: str


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column."""

    name: str
    kind: Kind
    required: bool = False
    references: Reference | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """An index over columns; `unique` ones are the unique constraints, optionally only where `where` (SQL of
    ours) holds. `descending`: those of the columns that run downwards, for an order that does.
    """

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""
    descending: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table. `has_id`: with a self-numbering `id`; link tables have none and a primary key of their
    columns.
    """

    name: str
    columns: tuple[TableColumn, ...]
    indexes: tuple[Index, ...] = ()
    has_id: bool = True
