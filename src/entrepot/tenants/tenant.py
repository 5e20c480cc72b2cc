"""A tenant as this process holds it: its store, files, registry and policy; and all tenants of the server.

The policy and the registry are those of the tenant's epoch: each transaction asks the epoch first, so a change made by
another process is seen by the next call.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from entrepot import names
from entrepot.call import Caller
from entrepot.clock import Clock
from entrepot.errors import MissingError
from entrepot.files.store import FileStore
from entrepot.kernel.access.policy import Policy, raise_epoch, read_epoch, read_policy
from entrepot.kernel.environment import SUPERUSER, Environment, Work
from entrepot.kernel.loading.install import installed
from entrepot.kernel.registry import Registry
from entrepot.settings import Settings
from entrepot.storage.abc import Engine, Store, Transaction
from entrepot.tenants.registries import Registries


SYSTEM = Caller(uid=SUPERUSER, login="__system__", groups=frozenset(), superuser=True)
"""The system itself: what installs, migrates and finishes."""


class Tenant:
    """One tenant. Threads may share it."""

    def __init__(
        self, name: str, store: Store, files: FileStore, registries: Registries, clock: Clock
    ) -> None:
        """Nothing is read before the first transaction."""
        self.name = name
        self.store = store
        self.files = files
        self.clock = clock
        self._registries = registries
        self._state: tuple[Policy, Registry] | None = None

    @property
    def registry(self) -> Registry | None:
        """The registry as last seen; None before the first transaction."""
        state = self._state
        return None if state is None else state[1]

    def state(self, tx: Transaction) -> tuple[Policy, Registry]:
        """The policy and registry of the tenant's present epoch."""
        epoch = read_epoch(tx)
        state = self._state
        if state is None or state[0].epoch != epoch:
            policy = read_policy(tx)
            registry = self._registries.open(self._registries.names(installed(tx)))
            state = self._state = (policy, registry)
        return state

    def work(self, tx: Transaction, clock: Clock | None = None) -> Work:
        """The shared part of a transaction's environments."""
        policy, registry = self.state(tx)
        return Work(tx, registry, policy, self.files, clock or self.clock, self.name)

    def environment(
        self, tx: Transaction, uid: int = SUPERUSER, *, clock: Clock | None = None
    ) -> Environment:
        """A transaction as a user sees it."""
        work = self.work(tx, clock)
        return Environment(work, work.policy.caller(tx, uid))


def finish(work: Work) -> None:
    """Bring a transaction's work to its end, before it commits: everything written, the epoch raised if need be."""
    Environment(work, SYSTEM).flush()
    if work.policy_moved:
        raise_epoch(work.tx)


class Tenants:
    """All tenants of a server, opened as they are asked for; the least recently used are let go."""

    def __init__(self, engine: Engine, registries: Registries, settings: Settings, clock: Clock) -> None:
        """Nothing is opened yet."""
        self.engine = engine
        self.registries = registries
        self.settings = settings
        self.clock = clock
        self._open: OrderedDict[str, Tenant] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, name: str) -> Tenant:
        """A tenant. Raises MissingError for a name that is none."""
        found = self._open.get(name)
        if found is not None:
            return found
        if not self.exists(name) and names.draft_age_s(str(name)) is None:
            raise MissingError(f"Database {name[:64] if isinstance(name, str) else '?'} does not exist.")
        with self._lock:
            found = self._open.get(name)
            if found is None:
                found = Tenant(name, self.engine.open(name), self.files(name), self.registries, self.clock)
                self._open[name] = found
                while len(self._open) > self.settings.open_tenants:
                    self._open.popitem(last=False)
        return found

    def names(self) -> list[str]:
        """The tenants of this server, sorted; drafts are not among them."""
        return [name for name in self.engine.names() if names.is_tenant(name)]

    def exists(self, name: str) -> bool:
        """Whether there is a tenant of that name."""
        return name in self._open or (names.is_tenant(name) and self.engine.exists(name))

    def sweep_drafts(self, older_than_s: float = 3600) -> list[str]:
        """Drop what was begun and never finished, because its process died."""
        swept = []
        for name in self.engine.names():
            age = names.draft_age_s(name)
            if age is not None and age > older_than_s:
                self.engine.drop(name)
                swept.append(name)
        return swept

    def files(self, name: str) -> FileStore:
        """The file store of a tenant."""
        return FileStore(self.settings.data / "files" / name, durable=self.settings.durable)

    def forget(self, name: str) -> None:
        """Let go of a tenant that is gone or another one now."""
        with self._lock:
            self._open.pop(name, None)

    def close(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._open.clear()
        self.engine.close()
