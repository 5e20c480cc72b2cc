"""One call, from claim to answer: the path that every door takes.

    call → tenant → transaction → epoch's policy and registry → proven caller → environment → method → commit

A call that changes nothing runs without a write transaction; any other one commits whole or not at all, and is run again
with its arguments untouched when it collided with another.
"""

from __future__ import annotations

import copy
from pathlib import Path
from time import perf_counter
from typing import Any

from entrepot.administer import Administer
from entrepot.auth import session_ids
from entrepot.auth.authenticate import Authenticator
from entrepot.call import Call, Credentials
from entrepot.errors import AccessDenied, EntrepotError, MissingError, UserError
from entrepot.files import mimetypes
from entrepot.files.reply import FileReply
from entrepot.kernel.environment import Environment
from entrepot.kernel.invoke import declared, invoke
from entrepot.observe.events import CallFinished, LoginSucceeded, Observer, TransactionRetried
from entrepot.observe.metrics import Metrics
from entrepot.settings import Settings
from entrepot.storage.abc import Transaction
from entrepot.storage.retry import retrying
from entrepot.tenants.tenant import Tenant, Tenants, finish


class Server:
    """The house behind the doors: see `doors.abc.House`."""

    def __init__(
        self,
        settings: Settings,
        tenants: Tenants,
        authenticator: Authenticator,
        administration: Administer,
        observe: Observer,
        metrics: Metrics | None = None,
    ) -> None:
        """Wire the parts that `app.build` made."""
        self.settings = settings
        self.tenants = tenants
        self.authenticator = authenticator
        self.administration = administration
        self.observe = observe
        self._metrics = metrics

    # calls -------------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Any:
        """Run one call: a Value or `Table`. Raises EntrepotError, and only bugs besides."""
        began = perf_counter()
        tenant = self.tenants.open(call.tenant)
        seen = _Seen()
        outcome = "ok"
        try:
            return retrying(
                lambda: self._run(tenant, call, seen),
                self.settings.retries,
                lambda n, e: self._retried(call, n, e),
            )
        except EntrepotError as error:
            outcome = error.code
            raise
        except BaseException:
            outcome = "internal"
            raise
        finally:
            self.observe(
                CallFinished(
                    tenant=call.tenant,
                    uid=seen.uid,
                    model=call.model,
                    method=call.method,
                    door=call.door,
                    address=call.address,
                    duration_ms=(perf_counter() - began) * 1000,
                    outcome=outcome,
                    statements=seen.statements,
                    request_id="",
                )
            )

    def _run(self, tenant: Tenant, call: Call, seen: _Seen) -> Any:
        readonly = self._is_readonly(tenant, call)
        with tenant.store.transaction(readonly=readonly) as tx:
            work = tenant.work(tx)
            caller = self.authenticator.prove(tx, work.policy, tenant.name, call.credentials, call.address)
            seen.uid = caller.uid
            _, public = declared(work.registry, call.model, call.method)
            if public.readonly != readonly:
                raise _Moved
            args, kwargs = (
                (call.args, call.kwargs) if readonly else copy.deepcopy((call.args, dict(call.kwargs)))
            )
            result = invoke(Environment(work, caller), call.model, call.method, args, kwargs)
            if not readonly:
                finish(work)
            seen.statements = tx.statements
        for hook in work.cache.after_commit:
            hook()
        return result

    def _is_readonly(self, tenant: Tenant, call: Call) -> bool:
        """Whether the method changes nothing, as far as this process knows; unknown ones are looked up first."""
        registry = tenant.registry
        if registry is None:
            with tenant.store.transaction(readonly=True) as tx:
                _, registry = tenant.state(tx)
        meta = registry.models.get(call.model) if isinstance(call.model, str) else None
        public = meta.methods.get(call.method) if meta is not None and isinstance(call.method, str) else None
        return public is None or public.readonly

    def _retried(self, call: Call, attempt: int, error: Exception) -> None:
        self.observe(
            TransactionRetried(
                tenant=call.tenant,
                model=call.model,
                method=call.method,
                attempt=attempt,
                reason=type(error).__name__,
            )
        )

    # identity ----------------------------------------------------------------------------------------------------

    def authenticate(self, tenant: str, login: str, password: str, address: str) -> int | None:
        """The user id for a login with a password or API key, None when they do not fit."""
        house = self.tenants.open(tenant)
        try:
            proof, _ = self._prove(house, login, password, address)
        except AccessDenied:
            return None
        return proof

    def log_in(self, tenant: str, login: str, password: str, address: str) -> tuple[str, int]:
        """Open a session: (session id, user id). Raises AccessDenied; API keys are refused here."""
        house = self.tenants.open(tenant)
        uid, key = self._prove(house, login, password, address)
        if key:
            raise AccessDenied
        sid = session_ids.new_sid(tenant)

        def work() -> None:
            with house.store.transaction(readonly=False) as tx:
                shared = house.work(tx)
                env = Environment(shared, shared.policy.caller(tx, uid), su=True)
                ends = self.authenticator.session_end(self.settings.session_seconds)
                values = {
                    "digest": session_ids.digest(sid),
                    "user_id": uid,
                    "expires": ends,
                    "address": address[:64],
                }
                env["res.users.session"].create([values])
                env["res.users"].browse(uid).write({"login_date": env.now()})
                finish(shared)

        retrying(work, self.settings.retries)
        self.observe(LoginSucceeded(tenant=tenant, uid=uid, login=login, address=address, door="session"))
        return sid, uid

    def _prove(self, house: Tenant, login: str, password: str, address: str) -> tuple[int, bool]:
        def work() -> tuple[int, bool]:
            with house.store.transaction(readonly=True) as tx:
                policy, _ = house.state(tx)
                proof = self.authenticator.login(tx, policy, house.name, login, password, address)
                return proof.account.caller.uid, proof.key

        return retrying(work, self.settings.retries)

    def log_out(self, sid: str) -> None:
        """End a session; unknown ones are ignored."""
        name = session_ids.tenant_of(sid)
        if name is None:
            return
        try:
            house = self.tenants.open(name)
        except MissingError:
            return

        def work() -> None:
            with house.store.transaction(readonly=False) as tx:
                mark = tx.dialect.placeholder(1)
                tx.execute(f"DELETE FROM res_users_session WHERE digest = {mark}", [session_ids.digest(sid)])

        retrying(work, self.settings.retries)

    def tenant_for(
        self, *, named: str | None = None, sid: str | None = None, host: str | None = None
    ) -> str | None:
        """The tenant of a request: named, else the session's, else one bearing the host's name, else the default or lone one."""
        if named:
            return named
        found = session_ids.tenant_of(sid) if sid else None
        if found and self.tenants.exists(found):
            return found
        bare = (host or "").rpartition(":")[0] or (host or "")
        for candidate in (bare, bare.partition(".")[0]):
            if self.tenants.exists(candidate):
                return candidate
        if self.settings.default_tenant:
            return self.settings.default_tenant
        there = self.tenants.names()
        return there[0] if len(there) == 1 else None

    # files -------------------------------------------------------------------------------------------------------

    def open_file(
        self, tenant: str, credentials: Credentials, model: str, record_id: int, field: str, address: str
    ) -> FileReply:
        """A binary field's content, with the caller's rights. Raises MissingError, AccessError."""
        house = self.tenants.open(tenant)

        def work() -> FileReply:
            with house.store.transaction(readonly=True) as tx:
                return self._file(house, tx, credentials, (model, record_id, field), address)

        return retrying(work, self.settings.retries)

    def _file(
        self,
        house: Tenant,
        tx: Transaction,
        credentials: Credentials,
        what: tuple[str, int, str],
        address: str,
    ) -> FileReply:
        model, record_id, name = what
        shared = house.work(tx)
        env = Environment(
            shared, self.authenticator.prove(tx, shared.policy, house.name, credentials, address)
        )
        meta = env.registry.models.get(model)
        field = meta.fields.get(name) if meta is not None else None
        if meta is None or field is None or field.kind != "binary":
            raise MissingError("There is no such file.")
        record = env[model].browse([record_id])
        rows = list(record.with_context(bin_size=True).read([name, "display_name"]).dicts())
        if not rows or not rows[0][name]:
            raise MissingError("There is no such file.")
        found = env[model].sudo().browse([record_id])
        key, _, length = str(found.env.value(found, field)).partition(".")
        size = int(length)
        path: Path = house.files.path(key)
        mimetype = found.mimetype if "mimetype" in meta.fields else None
        if not mimetype:
            with house.files.open(key, 0, min(size, mimetypes.HEAD_BYTES) - 1) as head:
                mimetype = mimetypes.guess(b"".join(head))
        return FileReply(path, size, mimetype, str(rows[0]["display_name"] or name), key)

    # operation ---------------------------------------------------------------------------------------------------

    def metrics(self) -> str:
        """Everything measured, in the Prometheus text format."""
        return "" if self._metrics is None else self._metrics.render()

    def ready(self) -> dict[str, str]:
        """What is not ready, by name; empty when the server can answer calls."""
        try:
            self.tenants.engine.names()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the store is what is not ready
            return {"store": type(error).__name__}
        return {}


class _Seen:
    """What a call's event tells of it."""

    __slots__ = ("statements", "uid")

    def __init__(self) -> None:
        self.uid: int | None = None
        self.statements = 0


class _Moved(UserError):
    """The tenant's add-ons changed under this call; try again."""
