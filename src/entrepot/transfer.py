"""Import and export as whole pieces of work: the transactions around `kernel.transfer`, for every door.

An import that keeps all or nothing is one transaction; what became of its rows is told when it is committed. One that
keeps going commits batch by batch and tells after each, so that it can be taken up where it stopped. A dry run is
rolled back. Collisions repeat what was not committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import BinaryIO, Literal

from entrepot.auth.authenticate import Authenticator, Knock
from entrepot.call import Credentials
from entrepot.errors import AccessDenied, EntrepotError, MissingError
from entrepot.kernel.environment import Environment
from entrepot.kernel.invoke import cleaned
from entrepot.kernel.transfer import plan as plans
from entrepot.kernel.transfer.batches import batches
from entrepot.kernel.transfer.exporter import Exporter
from entrepot.kernel.transfer.formats.files import MEDIA_TYPES, open_sheet, writer
from entrepot.kernel.transfer.formats.sheet import FORMATS, FileOptions, Format, Sheet, Unreadable, format_of
from entrepot.kernel.transfer.importer import Importer
from entrepot.kernel.transfer.lines import Deaf, Lines, Listener, Report, Stopped
from entrepot.kernel.transfer.options import BATCH, MAX_BATCH, MAX_REFUSED, ExportOptions, ImportOptions
from entrepot.kernel.transfer.outcome import Outcome, Summary
from entrepot.kernel.transfer.reading import Block
from entrepot.observe.events import CallFinished, Crashed, Observer, trace
from entrepot.settings import Settings
from entrepot.storage.retry import retrying
from entrepot.storage.violations import SerializationFailure
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.tenant import Tenant, finish

__all__ = [
    "BATCH",
    "FORMATS",
    "MAX_BATCH",
    "MEDIA_TYPES",
    "Asker",
    "ExportOptions",
    "FileOptions",
    "Format",
    "ImportOptions",
    "Listener",
    "Outcome",
    "Report",
    "Stopped",
    "Summary",
    "Transfer",
    "Unreadable",
    "format_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants something, as any door has understood it. No proof of identity yet."""

    tenant: str
    credentials: Credentials
    door: str
    address: str = ""
    request_id: str = ""


class _Undone(Exception):  # noqa: N818 - a signal
    """What was done is not to be kept."""


@dataclass(slots=True)
class _Job:
    """One import on its way."""

    asker: Asker
    tenant: Tenant
    model: str
    options: ImportOptions
    listener: Listener
    lines: Lines
    uid: int | None = None
    statements: int = 0
    locks: frozenset[int] = frozenset()


class Transfer:
    """Imports and exports of one server."""

    def __init__(
        self, settings: Settings, tenants: Tenants, authenticator: Authenticator, observe: Observer
    ) -> None:
        """Wire the parts that `app.build` made."""
        self.settings = settings
        self.tenants = tenants
        self.authenticator = authenticator
        self.observe = observe

    def admit(self, asker: Asker, model: str, right: Literal["read", "write"]) -> None:
        """Prove an asker and look whether they may work with a model, before their file is taken.

        Raises AccessDenied, AccessError, MissingError.
        """
        tenant = self._tenant(asker)

        def work() -> None:
            with self._environment(asker, tenant, readonly=True) as env:
                records = env[model]
                if right == "read" or not records.check_access_rights("create", False):
                    records.check_access_rights(right)

        retrying(work, self.settings.retries)

    def load(
        self,
        asker: Asker,
        model: str,
        handle: BinaryIO,
        file: FileOptions,
        options: ImportOptions,
        listener: Listener,
        report: Report = "all",
    ) -> Summary:
        """Import a file.

        Raises what `plan.make` raises for its header, Unreadable for what is no such file (an import that keeps going
        says in its summary where it stopped), and what a call raises. Refused rows raise nothing: see the summary.
        """
        job = _Job(asker, self._tenant(asker), model, options, listener, Lines(report))
        with self._observed(asker, job, "import"):
            try:
                return (
                    self._going(job, handle, file)
                    if options.keep_going and not options.dry_run
                    else self._whole(job, handle, file)
                )
            finally:
                job.lines.close()

    def export(
        self,
        asker: Asker,
        model: str,
        file: FileOptions,
        options: ExportOptions,
        write: Callable[[bytes], None],
        watch: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Write the rows of records; how many. `write` hears nothing before the request is known to be right.

        All rows are of one moment. Raises what `Exporter` raises.
        """
        tenant = self._tenant(asker)
        job = _Job(asker, tenant, model, ImportOptions(), Deaf(), Lines("none"))
        try:
            with self._observed(asker, job, "export"):
                return self._write(job, file, options, write, watch)
        finally:
            job.lines.close()

    def _write(
        self,
        job: _Job,
        file: FileOptions,
        options: ExportOptions,
        write: Callable[[bytes], None],
        watch: Callable[[int], None],
    ) -> int:
        count = 0
        with self._environment(job.asker, job.tenant, readonly=True, context=options.context, job=job) as env:
            exporter = Exporter(env, job.model, options)
            made = writer(exporter.header, file)
            for rows in exporter.batches():
                write(made.rows(rows))
                count += len(rows)
                watch(count)
            for chunk in made.end():
                write(chunk)
        return count

    # all or nothing ----------------------------------------------------------------------------------------------

    def _whole(self, job: _Job, handle: BinaryIO, file: FileOptions) -> Summary:
        """One transaction for the whole file; run again when it collided."""
        found = retrying(lambda: self._whole_once(job, handle, file), self.settings.retries, self._noted(job))
        refused = found.errors > 0 and not job.options.keep_going
        job.lines.send(job.listener, only_errors=refused)
        return found

    def _whole_once(self, job: _Job, handle: BinaryIO, file: FileOptions) -> Summary:
        options = job.options
        summary = Summary(dry_run=options.dry_run)
        job.lines.clear()
        sheet = open_sheet(handle, file)
        try:
            with self._environment(
                job.asker, job.tenant, readonly=False, context=options.context, job=job
            ) as env:
                plan = plans.make(env, job.model, sheet.header, options)
                summary.ignored = plan.ignored
                importer = _importer(plan, env)
                for batch in batches(sheet, plan, options):
                    self._take(job, env, importer, batch, summary, sheet)
                    importer.keep()
                    if summary.errors >= MAX_REFUSED and not options.keep_going:
                        summary.stopped = f"{summary.errors} rows are refused."
                        summary.next_line = batch[-1][1] + 1
                        break
                if options.dry_run or summary.errors:
                    raise _Undone  # noqa: TRY301 - undoes the transaction
        except _Undone:
            return summary
        finally:
            sheet.close()
        summary.kept = True
        return summary

    def _take(
        self,
        job: _Job,
        env: Environment,
        importer: Importer,
        batch: list[Block],
        summary: Summary,
        sheet: Sheet,
    ) -> None:
        """Import one batch and count what became of it."""
        outcomes = importer.batch(env, batch)
        env.flush()
        env.cache.forget_all()
        for outcome in outcomes:
            summary.count(outcome)
            if outcome.status == "error":
                job.listener.refused(outcome)
        job.lines.add(outcomes, known=not job.options.dry_run)
        job.listener.progress(summary.rows, sheet.part())

    # keep going --------------------------------------------------------------------------------------------------

    def _going(self, job: _Job, handle: BinaryIO, file: FileOptions) -> Summary:
        """A transaction for each batch."""
        sheet = open_sheet(handle, file)
        summary = Summary(kept=True)
        importer: Importer | None = None
        try:
            with self._environment(
                job.asker, job.tenant, readonly=True, context=job.options.context, job=job
            ) as env:
                plan = plans.make(env, job.model, sheet.header, job.options)
            summary.ignored = plan.ignored
            following = batches(sheet, plan, job.options)
            while (batch := self._next(following, summary)) is not None:
                importer = self._batch(job, sheet, batch, importer, summary)
                job.lines.send(job.listener, only_errors=False)
                if summary.stopped:
                    summary.next_line = batch[-1][1] + 1
                    break
                job.listener.progress(summary.rows, sheet.part())
        finally:
            sheet.close()
        return summary

    @staticmethod
    def _next(following: Iterator[list[Block]], summary: Summary) -> list[Block] | None:
        """The next batch; where the file cannot be read any more, what came before is kept and told."""
        try:
            return next(following, None)
        except Unreadable as error:
            summary.stopped, summary.next_line = error.message, error.line
            return None

    def _batch(
        self, job: _Job, sheet: Sheet, batch: list[Block], importer: Importer | None, summary: Summary
    ) -> Importer:
        def work() -> tuple[Importer, list[Outcome]]:
            job.lines.clear()
            with self._environment(
                job.asker, job.tenant, readonly=False, context=job.options.context, job=job
            ) as env:
                current = importer
                if current is None or env.registry is not current.registry:
                    # add-ons were installed meanwhile: the fields are others
                    plan = plans.make(env, job.model, sheet.header, job.options)
                    current = _importer(plan, env, current)
                try:
                    outcomes = current.batch(env, batch)
                except BaseException:
                    current.undo()
                    raise
            return current, outcomes

        done, outcomes = retrying(work, self.settings.retries, self._noted(job))
        done.keep()
        job.lines.add(outcomes, known=True)
        for outcome in outcomes:
            summary.count(outcome)
            if outcome.status == "error":
                job.listener.refused(outcome)
        return done

    # transactions ------------------------------------------------------------------------------------------------

    def _tenant(self, asker: Asker) -> Tenant:
        try:
            return self.tenants.open(asker.tenant)
        except MissingError as error:
            if type(asker.credentials).__name__ == "Bearer":
                raise AccessDenied from error
            raise

    @contextmanager
    def _environment(
        self,
        asker: Asker,
        tenant: Tenant,
        *,
        readonly: bool,
        context: object = None,
        job: _Job | None = None,
    ) -> Iterator[Environment]:
        """A transaction as its proven asker sees it, committed when the block ends well."""
        knock = Knock(tenant.name, asker.address, asker.door)
        locks = job.locks if job is not None else frozenset()
        with tenant.store.transaction(readonly=readonly, locks=locks) as tx:
            work = tenant.work(tx)
            proven = self.authenticator.prove(tx, work.policy, knock, asker.credentials)
            env = Environment(work, proven.caller, cleaned(context or {}))
            _ = env.company_ids  # refuses companies that are not the caller's
            if job is not None:
                job.uid = proven.caller.uid
            yield env
            if not readonly:
                env.flush()
                finish(work)
            if job is not None:
                job.statements += tx.statements
        for hook in work.cache.after_commit:
            hook()

    def _noted(self, job: _Job) -> Callable[[int, Exception], None]:
        def note(_attempt: int, error: Exception) -> None:
            if isinstance(error, SerializationFailure):
                job.locks = error.locks

        return note

    @contextmanager
    def _observed(self, asker: Asker, job: _Job, method: str) -> Iterator[None]:
        began = perf_counter()
        outcome, trace_id = "ok", ""
        try:
            yield
        except EntrepotError as error:
            outcome = error.code
            raise
        except Stopped:
            outcome = "stopped"
            raise
        except Exception as error:
            outcome, trace_id = "internal", trace(error)
            self.observe(
                Crashed(
                    trace_id=trace_id,
                    exception=error,
                    tenant=asker.tenant,
                    model=job.model,
                    method=method,
                    door=asker.door,
                    request_id=asker.request_id,
                )
            )
            raise
        finally:
            self.observe(
                CallFinished(
                    tenant=asker.tenant,
                    uid=job.uid,
                    model=job.model[:80],
                    method=method,
                    door=asker.door,
                    address=asker.address,
                    duration_ms=(perf_counter() - began) * 1000,
                    outcome=outcome,
                    statements=job.statements,
                    request_id=asker.request_id,
                    trace_id=trace_id,
                )
            )


def _importer(plan: plans.Plan, env: Environment, before: Importer | None = None) -> Importer:
    made = Importer(plan, str(env.context.get("import_module") or "__import__"), env.registry)
    if before is not None:
        made.follow(before)
    return made
