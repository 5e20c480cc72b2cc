"""How much waits in the outboxes of a server: noted by the process that sends, shown by any of them.

One small file holds it, replaced whole. Nobody can add up what only one process knows, and asking every tenant whenever
somebody looks at the metrics would open a thousand databases.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson


@dataclass(frozen=True, slots=True)
class Waiting:
    """What one tenant's outbox holds. `oldest`: unix time at which the oldest message that waits was made."""

    waiting: int = 0
    failed: int = 0
    oldest: float | None = None


class QueueGauge:
    """The numbers of all tenants, in a file."""

    def __init__(self, path: Path, now: Callable[[], float] = time.time) -> None:
        """Nothing is read or written yet."""
        self._path = path
        self._now = now
        self._tenants: dict[str, Waiting] = {}
        self._lock = threading.Lock()

    def note(self, tenant: str, found: Waiting) -> None:
        """Keep what a tenant's outbox holds. A full disk costs the numbers, not the messages."""
        with self._lock:
            if self._tenants.get(tenant, Waiting()) == found:
                return
            self._tenants[tenant] = found
            oldest = [each.oldest for each in self._tenants.values() if each.oldest is not None]
            content = {
                "waiting": sum(each.waiting for each in self._tenants.values()),
                "failed": sum(each.failed for each in self._tenants.values()),
                "oldest": min(oldest, default=None),
            }
            draft = self._path.with_suffix(f".{os.getpid()}")
            try:
                draft.write_bytes(orjson.dumps(content))
                draft.replace(self._path)
            except OSError:
                draft.unlink(missing_ok=True)

    def gauges(self) -> Mapping[str, tuple[str, float]]:
        """The numbers for the metrics: name -> (help, value); none when nobody notes them."""
        try:
            found = orjson.loads(self._path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        age = 0.0 if found["oldest"] is None else max(self._now() - found["oldest"], 0.0)
        return {
            "entrepot_outbox_waiting": ("Messages to peers that wait.", float(found["waiting"])),
            "entrepot_outbox_failed": ("Messages to peers that were given up.", float(found["failed"])),
            "entrepot_outbox_oldest_seconds": ("Age of the oldest message that waits.", age),
        }
