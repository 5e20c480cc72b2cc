"""What the records of one tenant wait to have fetched: read in one transaction, fetched in none, kept in another.

Two servers that fetch the same thing at once keep it once: the second finds that it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from entrepot.jobs.outgoing import Outgoing, Unreached
from entrepot.kernel.environment import Environment
from entrepot.storage.abc import Transaction
from entrepot.storage.retry import retrying
from entrepot.tenants.statements import fetch, moment, raw
from entrepot.tenants.tenant import SYSTEM, Tenant, finish

FETCHES = -1
"""In the place of an endpoint: what the tenant wants to have fetched."""
MODEL = "outbox.fetch"
MOST_BYTES = 10 * 1024 * 1024

_READY = "SELECT id, url FROM outbox_fetch WHERE state = 'wanted' AND next_attempt <= {} ORDER BY next_attempt, id LIMIT 1"
_LATER = "SELECT min(next_attempt) FROM outbox_fetch WHERE state = 'wanted'"


class Fetches:
    """Fetches for tenants, by the threads of the outbox: see `deliveries.Other`."""

    lane = FETCHES

    def __init__(self, outgoing: Outgoing, retries: int) -> None:
        """Nothing is connected yet."""
        self._outgoing = outgoing
        self._retries = retries

    def due(self, tx: Transaction, now: datetime) -> tuple[bool, datetime | None]:
        """Whether something is to be fetched now, and when more will be."""
        if fetch(tx, _READY, raw(now)):
            return True, None
        return False, moment(fetch(tx, _LATER)[0][0])

    def deliver(self, tenant: Tenant, goes_on: Callable[[], bool]) -> int:
        """Fetch what is due, one thing after the other; how many were tried."""
        tried = 0
        while goes_on():
            with tenant.store.transaction(readonly=True) as tx:
                rows = fetch(tx, _READY, raw(tenant.clock.now()))
            if not rows:
                break
            self._fetch(tenant, *rows[0])
            tried += 1
        return tried

    def _fetch(self, tenant: Tenant, fetch_id: int, url: str) -> None:
        content, why = b"", ""
        try:
            content = self._outgoing.fetch(url, MOST_BYTES)
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

        retrying(keep, self._retries)
