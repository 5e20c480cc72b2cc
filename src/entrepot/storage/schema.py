"""The schema a registry wants, as values, and the additive steps from what is there to what is wanted."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.storage.abc import Kind, Transaction


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
    """An index over columns; `unique` ones are the unique constraints, optionally only where `where` (SQL of ours) holds."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table. `has_id`: with a self-numbering `id`; link tables have none and a primary key of their columns."""

    name: str
    columns: tuple[TableColumn, ...]
    indexes: tuple[Index, ...] = ()
    has_id: bool = True


def apply(tx: Transaction, tables: list[TableSchema]) -> list[str]:
    """Bring the database up to `tables` by adding what is missing; never drops or moves data.

    Tables may refer to each other in circles and to tables that come later in the list. A required column added to a table that has rows stays
    nullable until `require` is called. Returns the statements run, for the log; an empty list when nothing was missing.
    """
    raise NotImplementedError


def require(tx: Transaction, table: str, column: str) -> bool:
    """Make an added column required where the database can; False (and nothing done) where it cannot or a row is empty."""
    raise NotImplementedError
