"""One connection to a PostgreSQL database, driven through libpq's own calls.

Every parameter goes out as text without a type, so that the server takes the type from the place where it
stands: one text is one prepared statement whatever the values are. Results come back as text and dates,
datetimes and JSON stay it. Measured against psycopg's cursor this halves what a statement costs the client.

The one trap: a parameter that stands where nothing tells its type (`SELECT $1`) is text to the server.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.string import TextLoader

from entrepot.storage.abc import Row
from entrepot.storage.postgres_errors import StalePlan, refusal
from entrepot.storage.violations import OutOfRange, StoreUnavailable

PREPARED = 500
"""Prepared statements a connection keeps; each costs the server memory."""
CONNECT_SECONDS = 10
_SESSION = b"""
SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; SET search_path = public; SET jit = off; SET bytea_output =
'hex'; SET extra_float_digits = 1; SET standard_conforming_strings = on; SET client_min_messages = warning;
SET lock_timeout = '60s'
"""
_FINE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class Connection:
    """A connection with its prepared statements."""

    __slots__ = ("_names", "_number", "_pg", "_stale", "_transformer", "raw")

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        """Take over a connection in autocommit mode."""
        self.raw = raw
        self._pg = raw.pgconn
        self._transformer = Transformer(raw)
        self._names: OrderedDict[str, bytes] = OrderedDict()
        self._number = 0
        self._stale = False

    def run(self, text: str, params: Sequence[object]) -> PGresult:
        """Run a statement. Raises the errors of `storage.violations`."""
        values: list[Any] = [None if value is None else dumper(type(value))(value) for value in params]
        name = self._names.get(text)
        if name:
            self._names.move_to_end(text)
            return self._checked(self._pg.exec_prepared(name, values))
        if name is None:
            # most texts come once (a migration, a rare shape): only the second time is worth a prepared
            # statement
            self._remember(text, b"")
            return self._checked(self._pg.exec_params(text.encode(), values))
        self._number += 1
        name = b"e%d" % self._number
        self._checked(self._pg.prepare(name, text.encode()))
        self._remember(text, name)
        return self._checked(self._pg.exec_prepared(name, values))

    def command(self, text: bytes) -> None:
        """Run commands without parameters in one round trip."""
        self._checked(self._pg.exec_(text))

    def rows(self, result: PGresult) -> list[Row]:
        """Read all rows of a result."""
        transformer = self._transformer
        transformer.set_pgresult(result)
        rows: list[Row] = transformer.load_rows(0, result.ntuples, tuple)
        return rows

    def is_lost(self) -> bool:
        """Whether the other end is gone."""
        return self._pg.status != ConnStatus.OK

    def is_idle(self) -> bool:
        """Whether it can serve another transaction."""
        if self._stale:
            return False
        return self._pg.status == ConnStatus.OK and self._pg.transaction_status == TransactionStatus.IDLE

    def is_failed(self) -> bool:
        """Whether its transaction can only be rolled back."""
        return self._pg.transaction_status == TransactionStatus.INERROR

    def close(self) -> None:
        """Close it."""
        self.raw.close()

    def _checked(self, result: PGresult) -> PGresult:
        if result.status in _FINE:
            return result
        error = refusal(result, lost=self.is_lost())
        self._stale = self._stale or isinstance(error, StalePlan)
        raise error

    def _remember(self, text: str, name: bytes) -> None:
        self._names[text] = name
        self._names.move_to_end(text)
        if len(self._names) > PREPARED:
            _, old = self._names.popitem(last=False)
            if old:
                self._pg.exec_(b"DEALLOCATE " + old)


def connect(conninfo: str, database: str) -> Connection:
    """Open a connection to a database. Raises StoreUnavailable."""
    try:
        raw = psycopg.connect(
            conninfo,
            dbname=database,
            autocommit=True,
            prepare_threshold=None,
            client_encoding="UTF8",
            connect_timeout=CONNECT_SECONDS,
            application_name="entrepot",
        )
    except psycopg.OperationalError as error:
        raise StoreUnavailable("the database server cannot be reached", repeatable=True) from error
    for name in ("date", "time", "timestamp", "timestamptz", "json", "jsonb"):
        raw.adapters.register_loader(name, TextLoader)
    connection = Connection(raw)
    try:
        connection.command(_SESSION)
    except BaseException:
        raw.close()
        raise
    return connection


def dumper(kind: type[object]) -> Callable[[Any], bytes]:
    """How values of a type are spelled. Raises TypeError for what is no raw value."""
    found = _DUMPERS.get(kind)
    if found is None:
        found = next((_DUMPERS[each] for each in kind.__mro__ if each in _DUMPERS), None)
    if found is None:
        raise TypeError(f"a {kind.__name__} is no raw value")
    return found


def _text(value: str) -> bytes:
    try:
        spelled = value.encode()
    except UnicodeEncodeError as error:
        raise OutOfRange("text with half a surrogate pair") from error
    if b"\0" in spelled:  # libpq would cut the text there
        raise OutOfRange("text with a NUL character")
    return spelled


def _array(values: Iterable[object]) -> bytes:
    parts = []
    for value in values:
        if type(value) is int:
            parts.append(b"%d" % value)
        elif value is None:
            parts.append(b"NULL")
        else:
            spelled = dumper(type(value))(value)
            parts.append(b'"' + spelled.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"')
    return b"{" + b",".join(parts) + b"}"


_DUMPERS: dict[type[object], Callable[[Any], bytes]] = {
    str: _text,
    int: lambda value: b"%d" % value,
    bool: lambda value: b"t" if value else b"f",
    float: lambda value: repr(float(value)).encode(),
    Decimal: lambda value: str(value).encode(),
    bytes: lambda value: b"\\x" + value.hex().encode(),
    list: _array,
    tuple: _array,
}
