"""What is in a database at present, in two or three queries however many tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from entrepot.storage.abc import Transaction

_SQLITE_COLUMNS = """
SELECT t.name, c.name, c."notnull" FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite~_%' ESCAPE '~'
"""
_SQLITE_INDEXES = "SELECT name FROM sqlite_schema WHERE type = 'index'"

# relkind r: a table; attnum > 0: no system columns
_POSTGRES_COLUMNS = """
SELECT t.relname::text, a.attname::text, a.attnotnull FROM pg_class AS t JOIN pg_attribute AS a ON a.attrelid
= t.oid WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attnum > 0 AND NOT
a.attisdropped
"""
_POSTGRES_INDEXES = (
    "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'i'"
)
_POSTGRES_KEYS = (
    "SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype = 'f'"
)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Tables with their columns (and whether a column is required), names of indexes and of foreign keys."""

    tables: Mapping[str, Mapping[str, bool]]
    indexes: frozenset[str]
    foreign_keys: frozenset[str]
    """Only where they have names of their own (PostgreSQL)."""


def read_catalog(tx: Transaction) -> Catalog:
    """Read it."""
    sqlite = tx.dialect.name == "sqlite"
    tables: dict[str, dict[str, bool]] = {}
    for table, column, required in tx.fetch(_SQLITE_COLUMNS if sqlite else _POSTGRES_COLUMNS):
        tables.setdefault(table, {})[column] = bool(required)
    indexes = frozenset(name for (name,) in tx.fetch(_SQLITE_INDEXES if sqlite else _POSTGRES_INDEXES))
    keys = frozenset() if sqlite else frozenset(name for (name,) in tx.fetch(_POSTGRES_KEYS))
    return Catalog(tables, indexes, keys)
