"""The schema a registry wants, and the additive steps from what is there to what is wanted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from entrepot.storage.abc import Dialect, Transaction
from entrepot.storage.schema_catalog import Catalog, read_catalog
from entrepot.storage.schema_values import Index, Reference, TableColumn, TableSchema
from entrepot.storage.sql import SQL, ident
from entrepot.storage.violations import NotNullViolation, OutOfRange

__all__ = ["Index", "Reference", "TableColumn", "TableSchema", "apply", "require"]

LONGEST_NAME = 63
"""Bytes of a name that PostgreSQL keeps."""
_ON_DELETE = {"cascade": "CASCADE", "restrict": "RESTRICT", "set null": "SET NULL"}


def apply(tx: Transaction, tables: list[TableSchema]) -> list[str]:
    """Bring the database up to `tables` by adding what is missing; never drops or moves data.

    Tables may refer to each other in circles and to tables that come later in the list. A required column
    added to a table that has rows stays nullable until `require` is called. Returns the statements run, for
    the log; an empty list when nothing was missing. Raises UniqueViolation when rows do not allow a new
    unique index.
    """
    catalog = read_catalog(tx)
    done = []
    for statement in _missing(tx, catalog, tables):
        tx.execute(statement)
        done.append(statement)
    return done


def require(tx: Transaction, table: str, column: str) -> bool:
    """Make an added column required where the database can; False (and nothing done) where it cannot or a
    row is empty.
    """
    name, of = ident(column).chunks[0], ident(table).chunks[0]
    if tx.fetch(f"SELECT 1 FROM {of} WHERE {name} IS NULL LIMIT 1"):
        return False
    try:
        with tx.savepoint():
            tx.execute(f"ALTER TABLE {of} ALTER COLUMN {name} SET NOT NULL")
    except NotNullViolation:
        return False
    return True


def short_name(name: str) -> str:
    """A name of an index or constraint that every database keeps whole: the end of a long one becomes a
    digest.
    """
    if len(name.encode()) <= LONGEST_NAME:
        return name
    digest = hashlib.blake2b(name.encode(), digest_size=5).hexdigest()
    return f"{name.encode()[: LONGEST_NAME - len(digest) - 1].decode(errors='ignore')}_{digest}"


def foreign_key_name(table: str, column: str) -> str:
    """How the foreign key of a column is named: `storage/postgres_errors.py` reads it back."""
    return short_name(f"{table}_{column}_fkey")


def _missing(tx: Transaction, catalog: Catalog, tables: list[TableSchema]) -> Iterator[str]:
    dialect = tx.dialect
    inline = dialect.name == "sqlite"  # there a foreign key can only be made with its column
    for table in tables:
        _check_names(table)
        present = catalog.tables.get(table.name)
        if present is None:
            yield _create_table(dialect, table, inline=inline)
            continue
        added = [column for column in table.columns if column.name not in present]
        is_empty = bool(added) and not tx.fetch(f"SELECT 1 FROM {_quoted(table.name)} LIMIT 1")
        for column in added:
            text = _column(dialect, column, required=column.required and is_empty, inline=inline)
            yield f"ALTER TABLE {_quoted(table.name)} ADD COLUMN {text}"
    for table in tables:
        if not inline:
            yield from _foreign_keys(catalog, table)
        for index in table.indexes:
            if short_name(index.name) not in catalog.indexes:
                yield _create_index(table, index)


def _create_table(dialect: Dialect, table: TableSchema, *, inline: bool) -> str:
    parts = [dialect.primary_key()] if table.has_id else []
    parts += [_column(dialect, column, required=column.required, inline=inline) for column in table.columns]
    if not table.has_id:
        parts.append(f"PRIMARY KEY ({_names(tuple(column.name for column in table.columns))})")
    options = ""
    if dialect.name == "sqlite":
        options = " STRICT" if table.has_id else " STRICT, WITHOUT ROWID"
    return f"CREATE TABLE {_quoted(table.name)} ({', '.join(parts)}){options}"


def _column(dialect: Dialect, column: TableColumn, *, required: bool, inline: bool) -> str:
    text = f"{_quoted(column.name)} {dialect.column_type(column.kind)}"
    if required:
        text += " NOT NULL"
    if inline and column.references is not None:
        text += f" {_references(column.references)}"
    return text


def _references(reference: Reference) -> str:
    return f'REFERENCES {_quoted(reference.table)} ("id") ON DELETE {_ON_DELETE[reference.on_delete]}'


def _foreign_keys(catalog: Catalog, table: TableSchema) -> Iterator[str]:
    for column in table.columns:
        name = foreign_key_name(table.name, column.name)
        if column.references is None or name in catalog.foreign_keys:
            continue
        yield (
            f"ALTER TABLE {_quoted(table.name)} ADD CONSTRAINT {_quoted(name)} "
            f"FOREIGN KEY ({_quoted(column.name)}) {_references(column.references)}"
        )


def _create_index(table: TableSchema, index: Index) -> str:
    unique = "UNIQUE " if index.unique else ""
    where = f" WHERE {index.where}" if index.where else ""
    return (
        f"CREATE {unique}INDEX {_quoted(short_name(index.name))} "
        f"ON {_quoted(table.name)} ({_keys(index)}){where}"
    )


def _check_names(table: TableSchema) -> None:
    for name in (table.name, *(column.name for column in table.columns)):
        if len(name.encode()) > LONGEST_NAME:
            raise OutOfRange(f"{name!r} is longer than {LONGEST_NAME} bytes", table=table.name)


def _keys(index: Index) -> str:
    keys = (SQL("{} DESC" if name in index.descending else "{}", ident(name)) for name in index.columns)
    return SQL(", ").join(keys).chunks[0]


def _names(names: tuple[str, ...]) -> str:
    return SQL(", ").join(ident(name) for name in names).chunks[0]


def _quoted(name: str) -> str:
    return ident(name).chunks[0]
