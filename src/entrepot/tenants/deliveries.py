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
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from entrepot.errors import MissingError
from entrepot.jobs import backoff, delivery
from entrepot.jobs.delivery import Claimed, Outcome, Peer, Verdict
from entrepot.jobs.outbox import LANES, Due, DueEndpoint
from entrepot.jobs.outgoing import Line, Unreached
from entrepot.jobs.queue_gauge import Waiting
from entrepot.jobs.webhooks import new_message_id
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
from entrepot.storage.sql import SQL, plan
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.mails import Mails
from entrepot.tenants.tenant import SYSTEM, Tenant, finish

ADDON = "outbox"
MAIL = 0
"""In the place of an endpoint: the tenant's mail."""
LOST = "The sender ended before an answer came."

_HEAD = """
    m.state = 'pending' AND {} = {} AND m.next_attempt <= {}
    AND (m.record_key IS NULL OR NOT e.ordered OR NOT EXISTS (
        SELECT 1 FROM outbox_message b
        WHERE b.record_key = m.record_key AND b.id < m.id AND b.endpoint_id = m.endpoint_id
        AND b.state IN ('pending', 'sending')))
"""
"""A message that may leave: due, and the first of its record that is not settled."""


class Deliveries:
    """Sends what is due in the tenants of a server. Use one `Tenants` for it alone."""

    def __init__(
        self,
        tenants: Tenants,
        observe: Observer,
        chance: Callable[[], float] = random.random,
        mails: Mails | None = None,
        note: Callable[[str, Waiting], None] = lambda _, __: None,
    ) -> None:
        """`chance` draws numbers from 0 to 1, so that many failures do not come back at once. Without `mails` mail
        waits. `note` is told of each tenant how much there is.
        """
        self.tenants = tenants
        self.observe = observe
        self._chance = chance
        self._mails = mails
        self._note = note
        self._turns: dict[tuple[str, int], threading.Lock] = {}
        self._outgoing = tenants.outside.outgoing

    def look(self, name: str) -> Due:
        """What is due in a tenant now, and when there will be more. Raises TenantUnavailable."""
        try:
            with self.tenants.open(name).store.transaction(readonly=True) as tx:
                if ADDON not in installed(tx):
                    return Due()
                self._note(name, _waiting(tx))
                return self._due(tx, self.tenants.clock.now())
        except MissingError:
            self.tenants.forget(name)
            self._note(name, Waiting())
            return Due()

    def _due(self, tx: Transaction, now: datetime) -> Due:
        found: list[DueEndpoint] = []
        moments: list[datetime] = []
        rows = _fetch(tx, _WAITING)
        for endpoint, failures, rests in rows:
            not_before = _moment(rests)
            if not_before is not None and not_before > now:
                moments.append(not_before)
                continue
            ready = len(_fetch(tx, _READY, _unindexed(tx, "m.endpoint_id"), endpoint, _raw(now), LANES))
            leases, later = _fetch(tx, _LATER, endpoint, endpoint, _raw(now))[0]
            ready += (_moment(leases) or now + timedelta(1)) <= now
            if ready:
                found.append(DueEndpoint(endpoint, ready, failures > 0))
            moments += [moment for each in (leases, later) if (moment := _moment(each)) and moment > now]
        if self._mails is not None:
            is_due, again = self._mails.due(tx, now)
            # As one in trouble: the relay of all tenants is spoken to by one lane for each, and holds up no peer.
            found += [DueEndpoint(MAIL, 1, in_trouble=True)] if is_due else []
            moments += [again] if again else []
        return Due(tuple(found), min(moments, default=None))

    def deliver(self, name: str, endpoint: int, goes_on: Callable[[], bool]) -> int:
        """Send what is due for an endpoint, a message after the other; how many were tried.

        Stops when nothing is due, `goes_on` says no, or the endpoint is to be left alone.
        """
        tenant = self.tenants.open(name)
        if endpoint == MAIL:
            return self._mails.deliver(tenant, goes_on) if self._mails is not None else 0
        turn = self._turns.setdefault((name, endpoint), threading.Lock())
        tried = 0
        claimed = self._step(tenant, turn, endpoint, None) if goes_on() else None
        if claimed is None:
            return 0
        with self._outgoing.open(internal=claimed.peer.internal) as line:
            while claimed is not None:
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
                was_ours = _settle(tx, *done, ruled, now)
                if was_ours and ruled.disable:
                    self._disable(tenant, tx, done[0].peer.id, ruled.disable)
                    endpoint = 0
            return (_claim(tx, endpoint, now) if endpoint else None), was_ours

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
                "body_html": f"<p>{row.name}: {reason}</p>",
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


# reading -----------------------------------------------------------------------------------------------------------

_WAITING = """
    SELECT e.id, e.failures, e.not_before FROM outbox_endpoint e
    WHERE e.active AND e.state = 'running' AND EXISTS (
        SELECT 1 FROM outbox_message m WHERE m.endpoint_id = e.id AND m.state IN ('pending', 'sending'))
"""
_READY = (
    f"SELECT 1 FROM outbox_message m JOIN outbox_endpoint e ON e.id = m.endpoint_id WHERE {_HEAD} LIMIT {{}}"
)
_LATER = """
    SELECT (SELECT min(lease_until) FROM outbox_message WHERE state = 'sending' AND endpoint_id = {}),
           (SELECT min(next_attempt) FROM outbox_message WHERE state = 'pending' AND endpoint_id = {} AND next_attempt > {})
"""
_PEER = """
    SELECT url, allow_internal, secret_kept, secrets_before, auth_kind, auth_name, auth_secret_kept, timeout_s,
           max_attempts, retry_schedule, disable_after_days, failures, failing_since, last_success, not_before
    FROM outbox_endpoint WHERE id = {} AND active AND state = 'running'
"""
_FIRST = f"""
    SELECT m.id, m.message_id, m.topic, m.method, m.path, m.body, m.attempts, m.create_date
    FROM outbox_message m JOIN outbox_endpoint e ON e.id = m.endpoint_id WHERE {_HEAD} ORDER BY m.id LIMIT 1
"""
_TAKE = """
    UPDATE outbox_message SET state = 'sending', lease = {}, lease_until = {}, attempts = {}, write_date = {}
    WHERE id = {} AND state = 'pending'
"""
_COUNTS = """
    SELECT state, count(*), min(create_date) FROM outbox_message WHERE state IN ('pending', 'sending', 'failed')
    GROUP BY state
"""
_LOST = """
    SELECT id, attempts, lease_until FROM outbox_message
    WHERE state = 'sending' AND endpoint_id = {} AND lease_until <= {}
"""


def _waiting(tx: Transaction) -> Waiting:
    """How many messages there are that are not sent, and since when."""
    counts = {state: (count, made) for state, count, made in _fetch(tx, _COUNTS)}
    on_their_way = [counts[state] for state in ("pending", "sending") if state in counts]
    oldest = min((made for _, made in on_their_way), default=None)
    moment = _moment(oldest)
    return Waiting(
        sum(count for count, _ in on_their_way),
        counts.get("failed", (0, ""))[0],
        None if moment is None else moment.timestamp(),
    )


def _claim(tx: Transaction, endpoint: int, now: datetime) -> Claimed | None:
    """Take the next message of an endpoint, if there is one that may leave."""
    peer = _peer(tx, endpoint, now)
    if peer is None:
        return None
    _take_back(tx, peer, now)
    rows = _fetch(tx, _FIRST, _unindexed(tx, "m.endpoint_id"), endpoint, _raw(now))
    if not rows:
        return None
    message, message_id, topic, method, path, body, attempts, created = rows[0]
    lease = new_message_id()
    until = now + timedelta(seconds=peer.timeout_s + delivery.LEASE_MARGIN_S)
    if not _run(tx, _TAKE, lease, _raw(until), attempts + 1, _raw(now), message):
        return None
    return Claimed(
        peer,
        message,
        message_id,
        topic,
        method,
        path or "",
        body,
        attempts + 1,
        lease,
        _moment(created) or now,
    )


def _peer(tx: Transaction, endpoint: int, now: datetime) -> Peer | None:
    rows = _fetch(tx, _PEER, endpoint)
    if not rows:
        return None
    (
        url,
        internal,
        secret,
        before,
        kind,
        name,
        auth,
        timeout,
        most,
        delays,
        days,
        failures,
        since,
        last,
        rests,
    ) = rows[0]
    not_before = _moment(rests)
    if not_before is not None and not_before > now:
        return None
    return Peer(
        endpoint,
        url,
        bool(internal),
        delivery.signing(secret, before, now),
        kind,
        name or "",
        auth or "",
        timeout,
        most,
        backoff.schedule(delays),
        days,
        failures or 0,
        _moment(since),
        _moment(last),
    )


def _take_back(tx: Transaction, peer: Peer, now: datetime) -> None:
    """What a sender had claimed and never settled waits again, or is given up when it was tried often enough."""
    for message, attempts, until in _fetch(tx, _LOST, peer.id, _raw(now)):
        state = "failed" if attempts >= peer.max_attempts else "pending"
        _run(
            tx,
            """UPDATE outbox_message SET state = {}, next_attempt = {}, lease = NULL, lease_until = NULL,
               last_status = NULL, last_error = {}, write_date = {} WHERE id = {}""",
            state,
            _raw(now),
            LOST,
            _raw(now),
            message,
        )
        _log(
            tx,
            peer.id,
            message,
            attempts,
            {"at": until, "ms": None, "status": None, "error": LOST, "response": None},
        )


# writing -----------------------------------------------------------------------------------------------------------


def _settle(tx: Transaction, claimed: Claimed, outcome: Outcome, ruled: Verdict, now: datetime) -> bool:
    """Keep an outcome. False when the message is not ours any more: its lease ended and another has it."""
    mine = _run(
        tx,
        """UPDATE outbox_message SET state = {}, next_attempt = {}, sent_at = {}, last_status = {}, last_error = {},
           lease = NULL, lease_until = NULL, write_date = {} WHERE id = {} AND lease = {}""",
        ruled.state,
        _raw(ruled.next_attempt),
        _raw(now) if ruled.state == "sent" else None,
        outcome.status,
        outcome.error,
        _raw(now),
        claimed.id,
        claimed.lease,
    )
    _log(tx, claimed.peer.id, claimed.id, claimed.attempt, delivery.as_values(outcome))
    if mine:
        _settle_endpoint(tx, claimed.peer, outcome, ruled, now)
    return bool(mine)


def _settle_endpoint(tx: Transaction, peer: Peer, outcome: Outcome, ruled: Verdict, now: datetime) -> None:
    if not outcome.is_success:
        _run(
            tx,
            """UPDATE outbox_endpoint SET failures = coalesce(failures, 0) + 1,
               failing_since = coalesce(failing_since, {}), not_before = {} WHERE id = {}""",
            _raw(now),
            _raw(ruled.rest_until) if ruled.rest_until else None,
            peer.id,
        )
        return
    was_failing = peer.failures > 0 or peer.failing_since is not None
    if was_failing:
        # It is back: what failed because nobody was there need not wait for its next turn.
        _run(
            tx,
            """UPDATE outbox_message SET next_attempt = {} WHERE state = 'pending' AND endpoint_id = {} AND attempts > 0
               AND next_attempt > {} AND (last_status IS NULL OR last_status IN (429, 502, 503, 504))""",
            _raw(now),
            peer.id,
            _raw(now),
        )
    # Once a minute is enough to know that it is well: the lanes of an endpoint share this row.
    if was_failing or peer.last_success is None or now - peer.last_success >= timedelta(minutes=1):
        _run(
            tx,
            """UPDATE outbox_endpoint SET failures = 0, failing_since = NULL, not_before = NULL, last_success = {}
               WHERE id = {}""",
            _raw(now),
            peer.id,
        )


def _log(tx: Transaction, endpoint: int, message: int, number: int, values: Any) -> None:
    tx.insert(
        "outbox_attempt",
        ("message_id", "endpoint_id", "number", "at", "ms", "status", "error", "response", "create_date"),
        ("integer", "integer", "integer", "datetime", "float", "integer", "text", "text", "datetime"),
        [
            (
                message,
                endpoint,
                number,
                values["at"],
                values["ms"],
                values["status"],
                values["error"],
                values["response"],
                values["at"],
            )
        ],
    )


def _fetch(tx: Transaction, template: str, *args: Any) -> list[Any]:
    found = plan(SQL(template, *args), tx.dialect)
    return tx.fetch(found.text, found.bind(()))


def _run(tx: Transaction, template: str, *args: Any) -> int:
    found = plan(SQL(template, *args), tx.dialect)
    return tx.execute(found.text, found.bind(()))


def _unindexed(tx: Transaction, column: str) -> SQL:
    return tx.dialect.unindexed(SQL(column))


def _raw(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(" ", "seconds")[:19]


def _moment(raw: str | None) -> datetime | None:
    return None if raw is None else datetime.fromisoformat(raw).replace(tzinfo=UTC)
