"""The outbox of one tenant: finding what is due, claiming it, and keeping how it went.

A message is claimed by an UPDATE that gives it to one sender for a while (its lease), in a transaction of its own; then
it is sent, with no transaction open; then the outcome is kept and the next one claimed, in one transaction. So a message
is never sent by two at the same time, and what a killed sender had claimed is tried again when its lease ends: at least
once, with the same id.

A message waits for the earlier ones of its record (`record_key`) that are neither sent nor given up.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from time import perf_counter
from typing import Any, Protocol

from entrepot.errors import MissingError
from entrepot.jobs import delivery
from entrepot.jobs.delivery import Claimed, Outcome, Verdict
from entrepot.jobs.outbox import Due, DueEndpoint
from entrepot.jobs.outgoing import Line, Unreached
from entrepot.jobs.queue_gauge import Waiting
from entrepot.kernel.environment import Environment
from entrepot.kernel.loading.install import installed
from entrepot.observe.events import (
    Crashed,
    EndpointDisabled,
    MessageFailed,
    MessageSent,
    Observer,
    new_trace_id,
)
from entrepot.storage.abc import Transaction
from entrepot.storage.retry import retrying
from entrepot.tenants import outbox_rows
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.tenant import SYSTEM, Tenant, finish

ADDON = "outbox"


class Other(Protocol):
    """Something else that leaves a tenant by the same threads, such as its mail."""

    @property
    def lane(self) -> int:
        """A number of its own in the place of an endpoint's id: none above 0."""

    def due(self, tx: Transaction, now: datetime) -> tuple[bool, datetime | None]:
        """Whether there is something to do now, and when there will be more."""

    def deliver(self, tenant: Tenant, goes_on: Callable[[], bool]) -> int:
        """Do what is due while `goes_on` says so; how much was tried."""


class Deliveries:
    """Sends what is due in the tenants of a server. Use one `Tenants` for it alone."""

    def __init__(
        self,
        tenants: Tenants,
        observe: Observer,
        chance: Callable[[], float] = random.random,
        others: Sequence[Other] = (),
        note: Callable[[str, Waiting], None] = lambda _, __: None,
    ) -> None:
        """`chance` draws numbers from 0 to 1, so that many failures do not come back at once. `others`: what else
        leaves a tenant. `note` is told of each tenant how much there is.
        """
        self.tenants = tenants
        self.observe = observe
        self._chance = chance
        self._others = {each.lane: each for each in others}
        self._note = note
        self._turns: dict[tuple[str, int], threading.Lock] = {}
        self._outgoing = tenants.outside.outgoing

    def look(self, name: str) -> Due:
        """What is due in a tenant now, and when there will be more. Raises TenantUnavailable."""
        try:
            with self.tenants.open(name).store.transaction(readonly=True) as tx:
                if ADDON not in installed(tx):
                    return Due()
                self._note(name, outbox_rows.waiting(tx))
                return self._due(tx, self.tenants.clock.now())
        except MissingError:
            self.tenants.forget(name)
            self._note(name, Waiting())
            return Due()

    def _due(self, tx: Transaction, now: datetime) -> Due:
        found = outbox_rows.due(tx, now)
        endpoints, moments = list(found.endpoints), [found.next]
        for lane, each in self._others.items():
            is_due, again = each.due(tx, now)
            # As one in trouble: it has one lane in a tenant, and holds up no peer.
            endpoints += [DueEndpoint(lane, 1, in_trouble=True)] if is_due else []
            moments.append(again)
        return Due(tuple(endpoints), min((each for each in moments if each is not None), default=None))

    def deliver(self, name: str, endpoint: int, goes_on: Callable[[], bool]) -> int:
        """Send what is due for an endpoint, a message after the other; how many were tried.

        Stops when nothing is due, `goes_on` says no, or the endpoint is to be left alone.
        """
        tenant = self.tenants.open(name)
        if endpoint <= 0:
            return self._others[endpoint].deliver(tenant, goes_on) if endpoint in self._others else 0
        turn = self._turns.setdefault((name, endpoint), threading.Lock())
        tried = 0
        claimed = self._step(tenant, turn, endpoint, None) if goes_on() else None
        while claimed is not None:
            internal = claimed.peer.internal
            # A connection that led inside is not used any more once that is taken back.
            with self._outgoing.open(internal=internal) as line:
                while claimed is not None and claimed.peer.internal == internal:
                    outcome = self._send(tenant, line, claimed)
                    tried += 1
                    again = goes_on() and not outcome.is_down
                    claimed = self._step(tenant, turn, endpoint if again else 0, (claimed, outcome))
        return tried

    def _send(self, tenant: Tenant, line: Line, claimed: Claimed) -> Outcome:
        clock = self.tenants.clock
        body = None if claimed.body is None else claimed.body.encode()
        at, began = clock.now(), perf_counter()
        try:
            answer = line.send(
                claimed.method,
                delivery.url_of(claimed),
                delivery.request_headers(claimed, body, int(at.timestamp())),
                body,
                timeout_s=claimed.peer.timeout_s,
            )
        except Unreached as error:
            return delivery.unanswered(error, at, (perf_counter() - began) * 1000)
        except Exception as error:  # noqa: BLE001 - our own fault must not hold the queue for ever
            trace_id = new_trace_id()
            self.observe(Crashed(trace_id=trace_id, exception=error, tenant=tenant.name, door="outbox"))
            text = f"internal: it could not be sent; the trace id is {trace_id}."
            return Outcome(at, (perf_counter() - began) * 1000, error=text)
        return delivery.answered(answer, at, (perf_counter() - began) * 1000)

    def _step(
        self, tenant: Tenant, turn: threading.Lock, endpoint: int, done: tuple[Claimed, Outcome] | None
    ) -> Claimed | None:
        """Keep an outcome and claim the next message of an endpoint (0: none), in one transaction."""
        ruled = None
        if done is not None:
            ruled = delivery.verdict(*done, self.tenants.clock.now(), self._chance())
        # Lanes of one endpoint take turns: they would only collide, and each claims the first that is free.
        with turn:
            claimed, was_ours = retrying(
                lambda: self._attempt(tenant, endpoint, done, ruled), self.tenants.settings.retries
            )
        if done is not None and ruled is not None and was_ours:
            self._tell(tenant, *done, ruled)
        return claimed

    def _attempt(
        self, tenant: Tenant, endpoint: int, done: tuple[Claimed, Outcome] | None, ruled: Verdict | None
    ) -> tuple[Claimed | None, bool]:
        now = self.tenants.clock.now()
        with tenant.store.transaction(readonly=False) as tx:
            was_ours = False
            if done is not None and ruled is not None:
                was_ours = outbox_rows.settle(tx, *done, ruled, now)
                if was_ours and ruled.disable:
                    self._disable(tenant, tx, done[0].peer.id, ruled.disable)
                    endpoint = 0
            return (outbox_rows.claim(tx, endpoint, now) if endpoint else None), was_ours

    @staticmethod
    def _disable(tenant: Tenant, tx: Transaction, endpoint: int, reason: str) -> None:
        """Switch an endpoint off, and tell whoever wants to know."""
        work = tenant.work(tx)
        env = Environment(work, SYSTEM)
        row = env["outbox.endpoint"].browse(endpoint)
        row.write({"state": "disabled", "disabled_reason": reason})
        text = f"Messages to {row.name} are not sent any more: {reason}"
        env.log(
            "outbox_endpoint_disabled",
            level="warning",
            message=text,
            model="outbox.endpoint",
            res_id=endpoint,
        )
        if row.notify_email:
            mail = {
                "email_to": row.notify_email,
                "subject": text[:200],
                "body_html": f"<p>{escape(text)}</p>",
            }
            env["mail.mail"].create([{**mail, "model": "outbox.endpoint", "res_id": endpoint}])
        finish(work)

    def _tell(self, tenant: Tenant, claimed: Claimed, outcome: Outcome, ruled: Verdict) -> None:
        now = self.tenants.clock.now()
        told: dict[str, Any] = {
            "tenant": tenant.name,
            "endpoint_id": claimed.peer.id,
            "message_id": claimed.message_id,
            "topic": claimed.topic,
            "attempt": claimed.attempt,
            "duration_ms": outcome.ms,
            "lag_ms": max((now - claimed.created).total_seconds(), 0.0) * 1000,
            "status": outcome.status,
        }
        if outcome.is_success:
            self.observe(MessageSent(**told))
        else:
            code = (outcome.error or "").partition(":")[0]
            self.observe(MessageFailed(**told, error=code, final=ruled.state == "failed"))
        if ruled.disable:
            self.observe(
                EndpointDisabled(tenant=tenant.name, endpoint_id=claimed.peer.id, reason=ruled.disable)
            )
