"""The embedded engine: a folder with one SQLite file per database and one per template."""

from __future__ import annotations

from pathlib import Path
from threading import Lock

from entrepot import names
from entrepot.errors import MissingError
from entrepot.storage import sqlite_files as files
from entrepot.storage.abc import Dialect, Store
from entrepot.storage.dialects.sqlite import SqliteDialect
from entrepot.storage.pool import Warm
from entrepot.storage.sqlite_store import SqliteStore

SUFFIX = ".db"


class SqliteEngine:
    """The `Engine` of a folder."""

    def __init__(
        self, data: Path, *, durable: bool = True, open_stores: int = 64, idle_seconds: float = 300.0
    ) -> None:
        """Make the folders under `data`.

        `durable`: an acknowledged write survives power loss, not only a killed process. At most
        `open_stores` files keep idle connections, and none that was unused for `idle_seconds`.
        """
        self.dialect: Dialect = SqliteDialect()
        self._tenants = data / "tenants"
        self._templates = data / "templates"
        self._durable = durable
        self._warm = Warm(open_stores, idle_seconds)
        self._stores: dict[str, SqliteStore] = {}
        self._lock = Lock()
        for folder in (self._tenants, self._templates):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.sweep(folder)

    def names(self) -> list[str]:
        """See `Engine`."""
        found = (path.name[: -len(SUFFIX)] for path in self._tenants.glob(f"*{SUFFIX}"))
        return sorted(name for name in found if names.is_database(name))

    def exists(self, name: str) -> bool:
        """See `Engine`."""
        return names.is_database(name) and self._path(name).is_file()

    def open(self, name: str) -> Store:
        """See `Engine`. A store that was opened before is answered as it is; its next transaction notices a
        drop.
        """
        store = self._stores.get(name)
        if store is not None:
            return store
        path = self._there(name)
        with self._lock:
            return self._stores.setdefault(
                name, SqliteStore(name, path, self.dialect, self._warm, durable=self._durable)
            )

    def create(self, name: str, *, template: str | None = None) -> None:
        """See `Engine`."""
        path = self._free(name)
        with files.beside(path) as new:
            if template is None:
                files.write_empty(new)
            else:
                files.copy_file(self._template(template), new)
            with files.taking_turns(self._tenants):
                files.place(new, path, durable=self._durable)

    def freeze(self, name: str, template: str) -> None:
        """See `Engine`."""
        names.database(template)
        path = self._there(name)
        final = self._templates / f"{template}{SUFFIX}"
        with (
            files.beside(final) as new,
            files.taking_turns(self._tenants),
            files.without_writers(path, patient=True),
        ):
            files.copy_live(path, new)
            files.replace(new, final, durable=self._durable)
            files.remove(path)
        self._forget(name)

    def has_template(self, template: str) -> bool:
        """See `Engine`."""
        return names.is_database(template) and (self._templates / f"{template}{SUFFIX}").is_file()

    def duplicate(self, name: str, new: str) -> None:
        """See `Engine`."""
        source, path = self._there(name), self._free(new)
        with files.beside(path) as copy:
            files.copy_live(source, copy)
            with files.taking_turns(self._tenants):
                files.place(copy, path, durable=self._durable)

    def rename(self, name: str, new: str) -> None:
        """See `Engine`.

        The content moves into a new file: processes that still hold the old one see that it is gone, while
        the same file under two names would have two logs.
        """
        path = self._free(new)
        with files.beside(path) as copy, files.taking_turns(self._tenants):
            source = self._there(name)
            with files.without_writers(source, patient=True):
                files.copy_live(source, copy)
                files.place(copy, path, durable=self._durable)
                files.remove(source)
        self._forget(name)

    def drop(self, name: str) -> None:
        """See `Engine`."""
        with files.taking_turns(self._tenants):
            path = self._there(name)
            with files.without_writers(path, patient=False):
                files.remove(path)
        self._forget(name)

    def dump(self, name: str, path: Path) -> None:
        """See `Engine`: the file is a SQLite database."""
        source = self._there(name)
        with files.beside(path) as copy:
            files.copy_live(source, copy)
            files.make_portable(copy)
            files.replace(copy, path, durable=self._durable)

    def restore(self, name: str, path: Path) -> None:
        """See `Engine`."""
        final = self._free(name)
        with files.beside(final) as new:
            files.copy_file(path, new)
            files.accept(new)
            with files.taking_turns(self._tenants):
                files.place(new, final, durable=self._durable)

    def close(self) -> None:
        """See `Engine`."""
        with self._lock:
            stores, self._stores = list(self._stores.values()), {}
        for store in stores:
            store.close()

    def _path(self, name: str) -> Path:
        return self._tenants / f"{name}{SUFFIX}"

    def _there(self, name: str) -> Path:
        if not self.exists(name):
            raise MissingError(f"Database {name} does not exist.", tenant=name)
        return self._path(name)

    def _free(self, name: str) -> Path:
        path = self._path(names.database(name))
        if path.exists():
            raise files.taken(name)
        return path

    def _template(self, template: str) -> Path:
        if not self.has_template(template):
            raise MissingError(f"Template {template} does not exist.", template=template)
        return self._templates / f"{template}{SUFFIX}"

    def _forget(self, name: str) -> None:
        with self._lock:
            store = self._stores.pop(name, None)
        if store is not None:
            store.close()
