"""One message: the request it becomes, and what its outcome means for it and for its endpoint. Pure.

`2xx` is success and everything else is not, redirects included. A peer that does not answer, or answers that it is
overloaded, rests as a whole; one that answers `410 Gone` gets nothing any more.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from entrepot.jobs import backoff, webhooks
from entrepot.jobs.outgoing import Answer, Unreached

KEPT_RESPONSE = 2048
"""Characters of an answer that the log keeps."""
OVERLOADED = frozenset({429, 502, 503, 504})
GONE = 410
LEASE_MARGIN_S = 5
"""How much longer than its timeout a message stays with its sender before another takes it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """An endpoint as a sender needs it. `signing`: every secret that signs now, the newest first."""

    id: int
    url: str
    internal: bool
    signing: tuple[str, ...]
    auth_kind: str
    auth_name: str
    auth_secret: str
    timeout_s: int
    max_attempts: int
    delays: tuple[int, ...]
    disable_after_days: int
    failures: int
    failing_since: datetime | None
    last_success: datetime | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send until its lease ends. `attempt` is the number of this try, from 1."""

    peer: Peer
    id: int
    message_id: str
    topic: str
    method: str
    path: str
    body: str | None
    attempt: int
    lease: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended: the answer, or why there is none."""

    at: datetime
    ms: float
    status: int | None = None
    error: str | None = None
    response: str | None = None
    retry_after_s: float | None = None

    @property
    def is_success(self) -> bool:
        """Whether the peer has taken it."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_down(self) -> bool:
        """Whether the peer as a whole is not to be had, whatever it is sent."""
        return not self.is_success and (self.status is None or self.status in OVERLOADED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a message and its endpoint. `rest_until`: nothing goes there before; `disable`: why never."""

    state: Literal["sent", "pending", "failed"]
    next_attempt: datetime
    rest_until: datetime | None = None
    disable: str | None = None


def request_headers(claimed: Claimed, body: bytes | None, unix_time: int) -> dict[str, str]:
    """The headers of a message: what it is, who it is from, and the peer's own authorization."""
    peer = claimed.peer
    found = webhooks.headers(peer.signing, claimed.message_id, unix_time, body or b"")
    if body is not None:
        found["content-type"] = "application/json"
    return found | authorization(peer.auth_kind, peer.auth_name, peer.auth_secret)


def authorization(kind: str, name: str, secret: str) -> dict[str, str]:
    """The header that a peer lets us in by; none for kind `none`."""
    if kind == "bearer":
        return {"authorization": f"Bearer {secret}"}
    if kind == "basic":
        return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}
    return {name.lower(): secret} if kind == "header" else {}


def answered(answer: Answer, at: datetime, ms: float) -> Outcome:
    """The outcome of a try that was answered."""
    text = answer.body[:KEPT_RESPONSE].decode("utf-8", "replace").replace("\0", "\ufffd")
    wait = backoff.retry_after_seconds(answer.headers.get("retry-after"), at)
    error = None if 200 <= answer.status < 300 else f"The peer answered {answer.status}."
    return Outcome(at, ms, answer.status, error, text or None, wait)


def unanswered(error: Unreached, at: datetime, ms: float) -> Outcome:
    """The outcome of a try that was not."""
    return Outcome(at, ms, error=f"{error.code}: {error}")


def verdict(claimed: Claimed, outcome: Outcome, now: datetime, chance: float) -> Verdict:
    """What an outcome means. `chance`: 0 to 1, drawn at random."""
    peer = claimed.peer
    if outcome.is_success:
        return Verdict("sent", now)
    wait = backoff.delay_seconds(peer.delays, claimed.attempt, chance)
    asked = outcome.retry_after_s or 0.0
    next_attempt = after(now, max(wait, asked))
    rest_until = None
    if outcome.is_down:
        rest_until = after(now, max(backoff.rest_seconds(peer.failures + 1, chance), asked))
    if outcome.status == GONE:
        return Verdict(
            "pending", next_attempt, rest_until, "The peer answered 410: it wants no more messages."
        )
    state: Literal["failed", "pending"] = "failed" if claimed.attempt >= peer.max_attempts else "pending"
    return Verdict(state, next_attempt, rest_until, _given_up(peer, now))


def _given_up(peer: Peer, now: datetime) -> str | None:
    days = peer.disable_after_days
    if not days or peer.failing_since is None or now - peer.failing_since < timedelta(days=days):
        return None
    return f"Nothing was taken for {days} days."


def after(now: datetime, seconds: float) -> datetime:
    """A moment later, at whole seconds and never earlier: moments are stored so."""
    return now + timedelta(seconds=-(-seconds // 1))


def signing(secret: str, before: str | None, now: datetime) -> tuple[str, ...]:
    """The secrets that sign at a moment: the present one, then those that were and whose time is not over.

    `before`: JSON, a list of objects with `secret` and `until` (ISO 8601).
    """
    found = json.loads(before) if before else None
    old = [each["secret"] for each in found or [] if datetime.fromisoformat(each["until"]) > now]
    return (secret, *reversed(old))


def url_of(claimed: Claimed) -> str:
    """Where a message goes."""
    return claimed.peer.url.rstrip("/") + claimed.path if claimed.path else claimed.peer.url


def as_values(outcome: Outcome) -> Mapping[str, object]:
    """The columns of the log that tell of an outcome."""
    return {
        "at": outcome.at.isoformat(" ", "seconds")[:19],
        "ms": round(outcome.ms, 3),
        "status": outcome.status,
        "error": outcome.error,
        "response": outcome.response,
    }
