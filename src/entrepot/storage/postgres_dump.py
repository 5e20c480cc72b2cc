"""Dumps of PostgreSQL databases: a zip archive of the schema as JSON and each table as COPY text.

No program of the server is needed for it. A dump may come from outside, so nothing of it is ever run as SQL:
the schema is data that `storage.schema` makes statements of.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import orjson
import psycopg

from entrepot.errors import Problem, ValidationError
from entrepot.storage.conditions import is_harmless
from entrepot.storage.postgres_catalog import KINDS, read_schema
from entrepot.storage.postgres_store import PostgresTransaction
from entrepot.storage.schema import Index, Reference, TableColumn, TableSchema, apply
from entrepot.storage.sql import SQL, ident
from entrepot.storage.violations import StoreUnavailable, Violation

FORMAT = "entrepot-postgres-dump"
VERSION = 1
MANIFEST = "manifest.json"
CHUNK_BYTES = 1024 * 1024
MANIFEST_BYTES = 64 * 1024 * 1024
COMPRESSION_LEVEL = 1
_ON_DELETE = ("cascade", "restrict", "set null")

_LAST_ID = "SELECT pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass)"
_SET_LAST_ID = "SELECT setval(pg_get_serial_sequence($1, 'id')::regclass, $2)"


def write_dump(tx: PostgresTransaction, path: Path) -> None:
    """Write the database as `tx` sees it. Raises UserError when it holds what a dump cannot."""
    tables = read_schema(tx)
    new = path.with_name(f".{path.name}.new")
    try:
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION_LEVEL) as archive:
            for at, table in enumerate(tables):
                with (
                    archive.open(_member(at), "w", force_zip64=True) as data,
                    _reachable(),
                    tx.copy(f"COPY {_place(table)} TO STDOUT") as chunks,
                ):
                    for chunk in chunks:
                        data.write(chunk)
            # after the rows, because numbers are drawn outside of any snapshot
            last_ids = [
                tx.fetch(_LAST_ID, (_quoted(table.name),))[0][0] if table.has_id else None for table in tables
            ]
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "tables": [
                    asdict(table) | {"last_id": last} for table, last in zip(tables, last_ids, strict=True)
                ],
            }
            archive.writestr(MANIFEST, orjson.dumps(manifest))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def read_dump(tx: PostgresTransaction, path: Path) -> None:
    """Fill an empty database from a dump. Raises ValidationError for a file that is none."""
    with _bad_files(), zipfile.ZipFile(path) as archive:
        found = _manifest(archive)
        tables = [_table(each) for each in found]
        # rows come before foreign keys and indexes: they may refer in circles, and indexes build faster
        # afterwards
        apply(tx, [_bare(table) for table in tables])
        for at, table in enumerate(tables):
            with (
                archive.open(_member(at)) as data,
                _reachable(),
                tx.copy(f"COPY {_place(table)} FROM STDIN") as copy,
            ):
                while chunk := data.read(CHUNK_BYTES):
                    copy.write(chunk)
        for table, each in zip(tables, found, strict=True):
            if table.has_id and each["last_id"] is not None:
                tx.fetch(_SET_LAST_ID, (_quoted(table.name), int(each["last_id"])))
        apply(tx, tables)


def _manifest(archive: zipfile.ZipFile) -> list[dict[str, Any]]:
    if archive.getinfo(MANIFEST).file_size > MANIFEST_BYTES:
        raise _bad("damaged", "The manifest of the dump is too large.")
    manifest = orjson.loads(archive.read(MANIFEST))
    if manifest["format"] != FORMAT or manifest["version"] != VERSION:
        raise _bad("format", "The dump comes from another kind or version of server.")
    tables: list[dict[str, Any]] = manifest["tables"]
    return tables


def _table(found: dict[str, Any]) -> TableSchema:
    columns = tuple(_column(each) for each in found["columns"])
    names = {column.name for column in columns} | ({"id"} if found["has_id"] else set())
    indexes = tuple(
        Index(
            str(each["name"]),
            tuple(map(str, each["columns"])),
            bool(each["unique"]),
            str(each["where"]),
            tuple(map(str, each.get("descending", ()))),
        )
        for each in found["indexes"]
    )
    for index in indexes:
        if not is_harmless(index.where, names):
            raise _bad("index", f"The condition of index {index.name} is not accepted.")
    return TableSchema(str(found["name"]), columns, indexes, bool(found["has_id"]))


def _column(found: dict[str, Any]) -> TableColumn:
    kind = found["kind"]
    if kind not in KINDS.values():
        raise _bad("kind", f"The kind of column {found['name']} is not known.")
    reference = None
    if found["references"] is not None:
        reference = Reference(str(found["references"]["table"]), str(found["references"]["on_delete"]))
        if reference.on_delete not in _ON_DELETE:
            raise _bad("reference", f"The reference of column {found['name']} is not known.")
    return TableColumn(str(found["name"]), kind, bool(found["required"]), reference)


def _bare(table: TableSchema) -> TableSchema:
    return replace(
        table, indexes=(), columns=tuple(replace(column, references=None) for column in table.columns)
    )


def _place(table: TableSchema) -> str:
    names = (("id",) if table.has_id else ()) + tuple(column.name for column in table.columns)
    return f"{_quoted(table.name)} ({SQL(', ').join(ident(name) for name in names).chunks[0]})"


def _member(at: int) -> str:
    return f"data/{at}.copy"


def _quoted(name: str) -> str:
    return ident(name).chunks[0]


def _bad(code: str, message: str) -> ValidationError:
    return ValidationError(problems=[Problem("file", code, message)])


@contextmanager
def _bad_files() -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        KeyError,
        TypeError,
        ValueError,
        RuntimeError,
        Violation,
        psycopg.Error,
    ) as error:
        raise _bad("damaged", "The file is damaged or no database dump.") from error


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        raise StoreUnavailable("the database was lost", repeatable=True) from error
