"""What a tenant's records wait to have fetched: read in one transaction, fetched in none, kept in another."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from entrepot.errors import MissingError
from entrepot.jobs.outgoing import Unreached
from entrepot.kernel.environment import Environment
from entrepot.kernel.loading.install import installed
from entrepot.storage.retry import retrying
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.tenant import SYSTEM, Tenant, finish

ADDON = "outbox"
MODEL = "outbox.fetch"
MOST_BYTES = 10 * 1024 * 1024
AT_ONCE = 50
"""How many are fetched before other tenants have their turn."""


class Fetches:
    """Fetches what is due in the tenants of a server. Use one `Tenants` for it alone: nothing stays open."""

    def __init__(self, tenants: Tenants) -> None:
        """Work on the tenants of one server."""
        self.tenants = tenants

    def run_due(self, name: str) -> datetime | None:
        """Fetch what is due in a tenant; when more will be. Raises TenantUnavailable."""
        try:
            tenant = self.tenants.make(name)
        except MissingError:
            return None
        try:
            for fetch_id, url in self._due(tenant):
                self._fetch(tenant, fetch_id, url)
            return self._next(tenant)
        finally:
            tenant.store.close()

    def _due(self, tenant: Tenant) -> list[tuple[int, str]]:
        with tenant.store.transaction(readonly=True) as tx:
            if ADDON not in installed(tx):
                return []
            env = Environment(tenant.work(tx), SYSTEM)
            due = [("state", "=", "wanted"), ("next_attempt", "<=", env.now())]
            return [
                (each.id, each.url)
                for each in env[MODEL].search(due, limit=AT_ONCE, order="next_attempt, id")
            ]

    def _fetch(self, tenant: Tenant, fetch_id: int, url: str) -> None:
        content, why = b"", ""
        try:
            content = self.tenants.outside.fetch(url, MOST_BYTES)
        except Unreached as error:
            why = f"{error.code}: {error}"

        def keep() -> None:
            with tenant.store.transaction(readonly=False) as tx:
                work = tenant.work(tx)
                row: Any = Environment(work, SYSTEM)[MODEL].browse([fetch_id]).exists()
                if row and row.url == url and row.state == "wanted":
                    if why:
                        row.missed(why)
                    else:
                        row.arrived(content)
                finish(work)
            for hook in work.cache.after_commit:
                hook()

        retrying(keep, self.tenants.settings.retries)

    @staticmethod
    def _next(tenant: Tenant) -> datetime | None:
        with tenant.store.transaction(readonly=True) as tx:
            if ADDON not in installed(tx):
                return None
            raw = tx.fetch("SELECT min(next_attempt) FROM outbox_fetch WHERE state = 'wanted'", alone=True)[
                0
            ][0]
        return None if raw is None else datetime.fromisoformat(raw).replace(tzinfo=UTC)
