"""Everything is built here, once, from the settings; nobody else wires parts together."""

from __future__ import annotations

import os
import random
import sys
from dataclasses import dataclass, replace

from entrepot.administer import Administer
from entrepot.auth.attempts import Attempts, Limits
from entrepot.auth.authenticate import Authenticator, Knock
from entrepot.auth.master import Master
from entrepot.auth.passwords import Passwords
from entrepot.auth.remembered import Remembered
from entrepot.clock import Clock, SystemClock
from entrepot.dispatch import Server
from entrepot.errors import EntrepotError
from entrepot.jobs import smtp
from entrepot.jobs.cron import Runner
from entrepot.jobs.outbox import Sending
from entrepot.jobs.queue_gauge import QueueGauge
from entrepot.jobs.wakeups import Wakeups
from entrepot.observe.events import Crashed, LoginFailed, Observer, Sinks, new_trace_id
from entrepot.observe.json_log import JsonLog
from entrepot.observe.metrics import Metrics
from entrepot.settings import Settings
from entrepot.storage.engines import make_engine
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.deliveries import Deliveries, Other
from entrepot.tenants.fetches import Fetches
from entrepot.tenants.mails import Mails
from entrepot.tenants.registries import Registries
from entrepot.tenants.scheduled import Scheduled

OUTBOX_STORES = 8
"""Tenants whose connections the senders keep open."""


@dataclass(frozen=True, slots=True)
class App:
    """The parts that a process may need. `cron` and `outbox` are at rest until they are started."""

    settings: Settings
    tenants: Tenants
    server: Server
    administer: Administer
    metrics: Metrics
    log: JsonLog
    observe: Observer
    attempts: Attempts
    cron: Runner
    outbox: Sending

    def begin(self) -> None:
        """Clear up after processes that died, and start what works besides answering."""
        self.administer.sweep()
        if self.settings.cron:
            self.cron.start()
        if self.settings.outbox:
            self.outbox.start()

    def close(self) -> None:
        """Let go of files and connections."""
        self.cron.stop()
        self.outbox.stop()
        self.tenants.close()
        self.attempts.close()
        self.metrics.close()


def build(
    settings: Settings,
    log: JsonLog | None = None,
    *,
    clock: Clock | None = None,
    registries: Registries | None = None,
) -> App:
    """Build a process's server. Call it after a fork: files and connections are the process's own."""
    settings.data.mkdir(parents=True, exist_ok=True)
    clock = clock or SystemClock()
    log = log or JsonLog(sys.stderr.buffer, settings.log_level)
    queue = QueueGauge(settings.data / "run" / "outbox.json")
    metrics = Metrics(settings.data / "run" / "metrics", queue.gauges)
    observe = Sinks([log, metrics])
    passwords = Passwords(at_once=max(1, (os.cpu_count() or 1)))
    remembered = Remembered(settings.password_cache_seconds)
    limits = Limits.around(settings.login_attempts, settings.login_window_seconds)
    attempts = Attempts(settings.data / "run" / "attempts", limits)
    master = Master(settings.data, settings.master_password, passwords, attempts)
    tenants = Tenants(make_engine(settings), registries or Registries(), settings, clock)
    administer = Administer(tenants, master, remembered, observe)

    def refused(knock: Knock, login: str, reason: str) -> None:
        observe(
            LoginFailed(
                tenant=knock.tenant, login=login, door=knock.door, address=knock.address, reason=reason
            )
        )

    authenticator = Authenticator(passwords, remembered, attempts, clock, settings.session_seconds, refused)
    server = Server(settings, tenants, authenticator, administer, observe, metrics)
    cron = _cron(settings, tenants.registries, clock, observe)
    outbox = _outbox(settings, tenants.registries, clock, observe, queue)
    return App(settings, tenants, server, administer, metrics, log, observe, attempts, cron, outbox)


def _cron(settings: Settings, registries: Registries, clock: Clock, observe: Observer) -> Runner:
    # Connections of its own, so that looking at a thousand tenants closes none that calls keep warm.
    tenants = Tenants(make_engine(replace(settings, open_stores=1)), registries, settings, clock)
    scheduled = Scheduled(tenants, observe)

    def failed(tenant: str, error: Exception) -> None:
        if not isinstance(error, EntrepotError):
            observe(Crashed(trace_id=new_trace_id(), exception=error, tenant=tenant, door="cron"))

    lock = settings.data / "run" / "cron.lock"
    return Runner(tenants.names, scheduled.run_due, clock, lock, failed, rest=tenants.close)


def _others(settings: Settings, tenants: Tenants, observe: Observer) -> list[Other]:
    """What leaves tenants by the threads of the outbox besides messages to peers: fetches, and mail to a relay."""
    try:
        relay = smtp.relay(settings.smtp_url, settings.mail_from)
    except ValueError as error:
        raise ValueError(f"ENTREPOT_SMTP_URL: {error}") from error
    outgoing = tenants.outside.outgoing
    found: list[Other] = [Fetches(outgoing, settings.retries)]
    if relay is not None:
        found.append(Mails(relay, outgoing, tenants.clock, observe, settings.retries, random.random))
    return found


def _outbox(
    settings: Settings, registries: Registries, clock: Clock, observe: Observer, queue: QueueGauge
) -> Sending:
    # Connections of its own, as for cron; some, since several tenants may be sending at once.
    tenants = Tenants(make_engine(replace(settings, open_stores=OUTBOX_STORES)), registries, settings, clock)
    deliveries = Deliveries(tenants, observe, others=_others(settings, tenants, observe), note=queue.note)

    def failed(tenant: str, error: Exception) -> None:
        if not isinstance(error, EntrepotError):
            observe(Crashed(trace_id=new_trace_id(), exception=error, tenant=tenant, door="outbox"))

    return Sending(
        tenants.names,
        deliveries.look,
        deliveries.deliver,
        Wakeups(settings.data / "run" / "outbox"),
        clock,
        settings.data / "run" / "outbox.lock",
        failed,
        threads=settings.outbox_senders,
        rest=tenants.close,
    )
