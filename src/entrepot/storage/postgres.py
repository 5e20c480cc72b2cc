"""The PostgreSQL engine: a database per tenant on one cluster, and template databases that new ones are
cloned from.

Databases of this server start with a prefix, so that several servers can share a cluster; no prefix may
start with another server's. Unfinished databases and templates bear other prefixes, so a listed name is a
complete database.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

import psycopg

from entrepot import names
from entrepot.errors import ConflictError, MissingError, ValidationError
from entrepot.storage.abc import Dialect, Store
from entrepot.storage.dialects.postgres import PostgresDialect
from entrepot.storage.pool import Pool, Warm
from entrepot.storage.postgres_connection import Connection, connect
from entrepot.storage.postgres_dump import read_dump, write_dump
from entrepot.storage.postgres_store import PostgresStore
from entrepot.storage.schema import LONGEST_NAME, short_name
from entrepot.storage.sql import ident
from entrepot.storage.violations import StoreUnavailable, UniqueViolation

DEFAULT_PREFIX = "entrepot_"
QUIET_SECONDS = 10.0
"""How long ended connections may take to go."""
STALE_SECONDS = 86_400
BUILTIN_LOCALE_VERSION = 170_000
"""The first server that brings the locale C.UTF-8 itself."""


class PostgresEngine:
    """The `Engine` of a cluster."""

    def __init__(
        self, url: str, *, prefix: str = DEFAULT_PREFIX, open_stores: int = 64, idle_seconds: float = 60.0
    ) -> None:
        """Nothing is opened yet. `url`: a libpq URL or string, leading to a database that may be empty.

        At most `open_stores` databases keep idle connections, and none that was unused for `idle_seconds`.
        """
        self.dialect: Dialect = PostgresDialect()
        self._url = url
        self._prefix = prefix
        self._template_prefix = f"{prefix.rstrip('_')}-template_"
        self._new_prefix = f"{prefix.rstrip('_')}-new_"
        self._home = psycopg.conninfo.conninfo_to_dict(url).get("dbname") or "postgres"
        self._warm = Warm(open_stores, idle_seconds)
        self._stores: dict[str, PostgresStore] = {}
        self._lock = Lock()
        orders = Warm(1, idle_seconds)
        self._orders: Pool[Connection] = Pool(lambda: connect(url, str(self._home)), Connection.close, orders)

    def names(self) -> list[str]:
        """See `Engine`."""
        with self._ordering() as home:
            found = _fetch(
                home, "SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)", self._prefix
            )
        return sorted(name for (full,) in found if names.is_database(name := full.removeprefix(self._prefix)))

    def exists(self, name: str) -> bool:
        """See `Engine`."""
        return names.is_database(name) and self._has(self._prefix + name)

    def open(self, name: str) -> Store:
        """See `Engine`. A store that was opened before is answered as it is; its next connection notices a
        drop.
        """
        store = self._stores.get(name)
        if store is not None:
            return store
        self._there(name)
        with self._lock:
            return self._stores.setdefault(name, self._store(name))

    def create(self, name: str, *, template: str | None = None) -> None:
        """See `Engine`."""
        self._create(
            self._full(name), template=None if template is None else self._template(template), name=name
        )

    def freeze(self, name: str, template: str) -> None:
        """See `Engine`."""
        source = self._there(name)
        final = self._template_name(template)
        self._quiet(name, source)
        with self._ordering() as home:
            home.command(f"DROP DATABASE IF EXISTS {_quoted(final)} WITH (FORCE)".encode())
            home.command(f"ALTER DATABASE {_quoted(source)} RENAME TO {_quoted(final)}".encode())

    def has_template(self, template: str) -> bool:
        """See `Engine`."""
        return names.is_database(template) and self._has(self._template_name(template))

    def duplicate(self, name: str, new: str) -> None:
        """See `Engine`. A database in use is copied through a dump of one snapshot, since cloning would end
        its users.
        """
        source, target = self._there(name), self._full(new)
        if self._has(target):
            raise _taken(new)
        store = self._stores.get(name)
        if store is not None:
            store.pool.close_idle()
        if not self._is_used(source):
            with suppress(psycopg.errors.ObjectInUse):  # somebody may come in between
                self._create(target, template=source, name=new)
                return
        with TemporaryDirectory() as folder:
            path = Path(folder) / "copy"
            self.dump(name, path)
            self.restore(new, path)

    def rename(self, name: str, new: str) -> None:
        """See `Engine`."""
        target = self._full(new)
        source = self._there(name)
        if self._has(target):
            raise _taken(new)
        self._quiet(name, source)
        try:
            with self._ordering() as home, _taking(new):
                home.command(f"ALTER DATABASE {_quoted(source)} RENAME TO {_quoted(target)}".encode())
                source = target
        finally:
            self._admit(source)

    def drop(self, name: str) -> None:
        """See `Engine`."""
        full = self._there(name)
        self._forget(name)
        with self._ordering() as home:
            home.command(f"DROP DATABASE IF EXISTS {_quoted(full)} WITH (FORCE)".encode())

    def dump(self, name: str, path: Path) -> None:
        """See `Engine`: the file is a zip archive, see `storage/postgres_dump.py`."""
        self._there(name)
        store = self._store(name)
        try:
            with store.transaction(readonly=True) as tx:
                write_dump(tx, path)
        finally:
            store.close()

    def restore(self, name: str, path: Path) -> None:
        """See `Engine`: the content is read into a database of another name, which gets its own at the
        end.
        """
        target = self._full(name)
        if self._has(target):
            raise _taken(name)
        self._sweep()
        full = f"{self._new_prefix}{int(time.time()):x}_{secrets.token_hex(4)}"
        self._create(full, template=None, name=name)
        try:
            store = PostgresStore(
                name, self.dialect, lambda: connect(self._url, full), Warm(1, QUIET_SECONDS)
            )
            try:
                with store.transaction(readonly=False) as tx:
                    read_dump(tx, path)
            finally:
                store.close()
            with self._ordering() as home, _taking(name):
                home.command(f"ALTER DATABASE {_quoted(full)} RENAME TO {_quoted(target)}".encode())
        except BaseException:
            with self._ordering() as home:
                home.command(f"DROP DATABASE IF EXISTS {_quoted(full)} WITH (FORCE)".encode())
            raise

    def close(self) -> None:
        """See `Engine`."""
        with self._lock:
            stores, self._stores = list(self._stores.values()), {}
        for store in stores:
            store.close()
        self._orders.clear()

    def _create(self, full: str, *, template: str | None, name: str) -> None:
        with self._ordering() as home, _taking(name):
            if template is not None:
                origin = f"TEMPLATE {_quoted(template)} STRATEGY wal_log"
            elif home.raw.info.server_version >= BUILTIN_LOCALE_VERSION:
                origin = (
                    "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' "
                    "LC_COLLATE 'C' LC_CTYPE 'C'"
                )
            else:
                origin = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
            home.command(f"CREATE DATABASE {_quoted(full)} {origin}".encode())
        if template is not None:
            self._admit(full)

    def _quiet(self, name: str, full: str) -> None:
        """End all connections to a database and admit no new ones. Raises ConflictError when that does not
        succeed.
        """
        self._forget(name)
        others = "FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
        with self._ordering() as home:
            home.command(f"ALTER DATABASE {_quoted(full)} ALLOW_CONNECTIONS false".encode())
            deadline = time.monotonic() + QUIET_SECONDS
            while _fetch(home, f"SELECT pg_terminate_backend(pid) {others}", full):
                if time.monotonic() > deadline:
                    self._admit(full)
                    raise ConflictError("The database is busy; try again.", tenant=name)
                time.sleep(0.01)

    def _admit(self, full: str) -> None:
        with self._ordering() as home:
            home.command(f"ALTER DATABASE {_quoted(full)} ALLOW_CONNECTIONS true".encode())

    def _is_used(self, full: str) -> bool:
        with self._ordering() as home:
            return bool(_fetch(home, "SELECT 1 FROM pg_stat_activity WHERE datname = $1 LIMIT 1", full))

    def _has(self, full: str) -> bool:
        with self._ordering() as home:
            return bool(_fetch(home, "SELECT 1 FROM pg_database WHERE datname = $1", full))

    def _sweep(self) -> None:
        """Drop what killed processes left unfinished long ago."""
        with self._ordering() as home:
            found = _fetch(
                home, "SELECT datname::text FROM pg_database WHERE starts_with(datname, $1)", self._new_prefix
            )
            for (full,) in found:
                begun = int(full.removeprefix(self._new_prefix).partition("_")[0], 16)
                if time.time() - begun > STALE_SECONDS:
                    home.command(f"DROP DATABASE IF EXISTS {_quoted(full)} WITH (FORCE)".encode())

    def _store(self, name: str) -> PostgresStore:
        full = self._full(name)

        def join() -> Connection:
            try:
                return connect(self._url, full)
            except StoreUnavailable as error:
                if not self._has(full):
                    raise MissingError(f"Database {name} does not exist.", tenant=name) from error
                raise

        return PostgresStore(name, self.dialect, join, self._warm)

    def _full(self, name: str) -> str:
        full = self._prefix + names.database(name)
        if len(full) > LONGEST_NAME:
            raise ValidationError(
                f"Database names have at most {LONGEST_NAME - len(self._prefix)} characters here."
            )
        return full

    def _there(self, name: str) -> str:
        if not self.exists(name):
            raise MissingError(f"Database {name} does not exist.", tenant=name)
        return self._full(name)

    def _template_name(self, template: str) -> str:
        return short_name(self._template_prefix + names.database(template))

    def _template(self, template: str) -> str:
        if not self.has_template(template):
            raise MissingError(f"Template {template} does not exist.", template=template)
        return self._template_name(template)

    def _forget(self, name: str) -> None:
        with self._lock:
            store = self._stores.pop(name, None)
        if store is not None:
            store.close()

    @contextmanager
    def _ordering(self) -> Iterator[Connection]:
        """Lend a connection for orders on databases; a dead one is replaced."""
        connection = self._orders.take()
        try:
            connection.command(b"SELECT 1")
        except StoreUnavailable:
            self._orders.give(connection, usable=False)
            self._orders.close_idle()
            connection = self._orders.take()
        try:
            yield connection
        finally:
            self._orders.give(connection, usable=connection.is_idle())


@contextmanager
def _taking(name: str) -> Iterator[None]:
    try:
        yield
    except (psycopg.errors.DuplicateDatabase, UniqueViolation) as error:
        raise _taken(name) from error


def _taken(name: str) -> ConflictError:
    return ConflictError(f"Database {name} already exists.", tenant=name)


def _fetch(connection: Connection, text: str, value: str) -> list[tuple[str, ...]]:
    return connection.rows(connection.run(text, (value,)))


def _quoted(name: str) -> str:
    return ident(name).chunks[0]
