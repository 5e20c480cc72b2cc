"""One tenant's SQLite file: its transactions.

Any number of readers, each on its snapshot, and one writer: within the process a lock makes writers queue,
between processes SQLite's own lock does. A file that was dropped, renamed or replaced by another process is
noticed by its inode before a transaction starts, and for writers again once they hold the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from threading import Lock, get_ident
from types import TracebackType
from typing import Self, cast

import apsw

from entrepot.errors import MissingError
from entrepot.storage.abc import Dialect, Kind, Row
from entrepot.storage.pool import Pool, Warm
from entrepot.storage.sql import SQL, ident
from entrepot.storage.sqlite_connection import BUSY_MILLISECONDS, Connection, connect, file_of
from entrepot.storage.sqlite_errors import translate
from entrepot.storage.violations import ReadOnlyViolation, SerializationFailure, StoreUnavailable

FEW = 4
"""Up to so many rows, asking for each id is cheaper than reading the sequence first."""


class SqliteStore:
    """The `Store` of one file."""

    def __init__(self, name: str, path: Path, dialect: Dialect, warm: Warm, *, durable: bool) -> None:
        """Nothing is opened yet."""
        self.name = name
        self.dialect: Dialect = dialect
        self.path = str(path)
        self.writing = Lock()
        self.writer = 0
        """The thread that writes, 0 for none."""
        self.pool: Pool[Connection] = Pool(
            lambda: connect(self.path, durable=durable), Connection.close, warm
        )

    def transaction(self, *, readonly: bool, locks: frozenset[int] = frozenset()) -> SqliteTransaction:
        """See `Store`. Writers begin at once (BEGIN IMMEDIATE), readers at their first statement."""
        return SqliteTransaction(self, readonly=readonly)

    def close(self) -> None:
        """See `Store`."""
        self.pool.clear()

    def borrow(self) -> Connection:
        """Lend a connection to the file that bears the name now. Raises MissingError, StoreUnavailable."""
        for _ in range(3):
            try:
                connection = self.pool.take()
            except apsw.Error as error:
                if file_of(self.path) is None:
                    raise self.missing() from error
                raise translate(error) from error
            if connection.file == file_of(self.path):
                return connection
            self.pool.clear()
            self.pool.give(connection, usable=False)
            if file_of(self.path) is None:
                raise self.missing()
        raise StoreUnavailable(f"{self.name} is being replaced")

    def missing(self) -> MissingError:
        """The error of a database that is not there."""
        return MissingError(f"Database {self.name} does not exist.", tenant=self.name)


class SqliteTransaction:
    """The `Transaction` of a file; also its own context manager, because that costs least."""

    __slots__ = ("_begun", "_connection", "_depth", "_run", "_store", "dialect", "readonly", "statements")

    _connection: Connection
    _run: Callable[..., apsw.Cursor]

    def __init__(self, store: SqliteStore, *, readonly: bool) -> None:
        """Nothing is taken before the block is entered."""
        self._store = store
        self._begun = False
        self._depth = 0
        self.dialect = store.dialect
        self.readonly = readonly
        self.statements = 0

    def __enter__(self) -> Self:
        if not self.readonly:
            self._take_turn()
        try:
            self._use(self._store.borrow())
            if not self.readonly:
                self._begin_writing()
        except BaseException:
            if not self.readonly:
                self._end_turn()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._begun:
                self._end(keep=kind is None and not self.readonly)
        finally:
            self._store.pool.give(self._connection, usable=not self._connection.raw.in_transaction)
            if not self.readonly:
                self._end_turn()

    def fetch(self, text: str, params: Sequence[object] = (), *, alone: bool = False) -> list[Row]:
        """See `Transaction`."""
        self.statements += 1
        # a SELECT cannot write, so alone it needs no frame; anything else is undone with the frame if it
        # wrote
        if not self._begun and not (alone and text.startswith("SELECT")):
            self._begin_reading()
        try:
            cursor = self._run(text, params)
            rows: list[Row] = cursor.fetchall()
        except Exception as error:
            raise translate(error) from error
        if self.readonly and self._begun and self._store_changed():
            raise ReadOnlyViolation("a readonly transaction wrote")
        return rows

    def execute(self, text: str, params: Sequence[object] = ()) -> int:
        """See `Transaction`."""
        self._may_write()
        self.statements += 1
        try:
            self._run(text, params)
        except Exception as error:
            raise translate(error) from error
        return self._connection.changes()

    def execute_many(self, text: str, rows: Iterable[Sequence[object]]) -> None:
        """See `Transaction`."""
        self._may_write()
        self.statements += 1
        try:
            self._connection.cursor.executemany(text, rows)
        except Exception as error:
            raise translate(error) from error

    def insert(
        self,
        table: str,
        columns: Sequence[str],
        kinds: Sequence[Kind],
        rows: Sequence[Sequence[object]],
    ) -> list[int]:
        """See `Transaction`. Ids may be foretold because a writer is alone."""
        self._may_write()
        self.statements += 1
        try:
            if len(rows) <= FEW:
                return [self._insert_one(table, columns, row) for row in rows]
            found = self._run("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)).fetchall()
            first = cast("int", found[0][0]) + 1 if found else 1
            text = _insert_text(table, ("id", *columns))
            ids = list(range(first, first + len(rows)))
            self._connection.cursor.executemany(
                text, ((each, *row) for each, row in zip(ids, rows, strict=True))
            )
        except Exception as error:
            raise translate(error) from error
        return ids

    def update(
        self,
        table: str,
        columns: Sequence[str],
        kinds: Sequence[Kind],
        ids: Sequence[int],
        rows: Sequence[Sequence[object]],
    ) -> None:
        """See `Transaction`."""
        self.execute_many(
            _update_text(table, tuple(columns)),
            ((*row, record_id) for row, record_id in zip(rows, ids, strict=True)),
        )

    def savepoint(self) -> AbstractContextManager[None]:
        """See `Transaction`."""
        if not self._begun:
            self._begin_reading()
        return _Savepoint(self)

    def lock(self, names: Iterable[str]) -> None:
        """See `Transaction`: a writer is alone from its first statement to its last."""
        if self.readonly:
            raise ReadOnlyViolation("this transaction is readonly")

    def notify(self, channel: str) -> None:
        """See `Transaction`: other processes read the file themselves."""

    def _insert_one(self, table: str, columns: Sequence[str], row: Sequence[object]) -> int:
        if columns:
            self._run(_insert_text(table, tuple(columns)), row)
        else:
            self._run(f"INSERT INTO {ident(table).chunks[0]} DEFAULT VALUES")
        return self._connection.last_id()

    def _use(self, connection: Connection) -> None:
        self._connection = connection
        self._run = connection.run

    def _take_turn(self) -> None:
        if self._store.writer == get_ident():
            raise RuntimeError("a writing transaction inside another one would wait for itself")
        if not self._store.writing.acquire(timeout=BUSY_MILLISECONDS / 1000):
            raise SerializationFailure(f"{self._store.name} is busy")
        self._store.writer = get_ident()

    def _end_turn(self) -> None:
        self._store.writer = 0
        self._store.writing.release()

    def _begin_reading(self) -> None:
        self._run("BEGIN")
        self._begun = True

    def _begin_writing(self) -> None:
        while True:
            try:
                self._run("BEGIN IMMEDIATE")
            except Exception as error:
                self._store.pool.give(self._connection, usable=False)
                raise translate(error) from error
            if self._connection.file == file_of(self._store.path):
                self._begun = True
                return
            # dropped, renamed or replaced while we waited: what we would write here nobody would ever see
            self._store.pool.give(self._connection, usable=False)
            self._use(self._store.borrow())

    def _may_write(self) -> None:
        if self.readonly:
            raise ReadOnlyViolation("this transaction is readonly")

    def _store_changed(self) -> bool:
        return self._connection.raw.txn_state("main") == apsw.SQLITE_TXN_WRITE

    def _end(self, *, keep: bool) -> None:
        raw = self._connection.raw
        if not raw.in_transaction:  # SQLite itself has rolled back (disk full, I/O error)
            if keep:
                raise StoreUnavailable("the database rolled this transaction back")
            return
        try:
            self._run("COMMIT" if keep else "ROLLBACK")
        except Exception as error:
            if raw.in_transaction:
                self._run("ROLLBACK")
            raise translate(error) from error


class _Savepoint:
    """A part of a transaction that can be undone alone."""

    __slots__ = ("_name", "_tx")

    def __init__(self, tx: SqliteTransaction) -> None:
        self._tx = tx
        self._name = ""

    def __enter__(self) -> None:
        self._tx._depth += 1  # noqa: SLF001 - a part of the transaction
        self._name = f"s{self._tx._depth}"  # noqa: SLF001
        self._tx._run(f"SAVEPOINT {self._name}")  # noqa: SLF001

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tx = self._tx
        tx._depth -= 1  # noqa: SLF001
        if kind is None:
            tx._run(f"RELEASE {self._name}")  # noqa: SLF001
        elif tx._connection.raw.in_transaction:  # noqa: SLF001
            tx._run(f"ROLLBACK TO {self._name}")  # noqa: SLF001
            tx._run(f"RELEASE {self._name}")  # noqa: SLF001


@lru_cache(maxsize=1024)
def _update_text(table: str, columns: tuple[str, ...]) -> str:
    pairs = ", ".join(f"{ident(name).chunks[0]} = ?" for name in columns)
    return f"UPDATE {ident(table).chunks[0]} SET {pairs} WHERE id = ?"


@lru_cache(maxsize=1024)
def _insert_text(table: str, columns: tuple[str, ...]) -> str:
    names = SQL(", ").join(ident(name) for name in columns).chunks[0]
    return f"INSERT INTO {ident(table).chunks[0]} ({names}) VALUES ({', '.join('?' * len(columns))})"
