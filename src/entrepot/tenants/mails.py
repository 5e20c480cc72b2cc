"""The outgoing mail of one tenant (`mail.mail`): claimed by a lease, handed to the relay, kept with how it went.

The relay is one for the server, so when it is away all mail rests, and nothing else does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from time import perf_counter

from entrepot.clock import Clock
from entrepot.jobs import backoff, smtp
from entrepot.jobs.outgoing import Outgoing
from entrepot.jobs.smtp import Mail, Relay, Undelivered
from entrepot.jobs.webhooks import new_message_id
from entrepot.observe.events import MailTried, Observer
from entrepot.storage.abc import Transaction
from entrepot.storage.retry import retrying
from entrepot.tenants.statements import fetch, moment, raw, run
from entrepot.tenants.tenant import Tenant

MAIL = 0
"""In the place of an endpoint: the tenant's mail."""
MOST_ATTEMPTS = 10
LEASE_S = smtp.TIMEOUT_S * 4

_FREE = """state = 'outgoing' AND (lease_until IS NULL OR lease_until <= {})
    AND (scheduled_date IS NULL OR scheduled_date <= {}) AND (next_attempt IS NULL OR next_attempt <= {})"""
_READY = f"SELECT 1 FROM mail_mail WHERE {_FREE} LIMIT 1"
_LATER = """
    SELECT min(scheduled_date), min(next_attempt), min(lease_until) FROM mail_mail WHERE state = 'outgoing' AND
    (scheduled_date > {} OR next_attempt > {} OR lease_until > {})
"""
_FIRST = f"""
    SELECT id, message_id, subject, body_html, email_from, email_to, email_cc, reply_to, create_date, attempts
    FROM mail_mail WHERE {_FREE} ORDER BY id LIMIT 1
"""


class Mails:
    """Sends the mail of tenants through one relay."""

    lane = MAIL

    def __init__(
        self,
        relay: Relay,
        outgoing: Outgoing,
        clock: Clock,
        observe: Observer,
        retries: int,
        chance: Callable[[], float],
    ) -> None:
        """Nothing is connected yet."""
        self._relay = relay
        self._outgoing = outgoing
        self._clock = clock
        self._observe = observe
        self._retries = retries
        self._chance = chance
        self._lock = threading.Lock()
        self._failures = 0
        self._rest_until: datetime | None = None

    def due(self, tx: Transaction, now: datetime) -> tuple[bool, datetime | None]:
        """Whether mail is due, and when more will be."""
        if self._rest_until is not None and self._rest_until > now:
            waits = bool(fetch(tx, "SELECT 1 FROM mail_mail WHERE state = 'outgoing' LIMIT 1"))
            return False, self._rest_until if waits else None
        at = raw(now)
        if fetch(tx, _READY, at, at, at):
            return True, None
        moments = [moment(each) for each in fetch(tx, _LATER, at, at, at)[0]]
        return False, min((each for each in moments if each is not None and each > now), default=None)

    def deliver(self, tenant: Tenant, goes_on: Callable[[], bool]) -> int:
        """Send what is due, one after the other; how many were tried."""
        tried = 0
        while goes_on() and (self._rest_until is None or self._rest_until <= self._clock.now()):
            claimed = retrying(lambda: self._claim(tenant), self._retries)
            if claimed is None:
                break
            self._send(tenant, *claimed)
            tried += 1
        return tried

    def _claim(self, tenant: Tenant) -> tuple[int, Mail, int, str] | None:
        now = self._clock.now()
        at = raw(now)
        with tenant.store.transaction(readonly=False) as tx:
            rows = fetch(tx, _FIRST, at, at, at)
            if not rows:
                return None
            mail_id, message_id, subject, body, sender, to, cc, reply, created, attempts = rows[0]
            lease = new_message_id()
            run(
                tx,
                "UPDATE mail_mail SET lease = {}, lease_until = {}, attempts = {}, message_id = {} WHERE id = {}",
                lease,
                raw(now + timedelta(seconds=LEASE_S)),
                (attempts or 0) + 1,
                message_id or lease,
                mail_id,
            )
        mail = Mail(
            message_id or lease,
            subject or "",
            body or "",
            sender or "",
            to or "",
            cc or "",
            reply or "",
            moment(created) or now,
        )
        return mail_id, mail, (attempts or 0) + 1, lease

    def _send(self, tenant: Tenant, mail_id: int, mail: Mail, attempt: int, lease: str) -> None:
        began = perf_counter()
        refused: Undelivered | None = None
        note = None
        try:
            to = smtp.recipients(mail)
            missed = smtp.hand_in(self._relay, smtp.spelled(mail, self._relay.sender), to, self._outgoing.tls)
            note = f"Not accepted for {', '.join(missed)}."[:500] if missed else None
        except Undelivered as error:
            refused, note = error, str(error)
        now = self._clock.now()
        self._note_relay(refused, now)
        wait = backoff.delay_seconds(backoff.STANDARD, attempt, self._chance())
        final = refused is not None and (refused.final or attempt >= MOST_ATTEMPTS)
        state = "sent" if refused is None else "exception" if final else "outgoing"
        retrying(
            lambda: self._settle(tenant, mail_id, lease, state, note, now + timedelta(seconds=wait), now),
            self._retries,
        )
        outcome = "sent" if refused is None else "dead" if final else "failed"
        ms = (perf_counter() - began) * 1000
        self._observe(
            MailTried(tenant=tenant.name, mail_id=mail_id, attempt=attempt, duration_ms=ms, outcome=outcome)
        )

    def _note_relay(self, refused: Undelivered | None, now: datetime) -> None:
        with self._lock:
            if refused is None or not refused.is_down:
                self._failures, self._rest_until = 0, None
            else:
                self._failures += 1
                self._rest_until = now + timedelta(
                    seconds=1 + backoff.rest_seconds(self._failures, self._chance())
                )

    @staticmethod
    def _settle(
        tenant: Tenant, mail_id: int, lease: str, state: str, note: str | None, again: datetime, now: datetime
    ) -> None:
        with tenant.store.transaction(readonly=False) as tx:
            # One that was withdrawn meanwhile stays so, unless it is out already.
            run(
                tx,
                """UPDATE mail_mail SET state = CASE WHEN state = 'outgoing' OR {} = 'sent' THEN {} ELSE state END,
                   next_attempt = {}, failure_reason = {}, sent_at = {}, lease = NULL, lease_until = NULL,
                   write_date = {} WHERE id = {} AND lease = {}""",
                state,
                state,
                raw(again),
                note,
                raw(now) if state == "sent" else None,
                raw(now),
                mail_id,
                lease,
            )
