"""One connection to a SQLite file: how it is opened and which functions of ours it knows.

Every file is opened through apsw and nothing else: two SQLite libraries in one process would undo each
other's POSIX locks. The write-ahead log is never deleted on close: SQLite deletes it by name, and by then
the name may belong to a new database of the same name.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import apsw

from entrepot.storage.dialects.patterns import fold

BUSY_MILLISECONDS = 60_000
"""How long a statement waits for another process before it is a collision."""
CACHE_KIB = 512
"""Of each connection. No mmap: it made reads no faster and each connection four times as large."""
WAL_KEEP_BYTES = 8 * 1024 * 1024
STATEMENTS = 100


class Connection:
    """A connection with its one cursor, and the file it really is."""

    __slots__ = ("changes", "cursor", "file", "last_id", "raw", "run")

    def __init__(self, raw: apsw.Connection, file: tuple[int, int]) -> None:
        """Keep what is called often at hand."""
        self.raw = raw
        self.file = file
        self.cursor = raw.cursor()
        self.run: Callable[..., apsw.Cursor] = self.cursor.execute
        self.last_id: Callable[[], int] = raw.last_insert_rowid
        self.changes: Callable[[], int] = raw.changes

    def close(self) -> None:
        """Close it."""
        self.cursor.close(force=True)
        self.raw.close(force=True)


def file_of(path: Path | str) -> tuple[int, int] | None:
    """Which file a path leads to at the moment, None when there is none."""
    try:
        stat = os.stat(path)  # noqa: PTH116 - asked at every transaction, and Path costs twice as much
    except FileNotFoundError:
        return None
    return stat.st_dev, stat.st_ino


def connect(path: Path | str, *, durable: bool) -> Connection:
    """Open an existing file for calls. Raises the errors of apsw."""
    raw = open_file(path, create=False)
    file = file_of(path)
    if file is None:
        raw.close()
        raise apsw.CantOpenError("the file was removed")
    run = raw.cursor().execute
    run(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    run(f"PRAGMA cache_size = -{CACHE_KIB}")
    run("PRAGMA temp_store = MEMORY")
    run("PRAGMA foreign_keys = ON")
    raw.create_scalar_function("entrepot_fold", _fold, 1, deterministic=True)
    raw.create_scalar_function("entrepot_local", _local, 2, deterministic=True)
    return Connection(raw, file)


def open_file(path: Path | str, *, create: bool) -> apsw.Connection:
    """Open a file guarded against hostile content, without the settings of a call."""
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
    raw = apsw.Connection(str(path), flags=flags, statementcachesize=STATEMENTS)
    try:
        raw.set_busy_timeout(BUSY_MILLISECONDS)
        raw.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        raw.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
        # a misspelt column in double quotes is an error and not a text
        raw.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
        raw.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
        keep_log(raw)
        raw.execute(f"PRAGMA journal_size_limit = {WAL_KEEP_BYTES}").fetchall()
    except BaseException:
        raw.close(force=True)
        raise
    return raw


def keep_log(raw: apsw.Connection) -> None:
    """Have SQLite leave the write-ahead log where it is on close."""
    value = ctypes.c_int(1)
    raw.file_control("main", apsw.SQLITE_FCNTL_PERSIST_WAL, ctypes.addressof(value))


def _fold(*given: Any) -> Any:
    (text,) = given
    return fold(text) if isinstance(text, str) else text


def _local(*given: Any) -> Any:
    """Move a UTC datetime text to a time zone; what is no datetime, or leaves the calendar, stays as it
    is.
    """
    text, tz = given
    if not isinstance(text, str):
        return text
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(ZoneInfo(tz))
    except (ValueError, OverflowError):
        return text
    return moment.replace(tzinfo=None, microsecond=0).isoformat(" ")
