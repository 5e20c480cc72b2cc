"""Events counted, and the counts as Prometheus text.

The counts of all processes of a server are one: each adds into its mapped file (`series`), and whoever is
asked sums the files. prometheus_client was considered: its multi-process mode is switched on by an
environment variable read at import, keeps its numbers in module globals and leaves a file behind for each
process that ever lived; what is left to do around it is as long as what stands here.

Labels are bounded. What comes from outside (a tenant's, a model's, a method's name) becomes a label only once
a call with it succeeded, so it exists; past `MAX_SERIES` of one family, further ones are counted together as
"other".
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from entrepot.observe import events, families
from entrepot.observe.exposition import exposition
from entrepot.observe.families import SECONDS, Family
from entrepot.observe.series import Series, total

MAX_SERIES = 500
"""Most label combinations of one family in one process."""

_OTHER = "other"
_OPERATIONS: Mapping[type[events.TenantEvent], str] = {
    events.TenantCreated: "create",
    events.TenantDuplicated: "duplicate",
    events.TenantRenamed: "rename",
    events.TenantDropped: "drop",
    events.TenantDumped: "dump",
    events.TenantRestored: "restore",
    events.TenantUpgraded: "upgrade",
}


class Metrics:
    """A sink that counts, in `folder` together with the server's other processes. Open it after a fork."""

    def __init__(self, folder: Path, gauges: Callable[[], Mapping[str, tuple[str, float]]] = dict) -> None:
        """`gauges` tells what is at the moment, whenever somebody asks: name -> (help, value)."""
        self._folder = folder
        self._gauges = gauges
        self._series = Series(folder)
        self._lock = self._series.lock
        self._values = self._series.values
        self._places: dict[Family, dict[tuple[str, ...], int]] = {each: {} for each in families.FAMILIES}
        self._counters: dict[type[events.Event], Callable[[Any], None]] = {
            events.CallFinished: self._call,
            events.RequestFinished: self._request,
            events.TransactionRetried: self._retry,
            events.LoginSucceeded: self._login,
            events.LoginFailed: self._refusal,
            events.MasterPasswordRefused: self._master_refusal,
            events.JobFinished: self._job,
            events.MessageSent: self._sent,
            events.MessageFailed: self._unsent,
            events.EndpointDisabled: self._disabled,
            events.MailTried: self._mail,
            events.Crashed: self._crash,
            **dict.fromkeys(_OPERATIONS, self._operation),
        }

    def __call__(self, event: events.Event, /) -> None:
        """Count an event; kinds that are not measured pass by."""
        counter = self._counters.get(type(event))
        if counter is not None:
            with self._lock:
                counter(event)

    def render(self, gauges: Mapping[str, tuple[str, float]] | None = None) -> str:
        """What every process of the server has counted, with further gauges: name -> (help, value)."""
        sums, living = total(self._folder)
        processes = {"entrepot_processes": ("Processes that count at the moment.", float(living))}
        return exposition(families.FAMILIES, sums, {**processes, **self._gauges(), **(gauges or {})})

    def close(self) -> None:
        """Stop counting; what was counted stays in the sums."""
        with self._lock:
            self._counters.clear()
            self._series.close()

    def _call(self, event: events.CallFinished) -> None:
        seconds = event.duration_ms / 1000
        door, outcome, tenant = (event.door,), event.outcome, event.tenant
        if outcome == "ok":
            self._measure(families.METHOD_SECONDS, (event.model, event.method), seconds)
        elif (tenant, "ok") not in self._places[families.CALLS]:
            tenant = _OTHER
        self._add(families.CALLS, (tenant, outcome), 1)
        self._bucket(families.CALL_SECONDS, door, seconds)
        self._add(families.STATEMENTS, door, event.statements)

    def _request(self, event: events.RequestFinished) -> None:
        self._add(families.REQUESTS, (event.door, str(event.status)), 1)
        self._bucket(families.REQUEST_SECONDS, (event.door,), event.duration_ms / 1000)
        self._add(families.REQUEST_BYTES, (event.door, "in"), event.bytes_in)
        self._add(families.REQUEST_BYTES, (event.door, "out"), event.bytes_out)

    def _retry(self, event: events.TransactionRetried) -> None:
        self._add(families.RETRIES, (event.reason,), 1)

    def _login(self, event: events.LoginSucceeded) -> None:
        del event
        self._add(families.LOGINS, ("ok",), 1)

    def _refusal(self, event: events.LoginFailed) -> None:
        self._add(families.LOGINS, (event.reason,), 1)

    def _master_refusal(self, event: events.MasterPasswordRefused) -> None:
        del event
        self._add(families.MASTER_REFUSED, (), 1)

    def _job(self, event: events.JobFinished) -> None:
        self._add(families.JOBS, (event.job, event.outcome), 1)
        self._measure(families.JOB_SECONDS, (event.job,), event.duration_ms / 1000)

    def _sent(self, event: events.MessageSent) -> None:
        self._add(families.MESSAGES, ("sent",), 1)
        self._bucket(families.MESSAGE_SECONDS, ("sent",), event.duration_ms / 1000)
        self._measure(families.MESSAGE_LAG, (), event.lag_ms / 1000)

    def _unsent(self, event: events.MessageFailed) -> None:
        outcome = "dead" if event.final else "failed"
        self._add(families.MESSAGES, (outcome,), 1)
        self._bucket(families.MESSAGE_SECONDS, (outcome,), event.duration_ms / 1000)

    def _disabled(self, event: events.EndpointDisabled) -> None:
        del event
        self._add(families.ENDPOINTS_DISABLED, (), 1)

    def _mail(self, event: events.MailTried) -> None:
        self._add(families.MAILS, (event.outcome,), 1)

    def _operation(self, event: events.TenantEvent) -> None:
        self._measure(families.TENANT_SECONDS, (_OPERATIONS[type(event)],), event.duration_ms / 1000)

    def _crash(self, event: events.Crashed) -> None:
        self._add(families.CRASHES, (event.door,), 1)

    def _add(self, family: Family, labels: tuple[str, ...], amount: float) -> None:
        place = self._places[family].get(labels) or self._place(family, labels)
        if place:
            self._values[place] += amount

    def _measure(self, family: Family, labels: tuple[str, ...], seconds: float) -> None:
        place = self._places[family].get(labels) or self._place(family, labels)
        if place:
            self._values[place] += 1
            self._values[place + 1] += seconds

    def _bucket(self, family: Family, labels: tuple[str, ...], seconds: float) -> None:
        place = self._places[family].get(labels) or self._place(family, labels)
        if place:
            self._values[place + bisect_left(SECONDS, seconds)] += 1
            self._values[place + len(SECONDS) + 1] += seconds

    def _place(self, family: Family, labels: tuple[str, ...]) -> int | None:
        """Where the series of these labels begins, or the one that stands for all the rest; None when neither
        fits.
        """
        places = self._places[family]
        if len(places) >= MAX_SERIES:
            labels = (_OTHER,) * len(family.labels)
        place = places.get(labels) or self._series.place((family.name, *labels), family.width)
        if place is not None:
            places[labels] = place
        return place
