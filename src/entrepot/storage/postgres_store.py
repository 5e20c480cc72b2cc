"""One tenant's PostgreSQL database: its transactions.

A readonly transaction begins when a statement needs company; one SELECT alone runs in autocommit. A writing
one begins at its first statement. Both see one snapshot (REPEATABLE READ); collisions surface as
SerializationFailure.

A connection that died while it was idle is replaced in silence, since nothing was sent over it yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from decimal import Decimal
from functools import lru_cache
from types import TracebackType
from typing import Self

import orjson
import psycopg
from psycopg.pq.abc import PGresult

from entrepot.errors import MissingError
from entrepot.storage.abc import Dialect, Kind, Row
from entrepot.storage.locks import ADVISORY_CLASS, LOCK_TABLE, slots
from entrepot.storage.pool import Pool, Warm
from entrepot.storage.postgres_connection import Connection
from entrepot.storage.sql import SQL, ident
from entrepot.storage.violations import OutOfRange, ReadOnlyViolation, SerializationFailure, StoreUnavailable

_BEGIN_READING = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_WRITING = b"BEGIN ISOLATION LEVEL REPEATABLE READ"
_TRY_LOCKS = (
    f"SELECT bool_and(pg_try_advisory_xact_lock({ADVISORY_CLASS}, slot)) FROM unnest($1::integer[]) AS slot"
)
_COUNT_LOCKS = (
    f"INSERT INTO {LOCK_TABLE} AS held (slot, taken) SELECT slot, 1 FROM unnest($1::integer[]) AS slot "
    "ORDER BY slot ON CONFLICT (slot) DO UPDATE SET taken = held.taken + 1"
)


class PostgresStore:
    """The `Store` of one database."""

    def __init__(self, name: str, dialect: Dialect, connect: Callable[[], Connection], warm: Warm) -> None:
        """Nothing is opened yet."""
        self.name = name
        self.dialect: Dialect = dialect
        self.pool: Pool[Connection] = Pool(connect, Connection.close, warm)

    def transaction(self, *, readonly: bool, locks: frozenset[int] = frozenset()) -> PostgresTransaction:
        """See `Store`."""
        return PostgresTransaction(self, readonly=readonly, locks=locks)

    def close(self) -> None:
        """See `Store`."""
        self.pool.clear()

    def missing(self) -> MissingError:
        """The error of a database that is not there."""
        return MissingError(f"Database {self.name} does not exist.", tenant=self.name)


class PostgresTransaction:
    """The `Transaction` of a database; also its own context manager, because that costs least."""

    __slots__ = (
        "_begun",
        "_connection",
        "_depth",
        "_held",
        "_locked",
        "_store",
        "dialect",
        "readonly",
        "statements",
    )

    _connection: Connection

    def __init__(self, store: PostgresStore, *, readonly: bool, locks: frozenset[int] = frozenset()) -> None:
        """Nothing is taken before the block is entered."""
        self._store = store
        self._begun = False
        self._depth = 0
        self._held = locks
        self._locked: set[int] = set()
        self.dialect = store.dialect
        self.readonly = readonly
        self.statements = 0

    def __enter__(self) -> Self:
        self._connection = self._store.pool.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, SerializationFailure):
            error.locks |= self._held | self._locked
        try:
            if self._begun and not self._connection.is_lost():
                # a rollback would cost no less for readers, and psycopg's would forget the prepared
                # statements
                self._end(b"COMMIT" if kind is None else b"ROLLBACK")
            elif self._begun and kind is None:
                raise StoreUnavailable("the connection was lost", repeatable=True)
        except SerializationFailure as late:
            late.locks |= self._held | self._locked
            raise
        finally:
            if self._held and not self._connection.is_lost():
                self._connection.command(b"SELECT pg_advisory_unlock_all()")
            self._store.pool.give(self._connection, usable=self._connection.is_idle())

    def fetch(self, text: str, params: Sequence[object] = (), *, alone: bool = False) -> list[Row]:
        """See `Transaction`."""
        result = self._run(text, params, alone=alone and self.readonly and text.startswith("SELECT"))
        return self._connection.rows(result) if result.nfields else []

    def execute(self, text: str, params: Sequence[object] = ()) -> int:
        """See `Transaction`."""
        self._may_write()
        return self._run(text, params).command_tuples or 0

    def execute_many(self, text: str, rows: Iterable[Sequence[object]]) -> None:
        """See `Transaction`."""
        self._may_write()
        counted = self.statements + 1
        for row in rows:
            self._run(text, row)
        self.statements = counted

    def insert(
        self, table: str, columns: Sequence[str], kinds: Sequence[Kind], rows: Sequence[Sequence[object]]
    ) -> list[int]:
        """See `Transaction`. Several rows travel as one JSON text: one round trip, one parse."""
        self._may_write()
        if not rows:
            return []
        if len(rows) == 1 or not columns:
            text = _insert_one(table, tuple(columns))
            return [self.fetch(text, row)[0][0] for row in rows]
        text = _insert_many(table, tuple(columns), tuple(self.dialect.column_type(kind) for kind in kinds))
        spelled = _recordset(rows, len(columns))
        # numbers of the sequence are drawn in the order of the rows; sorting makes RETURNING's order no
        # matter
        return sorted(row[0] for row in self.fetch(text, (spelled,)))

    def update(
        self,
        table: str,
        columns: Sequence[str],
        kinds: Sequence[Kind],
        ids: Sequence[int],
        rows: Sequence[Sequence[object]],
    ) -> None:
        """See `Transaction`. The rows travel as one JSON text."""
        types = tuple(self.dialect.column_type(kind) for kind in kinds)
        text = _update_many(table, tuple(columns), types)
        numbered = [(*row, record_id) for row, record_id in zip(rows, ids, strict=True)]
        self.execute(text, (_recordset(numbered, len(columns) + 1),))

    def savepoint(self) -> AbstractContextManager[None]:
        """See `Transaction`."""
        self._begin()
        return _Savepoint(self)

    def lock(self, names: Iterable[str]) -> None:
        """See `Transaction`."""
        self._may_write()
        asked = slots(names) - self._locked
        if not asked:
            return
        self._locked |= asked
        free = asked - self._held
        if free and not self.fetch(_TRY_LOCKS, (sorted(free),))[0][0]:
            raise SerializationFailure("somebody else holds a lock of this call")
        self.fetch(_COUNT_LOCKS, (sorted(asked),))

    def notify(self, channel: str) -> None:
        """See `Transaction`."""
        self.fetch("SELECT pg_notify($1, '')", (channel,))

    def copy(self, text: str) -> AbstractContextManager[psycopg.Copy]:
        """Run a COPY: chunks are read from it or written to it. Errors are those of psycopg."""
        self._begin()
        self.statements += 1
        return self._connection.raw.cursor().copy(text.encode())

    def _run(self, text: str, params: Sequence[object], *, alone: bool = False) -> PGresult:
        self.statements += 1
        if self._begun or not alone:
            self._begin()
            return self._connection.run(text, params)
        try:
            return self._connection.run(text, params)
        except StoreUnavailable:
            self._replace_connection()
            return self._connection.run(text, params)

    def _begin(self) -> None:
        if self._begun:
            return
        try:
            self._open_block()
        except StoreUnavailable:
            self._replace_connection()
            self._open_block()
        self._begun = True

    def _open_block(self) -> None:
        if self._held:
            # Waited for before the transaction begins, and so before its snapshot; always in one order, so that
            # nobody waits in a circle.
            waits = [
                b"SELECT pg_advisory_lock(%d, %d)" % (ADVISORY_CLASS, slot) for slot in sorted(self._held)
            ]
            self._connection.command(b";".join(waits))
        self._connection.command(_BEGIN_READING if self.readonly else _BEGIN_WRITING)

    def _replace_connection(self) -> None:
        """Take a new connection for one that is lost; the idle ones beside it have most likely gone the same
        way.
        """
        if not self._connection.is_lost():
            return
        pool = self._store.pool
        pool.close_idle()
        fresh = pool.take()
        lost, self._connection = self._connection, fresh
        pool.give(lost, usable=False)

    def _may_write(self) -> None:
        if self.readonly:
            raise ReadOnlyViolation("this transaction is readonly")

    def _end(self, command: bytes) -> None:
        if command == b"COMMIT" and self._connection.is_failed():
            self._connection.command(b"ROLLBACK")
            if self.readonly:
                return
            # the server would answer this COMMIT with a silent rollback
            raise psycopg.errors.InFailedSqlTransaction("an error was swallowed outside a savepoint")
        try:
            self._connection.command(command)
        except StoreUnavailable as error:
            # whether the commit arrived is unknown: repeating could do the work twice
            raise StoreUnavailable(str(error), repeatable=self.readonly) from error


class _Savepoint:
    """A part of a transaction that can be undone alone."""

    __slots__ = ("_name", "_tx")

    def __init__(self, tx: PostgresTransaction) -> None:
        self._tx = tx
        self._name = b""

    def __enter__(self) -> None:
        self._tx._depth += 1  # noqa: SLF001 - a part of the transaction
        self._name = b"s%d" % self._tx._depth  # noqa: SLF001
        self._tx._connection.command(b"SAVEPOINT " + self._name)  # noqa: SLF001

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        tx = self._tx
        tx._depth -= 1  # noqa: SLF001
        if kind is None:
            tx._connection.command(b"RELEASE " + self._name)  # noqa: SLF001
        elif not tx._connection.is_lost():  # noqa: SLF001
            tx._connection.command(b"ROLLBACK TO %b; RELEASE %b" % (self._name, self._name))  # noqa: SLF001


@lru_cache(maxsize=1024)
def _insert_one(table: str, columns: tuple[str, ...]) -> str:
    into = f"INSERT INTO {ident(table).chunks[0]}"
    if not columns:
        return f'{into} DEFAULT VALUES RETURNING "id"'
    marks = ", ".join(f"${position}" for position in range(1, len(columns) + 1))
    return f'{into} ({_names(columns)}) VALUES ({marks}) RETURNING "id"'


@lru_cache(maxsize=1024)
def _insert_many(table: str, columns: tuple[str, ...], types: tuple[str, ...]) -> str:
    travelling = ", ".join(f'"{at}" {"text" if kind == "jsonb" else kind}' for at, kind in enumerate(types))
    values = ", ".join(f'r."{at}"' + ("::jsonb" if kind == "jsonb" else "") for at, kind in enumerate(types))
    aliases = ", ".join(f'"{at}"' for at in range(len(types)))
    return (
        f"INSERT INTO {ident(table).chunks[0]} ({_names(columns)}) SELECT {values} "
        f"FROM ROWS FROM (jsonb_to_recordset($1::jsonb) AS ({travelling})) "
        f"WITH ORDINALITY AS r({aliases}, at) "
        'ORDER BY r.at RETURNING "id"'
    )


@lru_cache(maxsize=1024)
def _update_many(table: str, columns: tuple[str, ...], types: tuple[str, ...]) -> str:
    travelling = ", ".join(f'"{at}" {"text" if kind == "jsonb" else kind}' for at, kind in enumerate(types))
    pairs = ", ".join(
        f'{ident(name).chunks[0]} = r."{at}"' + ("::jsonb" if kind == "jsonb" else "")
        for at, (name, kind) in enumerate(zip(columns, types, strict=True))
    )
    return (
        f"UPDATE {ident(table).chunks[0]} AS t SET {pairs} "
        f'FROM jsonb_to_recordset($1::jsonb) AS r({travelling}, "{len(types)}" integer) '
        f'WHERE t.id = r."{len(types)}"'
    )


def _recordset(rows: Sequence[Sequence[object]], width: int) -> str:
    """Rows as a JSON list of objects whose keys are positions. Raises OutOfRange."""
    keys = [str(at) for at in range(width)]
    try:
        # str of JSON columns is JSON text already: it travels as text and is cast
        return orjson.dumps([dict(zip(keys, row, strict=True)) for row in rows], default=_spell).decode()
    except orjson.JSONEncodeError as error:
        raise OutOfRange(str(error)) from error


def _names(columns: tuple[str, ...]) -> str:
    return SQL(", ").join(ident(name) for name in columns).chunks[0]


def _spell(value: object) -> str:
    match value:
        case Decimal():
            return str(value)
        case bytes():
            return "\\x" + value.hex()
        case _:
            raise TypeError(f"a {type(value).__name__} is no raw value")
