"""The rows of an outbox: what is due, who may send it, and what became of it. SQL, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from entrepot.jobs import backoff, delivery
from entrepot.jobs.delivery import Claimed, Outcome, Peer, Verdict
from entrepot.jobs.outbox import LANES, Due, DueEndpoint
from entrepot.jobs.queue_gauge import Waiting
from entrepot.jobs.webhooks import new_message_id
from entrepot.storage.abc import Transaction
from entrepot.storage.sql import SQL
from entrepot.tenants.statements import fetch, moment, raw, run

LOST = "The sender ended before an answer came."

_HEAD = """
    m.state = 'pending' AND {} = {} AND m.next_attempt <= {}
    AND (m.record_key IS NULL OR NOT e.ordered OR NOT EXISTS (
        SELECT 1 FROM outbox_message b
        WHERE b.record_key = m.record_key AND b.id < m.id AND b.endpoint_id + 0 = m.endpoint_id
        AND b.state IN ('pending', 'sending')))
"""
"""A message that may leave: due, and the first of its record that is not settled.

`+ 0` keeps the index of the endpoint out of it: PostgreSQL read all of an endpoint's messages for each that waits.
"""

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


def due(tx: Transaction, now: datetime) -> Due:
    """What of the outbox could leave now, and when there will be more."""
    found: list[DueEndpoint] = []
    moments: list[datetime] = []
    for endpoint, failures, rests in fetch(tx, _WAITING):
        not_before = moment(rests)
        if not_before is not None and not_before > now:
            moments.append(not_before)
            continue
        ready = len(fetch(tx, _READY, unindexed(tx, "m.endpoint_id"), endpoint, raw(now), LANES))
        lease, later = map(moment, fetch(tx, _LATER, endpoint, endpoint, raw(now))[0])
        ready += lease is not None and lease <= now
        if ready:
            found.append(DueEndpoint(endpoint, ready, failures > 0))
        moments += [each for each in (lease, later) if each is not None and each > now]
    return Due(tuple(found), min(moments, default=None))


def waiting(tx: Transaction) -> Waiting:
    """How many messages there are that are not sent, and since when."""
    counts = {state: (count, made) for state, count, made in fetch(tx, _COUNTS)}
    on_their_way = [counts[state] for state in ("pending", "sending") if state in counts]
    oldest = min((at for _, at in on_their_way), default=None)
    made = moment(oldest)
    return Waiting(
        sum(count for count, _ in on_their_way),
        counts.get("failed", (0, ""))[0],
        None if made is None else made.timestamp(),
    )


def claim(tx: Transaction, endpoint: int, now: datetime) -> Claimed | None:
    """Take the next message of an endpoint, if there is one that may leave."""
    peer = _peer(tx, endpoint, now)
    if peer is None:
        return None
    _take_back(tx, peer, now)
    rows = fetch(tx, _FIRST, unindexed(tx, "m.endpoint_id"), endpoint, raw(now))
    if not rows:
        return None
    message, message_id, topic, method, path, body, attempts, created = rows[0]
    lease = new_message_id()
    until = now + timedelta(seconds=peer.timeout_s + delivery.LEASE_MARGIN_S)
    if not run(tx, _TAKE, lease, raw(until), attempts + 1, raw(now), message):
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
        moment(created) or now,
    )


def _peer(tx: Transaction, endpoint: int, now: datetime) -> Peer | None:
    rows = fetch(tx, _PEER, endpoint)
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
    not_before = moment(rests)
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
        moment(since),
        moment(last),
    )


def _take_back(tx: Transaction, peer: Peer, now: datetime) -> None:
    """What a sender had claimed and never settled waits again, or is given up when it was tried often enough."""
    for message, attempts, until in fetch(tx, _LOST, peer.id, raw(now)):
        state = "failed" if attempts >= peer.max_attempts else "pending"
        run(
            tx,
            """UPDATE outbox_message SET state = {}, next_attempt = {}, lease = NULL, lease_until = NULL,
               last_status = NULL, last_error = {}, write_date = {} WHERE id = {}""",
            state,
            raw(now),
            LOST,
            raw(now),
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


def settle(tx: Transaction, claimed: Claimed, outcome: Outcome, ruled: Verdict, now: datetime) -> bool:
    """Keep an outcome. False when the message is not ours any more: its lease ended and another has it."""
    mine = run(
        tx,
        """UPDATE outbox_message SET state = {}, next_attempt = {}, sent_at = {}, last_status = {}, last_error = {},
           lease = NULL, lease_until = NULL, write_date = {} WHERE id = {} AND lease = {}""",
        ruled.state,
        raw(ruled.next_attempt),
        raw(now) if ruled.state == "sent" else None,
        outcome.status,
        outcome.error,
        raw(now),
        claimed.id,
        claimed.lease,
    )
    _log(tx, claimed.peer.id, claimed.id, claimed.attempt, delivery.as_values(outcome))
    if mine:
        _settle_endpoint(tx, claimed.peer, outcome, ruled, now)
    return bool(mine)


def _settle_endpoint(tx: Transaction, peer: Peer, outcome: Outcome, ruled: Verdict, now: datetime) -> None:
    if not outcome.is_success:
        run(
            tx,
            """UPDATE outbox_endpoint SET failures = coalesce(failures, 0) + 1,
               failing_since = coalesce(failing_since, {}), not_before = {} WHERE id = {}""",
            raw(now),
            raw(ruled.rest_until) if ruled.rest_until else None,
            peer.id,
        )
        return
    was_failing = peer.failures > 0 or peer.failing_since is not None
    if was_failing:
        # It is back: what failed because nobody was there need not wait for its next turn.
        run(
            tx,
            """UPDATE outbox_message SET next_attempt = {} WHERE state = 'pending' AND endpoint_id = {} AND attempts > 0
               AND next_attempt > {} AND (last_status IS NULL OR last_status IN (429, 502, 503, 504))""",
            raw(now),
            peer.id,
            raw(now),
        )
    # Once a minute is enough to know that it is well: the lanes of an endpoint share this row.
    if was_failing or peer.last_success is None or now - peer.last_success >= timedelta(minutes=1):
        run(
            tx,
            """UPDATE outbox_endpoint SET failures = 0, failing_since = NULL, not_before = NULL, last_success = {}
               WHERE id = {}""",
            raw(now),
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


def unindexed(tx: Transaction, column: str) -> SQL:
    """A column that is not to be searched by its index: few messages wait, and many of an endpoint are sent."""
    return tx.dialect.unindexed(SQL(column))
