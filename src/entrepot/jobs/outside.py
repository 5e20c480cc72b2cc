"""What a transaction may know of the world outside: which addresses are allowed, and who is to be woken afterwards.

Nothing is sent from inside a transaction: it might be undone. What must be said is put into the outbox.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from entrepot.jobs.addresses import Target, guard
from entrepot.jobs.outgoing import Outgoing
from entrepot.jobs.wakeups import Wakeups
from entrepot.settings import Settings


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside as one server is set up for it. Without `wakeups` nobody is woken."""

    outgoing: Outgoing = field(default_factory=Outgoing)
    wakeups: Wakeups | None = None

    def check(self, url: str, *, internal: bool = False) -> Target:
        """See `addresses.Guard.check`. Raises Refused."""
        return self.outgoing.guard.check(url, internal=internal)

    def fetch(self, url: str, limit: int, *, timeout_s: float = 15.0, internal: bool = False) -> bytes:
        """See `outgoing.Outgoing.fetch`. Raises Unreached. A row that was written before it stays locked meanwhile."""
        return self.outgoing.fetch(url, limit, timeout_s=timeout_s, internal=internal)

    def wake(self, tenant: str) -> None:
        """Tell the senders that a tenant has something to send."""
        if self.wakeups is not None:
            self.wakeups.signal(tenant)


def outside(settings: Settings) -> Outside:
    """The outside as the settings allow it. Raises ValueError naming the setting that cannot be read."""
    try:
        allowed = guard(settings.outgoing_allowed)
    except ValueError as error:
        raise ValueError(f"ENTREPOT_OUTGOING_ALLOWED: {error}") from error
    return Outside(Outgoing(allowed), Wakeups(settings.data / "run" / "outbox"))
