"""A tenant as this process holds it: its store, files, registry and policy.

The policy and the registry are those of the tenant's epoch: each transaction asks the epoch first, so a change
made by another process is seen by the next call.
"""

from __future__ import annotations

from entrepot.call import Caller
from entrepot.clock import Clock
from entrepot.errors import MissingError, TenantUnavailable
from entrepot.files.store import FileStore, Swept
from entrepot.jobs.outside import Outside
from entrepot.kernel.access.policy import Policy, raise_epoch, read_epoch, read_policy
from entrepot.kernel.environment import SUPERUSER, Environment, Work
from entrepot.kernel.loading.install import installed
from entrepot.kernel.registry import Registry
from entrepot.storage.abc import Store, Transaction
from entrepot.storage.sql import ident
from entrepot.tenants.registries import Registries

SYSTEM = Caller(uid=SUPERUSER, login="__system__", groups=frozenset(), superuser=True)
"""The system itself: what installs, migrates and finishes."""

YOUNG_SECONDS = 86_400.0
"""No transaction lasts as long: a file that nobody refers to and that is older was left behind."""


class Tenant:
    """One tenant. Threads may share it."""

    def __init__(
        self,
        name: str,
        store: Store,
        files: FileStore,
        registries: Registries,
        clock: Clock,
        outside: Outside | None = None,
    ) -> None:
        """Nothing is read before the first transaction."""
        self.name = name
        self.store = store
        self.files = files
        self.clock = clock
        self.outside = outside
        self._registries = registries
        self._state: tuple[Policy, Registry] | None = None

    @property
    def registry(self) -> Registry | None:
        """The registry as last seen; None before the first transaction."""
        state = self._state
        return None if state is None else state[1]

    def state(self, tx: Transaction) -> tuple[Policy, Registry]:
        """The policy and registry of the tenant's present epoch.

        Ask before the transaction changes anything: what is read here is kept for others. Raises
        TenantUnavailable when the tenant's add-ons are not those that lie here.
        """
        epoch = read_epoch(tx)
        state = self._state
        if state is None or state[0].epoch != epoch:
            policy = read_policy(tx, self._registries.parts)
            state = self._state = (policy, self._its_registry(tx))
        return state

    def _its_registry(self, tx: Transaction) -> Registry:
        there = installed(tx)
        try:
            chosen = self._registries.names(there)
        except MissingError as error:
            raise TenantUnavailable(
                f"Database {self.name} needs an add-on that is not here: {error}"
            ) from error
        versions = self._registries.versions(chosen)
        stale = sorted(name for name in chosen if there.get(name) != versions[name])
        if stale:
            raise TenantUnavailable(
                f"Database {self.name} has other versions of {', '.join(stale)} than this server; "
                "bring it up to date first.",
                tenant=self.name,
                addons=stale,
            )
        return self._registries.open(chosen)

    def work(self, tx: Transaction, clock: Clock | None = None) -> Work:
        """The shared part of a transaction's environments."""
        policy, registry = self.state(tx)
        return Work(tx, registry, policy, self.files, clock or self.clock, self.name, self.outside)

    def environment(
        self, tx: Transaction, uid: int = SUPERUSER, *, clock: Clock | None = None
    ) -> Environment:
        """A transaction as a user sees it."""
        work = self.work(tx, clock)
        return Environment(work, work.policy.caller(tx, uid))

    def sweep_files(self, older_than_s: float = YOUNG_SECONDS) -> Swept:
        """Delete the files that no record refers to and nobody stored lately."""
        with self.store.transaction(readonly=True) as tx:
            _, registry = self.state(tx)
            referenced = {
                str(reference).partition(".")[0]
                for meta in registry.models.values()
                if not meta.abstract
                for field in meta.columns.values()
                if field.kind == "binary"
                for (reference,) in tx.fetch(_references(meta.table, field.name))
            }
        return self.files.delete_unreferenced(referenced, older_than_s)


def _references(table: str, column: str) -> str:
    name = ident(column).chunks[0]
    return f"SELECT DISTINCT {name} FROM {ident(table).chunks[0]} WHERE {name} IS NOT NULL"


def finish(work: Work) -> None:
    """Bring a transaction's work to its end, before it commits: everything written, the epoch moved if need
    be.
    """
    Environment(work, SYSTEM).flush()
    if work.policy_moved:
        raise_epoch(work.tx)
