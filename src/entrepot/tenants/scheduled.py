"""The scheduled actions of one tenant: finding what is due, running it as its user, and keeping how it went.

An action and the note that it ran are one transaction, so what a killed process had begun runs again and what was done
is never done twice, however many servers look after a tenant.
"""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from entrepot.errors import EntrepotError, UserError
from entrepot.jobs.schedule import next_call
from entrepot.kernel.environment import Environment, Work
from entrepot.observe.events import Crashed, JobFinished, Observer, new_trace_id
from entrepot.storage.abc import Transaction
from entrepot.storage.retry import retrying
from entrepot.storage.violations import SerializationFailure
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.tenant import SYSTEM, Tenant, finish

_RAW = "%Y-%m-%d %H:%M:%S"


class Scheduled:
    """Runs what is due in the tenants of a server. Use one `Tenants` for it alone: nothing stays open."""

    def __init__(self, tenants: Tenants, observe: Observer) -> None:
        """Work on the tenants of one server."""
        self.tenants = tenants
        self.observe = observe

    def run_due(self, name: str) -> datetime | None:
        """Run every due action of a tenant, in the order of their priority; when the next one is due.

        One that fails is undone alone and noted. Raises MissingError, TenantUnavailable when the tenant cannot be
        had.
        """
        tenant = self.tenants.make(name)
        try:
            now = self.tenants.clock.now()
            due = _next_due(tenant)
            if due is None or due > now:
                return due
            for job_id in _due_jobs(tenant, now):
                self._run(tenant, job_id, now)
            return _next_due(tenant)
        finally:
            tenant.store.close()

    def _run(self, tenant: Tenant, job_id: int, now: datetime) -> None:
        began = perf_counter()
        job = _Job()
        outcome, told = "ok", ""
        try:
            retrying(
                lambda: self._attempt(tenant, job_id, now, job), self.tenants.settings.retries, job.collided
            )
        except EntrepotError as error:
            if not job.name:
                raise
            outcome, told = error.code, error.message
        except Exception as error:  # noqa: BLE001 - an action's bug is its own; the log has the rest
            outcome, told = "internal", self._crashed(tenant, job, error)
        if not job.name:
            return
        if outcome != "ok":
            retrying(lambda: self._note_failure(tenant, job_id, now, told), self.tenants.settings.retries)
        self.observe(
            JobFinished(
                tenant=tenant.name,
                job=job.name,
                job_id=job_id,
                attempt=job.attempt,
                duration_ms=(perf_counter() - began) * 1000,
                outcome=outcome,
            )
        )

    def _attempt(self, tenant: Tenant, job_id: int, now: datetime, job: _Job) -> None:
        with tenant.store.transaction(readonly=False, locks=job.locks) as tx:
            shared = tenant.work(tx)
            if not _is_due(tx, job_id, now):
                # Somebody else ran it, or it was switched off meanwhile.
                job.name = ""
                return
            row = Environment(shared, SYSTEM)["ir.cron"].browse(job_id)
            job.model, job.method = str(row.model), str(row.method)
            job.name = f"{job.model}.{job.method}"
            job.attempt = row.failure_count + 1
            _call(shared, row, job)
            left = row.numbercall - 1 if row.numbercall > 0 else row.numbercall
            row.write(
                {
                    "lastcall": now,
                    "nextcall": next_call(row.nextcall, row.interval_number, row.interval_type, now),
                    "numbercall": left,
                    "active": left != 0,
                    "failure_count": 0,
                    "last_error": None,
                }
            )
            finish(shared)
        for hook in shared.cache.after_commit:
            hook()

    @staticmethod
    def _note_failure(tenant: Tenant, job_id: int, now: datetime, told: str) -> None:
        with tenant.store.transaction(readonly=False) as tx:
            shared = tenant.work(tx)
            if not _is_due(tx, job_id, now):
                return
            row = Environment(shared, SYSTEM)["ir.cron"].browse(job_id)
            row.write(
                {
                    "nextcall": next_call(row.nextcall, row.interval_number, row.interval_type, now),
                    "failure_count": row.failure_count + 1,
                    "last_error": told,
                }
            )
            finish(shared)

    def _crashed(self, tenant: Tenant, job: _Job, error: Exception) -> str:
        trace_id = new_trace_id()
        self.observe(
            Crashed(
                trace_id=trace_id,
                exception=error,
                tenant=tenant.name,
                model=job.model,
                method=job.method,
                door="cron",
            )
        )
        return f"Internal error; its trace id is {trace_id}."


class _Job:
    """What the event of a run tells of it."""

    __slots__ = ("attempt", "locks", "method", "model", "name")

    def __init__(self) -> None:
        self.name = self.model = self.method = ""
        self.attempt = 1
        self.locks: frozenset[int] = frozenset()

    def collided(self, attempt: int, error: Exception) -> None:
        """The next try holds from its start what this one asked in vain to lock."""
        if isinstance(error, SerializationFailure):
            self.locks = error.locks


def _call(shared: Work, row: Any, job: _Job) -> None:
    meta = shared.registry.models.get(job.model)
    if meta is None or job.method not in meta.crons:
        raise UserError(f"{job.name} is no scheduled method any more.")
    user = row.user_id.id
    caller = shared.policy.caller(shared.tx, user) if user else SYSTEM
    env = Environment(shared, caller)
    getattr(env[job.model], job.method)()


_DUE = "FROM ir_cron WHERE active AND numbercall <> 0"


def _next_due(tenant: Tenant) -> datetime | None:
    with tenant.store.transaction(readonly=True) as tx:
        raw = tx.fetch(f"SELECT min(nextcall) {_DUE}", alone=True)[0][0]
    return None if raw is None else datetime.fromisoformat(raw).replace(tzinfo=UTC)


def _due_jobs(tenant: Tenant, now: datetime) -> list[int]:
    with tenant.store.transaction(readonly=True) as tx:
        mark = tx.dialect.placeholder(1)
        rows = tx.fetch(
            f"SELECT id {_DUE} AND nextcall <= {mark} ORDER BY priority, name, id", [now.strftime(_RAW)]
        )
    return [job_id for (job_id,) in rows]


def _is_due(tx: Transaction, job_id: int, now: datetime) -> bool:
    """Whether an action is still due; its row is kept for this transaction."""
    one, two = tx.dialect.placeholder(1), tx.dialect.placeholder(2)
    lock = tx.dialect.lock_rows().chunks[0]
    rows = tx.fetch(
        f"SELECT id {_DUE} AND id = {one} AND nextcall <= {two} {lock}", [job_id, now.strftime(_RAW)]
    )
    return bool(rows)
