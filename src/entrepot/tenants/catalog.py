"""All tenants of a server: which there are, opened as they are asked for, and the orders on their names.

A tenant is a database of the engine and a folder of files under one name. The database decides: a folder without
one is nobody's and serves the next tenant of that name, since files are named by their content and only records
say which of them count.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from entrepot import names
from entrepot.clock import Clock
from entrepot.errors import ConflictError, MissingError
from entrepot.files.store import FileStore
from entrepot.jobs.outside import outside
from entrepot.settings import Settings
from entrepot.storage.abc import Engine
from entrepot.tenants.drafts import Draft, Drafts
from entrepot.tenants.registries import Registries
from entrepot.tenants.tenant import Tenant


class Tenants:
    """All tenants of a server; of those that were opened, the least recently used are let go."""

    def __init__(self, engine: Engine, registries: Registries, settings: Settings, clock: Clock) -> None:
        """Nothing is opened yet."""
        self.engine = engine
        self.registries = registries
        self.settings = settings
        self.clock = clock
        self.outside = outside(settings)
        self.drafts = Drafts(engine, self.files, settings.data / "run" / "drafts")
        self._files = settings.data / "files" / engine.dialect.name
        self._names_lock = settings.data / "run" / f"names-{engine.dialect.name}.lock"
        self._open: OrderedDict[str, Tenant] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, name: str) -> Tenant:
        """A tenant. Raises MissingError for a name that is none; drafts are none."""
        with self._lock:
            found = self._open.get(name)
            if found is not None:
                self._open.move_to_end(name)
                return found
        self.require(name)
        made = self.make(name)
        with self._lock:
            found = self._open.setdefault(name, made)
            while len(self._open) > max(self.settings.open_tenants, 1):
                self._open.popitem(last=False)
        return found

    def make(self, name: str) -> Tenant:
        """A tenant, or a draft, that nobody else is given. Raises MissingError when it is not there."""
        return Tenant(
            name, self.engine.open(name), self.files(name), self.registries, self.clock, self.outside
        )

    def is_open(self, name: str) -> bool:
        """Whether this process has a tenant of that name open, which costs nothing to ask."""
        return name in self._open

    def names(self) -> list[str]:
        """The tenants of this server, sorted; drafts are not among them."""
        return [name for name in self.engine.names() if names.is_tenant(name)]

    def exists(self, name: object) -> bool:
        """Whether there is a tenant of that name, at this moment."""
        return isinstance(name, str) and names.is_tenant(name) and self.engine.exists(name)

    def require(self, name: object) -> None:
        """Raise MissingError unless there is a tenant of that name."""
        if not self.exists(name):
            shown = name[:64] if isinstance(name, str) else "?"
            raise MissingError(f"Database {shown} does not exist.", tenant=shown)

    def require_free(self, name: object) -> None:
        """Raise ValidationError for a name that cannot be a tenant's, ConflictError for one that is taken."""
        checked = names.tenant(name)
        if self.engine.exists(checked):
            raise ConflictError(f"Database {checked} already exists.", tenant=checked)

    def forget(self, name: str) -> None:
        """Let go of a tenant that is gone or another one now."""
        with self._lock:
            self._open.pop(name, None)

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._open.clear()
        self.engine.close()

    def files(self, name: str) -> FileStore:
        """The file store of a tenant or draft."""
        return FileStore(self._files / "tenants" / names.database(name), durable=self.settings.durable)

    def template_files(self, name: str) -> FileStore:
        """The file store of a template."""
        return FileStore(self._files / "templates" / names.database(name), durable=self.settings.durable)

    def publish(self, draft: Draft, name: str) -> None:
        """Give a finished draft its name. Raises ConflictError when it is taken; then nothing has changed."""
        with self._alone():
            self.require_free(name)
            files = self.files(name)
            moved = self._hand_over(draft.files, files)
            try:
                self.engine.rename(draft.name, name)
            except BaseException:
                if moved:
                    files.root.rename(draft.files.root)
                raise
            self.forget(name)

    def rename(self, name: str, new: str) -> None:
        """Give a tenant another name. Raises MissingError, ConflictError, ValidationError."""
        with self._alone():
            self.require(name)
            self.require_free(new)
            old, files = self.files(name), self.files(new)
            is_new = not files.root.exists()
            # Both names hold the files until the database has moved, so that neither a reader nor a killed process
            # finds a tenant without them; the second time brings what was stored meanwhile.
            old.lend_to(files)
            try:
                self.engine.rename(name, new)
            except BaseException:
                if is_new:
                    shutil.rmtree(files.root, ignore_errors=True)
                raise
            self.forget(name)
            old.lend_to(files)
            shutil.rmtree(old.root, ignore_errors=True)

    def drop(self, name: str) -> None:
        """Delete a tenant with its files. Raises MissingError."""
        with self._alone():
            self.require(name)
            self.engine.drop(name)
            self.forget(name)
            shutil.rmtree(self.files(name).root, ignore_errors=True)

    def _hand_over(self, source: FileStore, target: FileStore) -> bool:
        """Bring the files of a draft to their place; whether that moved the folder as a whole."""
        if not source.root.exists():
            return False
        target.root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):
            source.root.rename(target.root)
            return True
        source.lend_to(target)
        return False

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Orders on names take turns, in all processes of the server."""
        self._names_lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._names_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
