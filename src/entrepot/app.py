"""Everything is built here, once, from the settings; nobody else wires parts together."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

from entrepot.administer import Administer
from entrepot.auth.attempts import Attempts, Limits
from entrepot.auth.authenticate import Authenticator
from entrepot.auth.master import Master
from entrepot.auth.passwords import Passwords
from entrepot.auth.remembered import Remembered
from entrepot.clock import Clock, SystemClock
from entrepot.dispatch import Server
from entrepot.observe.events import LoginFailed, Observer, Sinks
from entrepot.observe.json_log import JsonLog
from entrepot.observe.metrics import Metrics
from entrepot.settings import Settings
from entrepot.storage.engines import make_engine
from entrepot.tenants.registries import Registries
from entrepot.tenants.tenant import Tenants


@dataclass(frozen=True, slots=True)
class App:
    """The parts that a process may need."""

    settings: Settings
    tenants: Tenants
    server: Server
    administer: Administer
    metrics: Metrics
    log: JsonLog
    observe: Observer
    attempts: Attempts

    def close(self) -> None:
        """Let go of files and connections."""
        self.tenants.close()
        self.attempts.close()
        self.metrics.close()


def build(settings: Settings, *, clock: Clock | None = None, log: JsonLog | None = None) -> App:
    """Build a process's server. Call it after a fork: files and connections are the process's own."""
    settings.data.mkdir(parents=True, exist_ok=True)
    clock = clock or SystemClock()
    log = log or JsonLog(sys.stderr.buffer, settings.log_level)
    metrics = Metrics(settings.data / "run" / "metrics")
    observe = Sinks([log, metrics])
    passwords = Passwords(at_once=max(1, (os.cpu_count() or 1)))
    remembered = Remembered(settings.password_cache_seconds)
    limits = Limits.around(settings.login_attempts, settings.login_window_seconds)
    attempts = Attempts(settings.data / "run" / "attempts", limits)
    master = Master(settings.data, settings.master_password, passwords, attempts)
    tenants = Tenants(make_engine(settings), Registries(), settings, clock)
    administer = Administer(tenants, master, remembered, observe)

    def refused(tenant: str, login: str, address: str, reason: str) -> None:
        observe(LoginFailed(tenant=tenant, login=login, door="", address=address, reason=reason))

    authenticator = Authenticator(passwords, remembered, attempts, clock, refused)
    server = Server(settings, tenants, authenticator, administer, observe, metrics)
    return App(settings, tenants, server, administer, metrics, log, observe, attempts)
