"""SQLite databases as files: made whole beside their place, then put there in one step.

A finished file gets its name by a hard link, which fails when the name is taken. All orders on names take
turns through a lock on the folder (itself a SQLite file, so that it works between processes everywhere and
dies with its holder).
"""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from entrepot.errors import ConflictError, Problem, ValidationError
from entrepot.storage.sqlite_connection import open_file
from entrepot.storage.sqlite_errors import translate

APPLICATION_ID = 0x456E7472
"""Marks a file as ours ("Entr" in ASCII)."""
FORMAT = 1
SIDE_FILES = ("-wal", "-shm", "-journal")
STALE_SECONDS = 86_400
WRITER_PATIENCE_MS = 10_000
"""How long an order that ends a database waits for its writers."""


@contextmanager
def taking_turns(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder's names."""
    lock = open_file(folder / ".lock", create=True)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close(force=True)


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """A path in the same folder for a file that is not finished; it is removed unless it was moved away."""
    path = place.parent / f".{secrets.token_hex(8)}.new"
    try:
        yield path
    finally:
        remove(path)


def place(new: Path, final: Path, *, durable: bool) -> None:
    """Give a finished file its name. Raises ConflictError when the name is taken. Call it taking turns."""
    if durable:
        _sync(new)
    if final.exists():
        raise taken(final.stem)
    for suffix in SIDE_FILES:  # a log left by a killed process would be replayed into the new file
        final.with_name(final.name + suffix).unlink(missing_ok=True)
    try:
        os.link(new, final)
    except FileExistsError as error:
        raise taken(final.stem) from error
    if durable:
        _sync(final.parent)


def replace(new: Path, final: Path, *, durable: bool) -> None:
    """Put a finished file in the place of another one."""
    if durable:
        _sync(new)
    new.replace(final)
    if durable:
        _sync(final.parent)


def taken(name: str) -> ConflictError:
    """The error of a name that another database bears."""
    return ConflictError(f"Database {name} already exists.", tenant=name)


def remove(path: Path) -> None:
    """Remove a database file, then what belongs to it."""
    path.unlink(missing_ok=True)
    for suffix in SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def write_empty(path: Path) -> None:
    """Write a database without tables."""
    raw = open_file(path, create=True)
    try:
        raw.execute("PRAGMA journal_mode = WAL").fetchall()
        _stamp(raw)
    finally:
        raw.close(force=True)
    _only_file(path)


def copy_file(source: Path, path: Path) -> None:
    """Copy a file that nobody writes."""
    shutil.copyfile(source, path)


def copy_live(source: Path, path: Path) -> None:
    """Copy a database as it is at one moment, also while it is being written. Raises StoreUnavailable."""
    with closing(open_file(source, create=False)) as original, closing(open_file(path, create=True)) as copy:
        try:
            copy.execute("PRAGMA synchronous = OFF").fetchall()
            with copy.backup("main", original, "main") as backup:
                backup.step(-1)
        except apsw.Error as error:
            raise translate(error) from error
    _only_file(path)


@contextmanager
def without_writers(path: Path, *, patient: bool) -> Iterator[None]:
    """Keep everybody from writing to a database; if not `patient`, go on without when a writer takes too
    long.
    """
    with closing(open_file(path, create=False)) as raw:
        raw.set_busy_timeout(WRITER_PATIENCE_MS)
        try:
            raw.execute("BEGIN IMMEDIATE")
        except apsw.Error as error:
            if patient:
                raise ConflictError("The database is busy; try again.") from error
        yield


@contextmanager
def closing(raw: apsw.Connection) -> Iterator[apsw.Connection]:
    """Lend a connection and close it whatever happens."""
    try:
        yield raw
    finally:
        raw.close(force=True)


def make_portable(path: Path) -> None:
    """Take a copy out of WAL mode, so that it is one file for every tool."""
    with closing(open_file(path, create=False)) as raw:
        raw.execute("PRAGMA journal_mode = DELETE").fetchall()
    _only_file(path)


def accept(path: Path) -> None:
    """Check a file from outside and make it a database of ours. Raises ValidationError saying what is
    wrong.
    """
    try:
        with closing(open_file(path, create=False)) as raw:
            raw.execute("PRAGMA cell_size_check = ON").fetchall()
            _check(raw)
            raw.execute("PRAGMA journal_mode = WAL").fetchall()
    except apsw.Error as error:
        raise _bad("damaged", "The file is damaged or no database dump.") from error
    _only_file(path)


def sweep(folder: Path) -> None:
    """Remove what killed processes left unfinished long ago."""
    for path in folder.glob(".*.new*"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > STALE_SECONDS:
                path.unlink()


def _check(raw: apsw.Connection) -> None:
    if raw.pragma("application_id") != APPLICATION_ID:
        raise _bad("foreign", "The file is no database dump of this server.")
    if raw.pragma("user_version") != FORMAT:
        raise _bad("format", "The dump comes from another version of this server.")
    # we never make any of these; in a file from outside they could run on every write
    odd = raw.execute(
        "SELECT count(*) FROM sqlite_schema "
        "WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'"
    )
    if odd.fetchall()[0][0]:
        raise _bad("active", "The dump holds triggers, views or virtual tables, which are not accepted.")
    if raw.execute("PRAGMA integrity_check(1)").fetchall() != [("ok",)]:
        raise _bad("damaged", "The file is damaged.")
    if raw.execute("PRAGMA foreign_key_check").fetchall():
        raise _bad("references", "The dump holds references to missing records.")


def _bad(code: str, message: str) -> ValidationError:
    return ValidationError(problems=[Problem("file", code, message)])


def _stamp(raw: apsw.Connection) -> None:
    raw.execute(f"PRAGMA application_id = {APPLICATION_ID}").fetchall()
    raw.execute(f"PRAGMA user_version = {FORMAT}").fetchall()


def _only_file(path: Path) -> None:
    """Drop the logs of a file we just closed: closing has brought all of them into the file."""
    for suffix in SIDE_FILES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
