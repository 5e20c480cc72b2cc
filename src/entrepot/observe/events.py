"""What happens in the house, as frozen values; sinks decide what becomes of them.

Whoever does something worth knowing makes an event and hands it to the `Observer` it was given. An event
holds ids, names and numbers, never the values of records nor a secret. Observing never fails and never slows
a call for long.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Protocol, TypeAlias

_TRACE_ID = "entrepot_trace_id"
Level: TypeAlias = Literal["debug", "info", "warning", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `level` says how much it should worry an operator."""

    level: ClassVar[Level] = "info"


class Observer(Protocol):
    """Whoever wants to know what happens. Called from any thread; must not raise."""

    def __call__(self, event: Event, /) -> None:
        """Take note of an event."""


def silent(event: Event, /) -> None:
    """The observer that lets everything pass."""
    del event


class Sinks:
    """Passes each event to every sink in turn; one that fails neither stops the others nor the call."""

    def __init__(self, sinks: Sequence[Observer]) -> None:
        self._sinks = tuple(sinks)
        self.failures = 0
        """How many times a sink has failed."""

    def __call__(self, event: Event, /) -> None:
        """Tell every sink."""
        for sink in self._sinks:
            try:
                sink(event)
            except Exception:
                self.failures += 1
                # A full disk fails at every event: saying so once is enough.
                if self.failures == 1:
                    logging.getLogger(__name__).exception("a sink of events failed")


def new_trace_id() -> str:
    """A short random id that leads from an answer to its lines in the log."""
    return secrets.token_hex(8)


def trace_id_of(error: BaseException) -> str:
    """The trace id under which an error was told already; "" when it was not."""
    found = getattr(error, _TRACE_ID, "")
    return found if isinstance(found, str) else ""


def trace(error: BaseException) -> str:
    """Give an error a trace id, so that whoever answers it names the one that is in the log."""
    trace_id = trace_id_of(error) or new_trace_id()
    setattr(error, _TRACE_ID, trace_id)
    return trace_id


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished(Event):
    """One call of a method is over. `outcome` is "ok" or the code of the error; `trace_id` that of a crash."""

    tenant: str
    uid: int | None
    model: str
    method: str
    door: str
    address: str
    duration_ms: float
    outcome: str
    statements: int
    request_id: str
    trace_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFinished(Event):
    """One HTTP request was answered. `path` bears no query, which may hold secrets."""

    level: ClassVar[Level] = "debug"

    door: str
    verb: str
    path: str
    status: int
    duration_ms: float
    bytes_in: int
    bytes_out: int
    address: str
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionRetried(Event):
    """A transaction collided with another one and is tried again; `attempt` counts from 1."""

    tenant: str
    model: str
    method: str
    attempt: int
    reason: str
    request_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginSucceeded(Event):
    """Somebody proved who they are and opened a session."""

    tenant: str
    uid: int
    login: str
    door: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFailed(Event):
    """Somebody is not who they say. `reason` is "mismatch", "rate_limited" or "refused"; never which part was
    wrong.
    """

    level: ClassVar[Level] = "warning"

    tenant: str
    login: str
    door: str
    address: str
    reason: str = "mismatch"


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterPasswordRefused(Event):
    """A wrong master password was given."""

    level: ClassVar[Level] = "warning"

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterPasswordChanged(Event):
    """The master password is another one now."""

    level: ClassVar[Level] = "warning"

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantEvent(Event):
    """Something was done to a whole tenant, in so many milliseconds."""

    tenant: str
    duration_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantCreated(TenantEvent):
    """A tenant was made."""

    addons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantDuplicated(TenantEvent):
    """A tenant was copied; `new` is the copy."""

    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRenamed(TenantEvent):
    """A tenant has another name now; `new` is that name."""

    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantDropped(TenantEvent):
    """A tenant and its data are gone."""

    level: ClassVar[Level] = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantDumped(TenantEvent):
    """A tenant was written into a dump of so many bytes."""

    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRestored(TenantEvent):
    """A tenant was made from a dump."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantUpgraded(TenantEvent):
    """A tenant was brought up to the installed add-ons."""

    addons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished(Event):
    """One try of a background job is over. `outcome` is "ok" or the code of the error."""

    tenant: str
    job: str
    job_id: int
    attempt: int
    duration_ms: float
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTried(Event):
    """One try to deliver a message to a peer is over. `lag_ms`: since it was made, to the second."""

    tenant: str
    endpoint_id: int
    message_id: str
    topic: str
    attempt: int
    duration_ms: float
    lag_ms: float
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent(MessageTried):
    """A peer has taken a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFailed(MessageTried):
    """A peer has not taken a message; `final`: it is not tried any more."""

    level: ClassVar[Level] = "warning"

    error: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MailTried(Event):
    """One try to hand a mail to the relay is over. `outcome`: sent, failed (it is tried again) or dead."""

    tenant: str
    mail_id: int
    attempt: int
    duration_ms: float
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointDisabled(Event):
    """Nothing is sent to an endpoint any more, until somebody resumes it."""

    level: ClassVar[Level] = "warning"

    tenant: str
    endpoint_id: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStarted(Event):
    """A process of the server is ready to answer."""

    pid: int
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerStopped(Event):
    """A process of the server answers no more."""

    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Crashed(Event):
    """Our own fault: the client got only the trace id, the log gets the exception."""

    level: ClassVar[Level] = "error"

    trace_id: str
    exception: BaseException = field(compare=False)
    tenant: str = ""
    model: str = ""
    method: str = ""
    door: str = ""
    request_id: str = ""
