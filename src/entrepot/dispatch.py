"""One call, from claim to answer: the path that every door takes.

    call → tenant → transaction → epoch's policy and registry → proven caller → environment → method → commit

A call that changes nothing runs without a write transaction; any other one commits whole or not at all, and is run
again with its arguments untouched when it collided with another.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any, TypeVar

from entrepot.administer import Administer
from entrepot.auth import session_ids
from entrepot.auth.authenticate import Authenticator, Knock, Proof
from entrepot.call import Bearer, Call, Credentials
from entrepot.errors import AccessDenied, EntrepotError, MissingError
from entrepot.files import mimetypes
from entrepot.files.reply import FileReply
from entrepot.kernel.environment import Environment
from entrepot.kernel.invoke import declared, invoke
from entrepot.observe.events import (
    CallFinished,
    Crashed,
    LoginSucceeded,
    Observer,
    TransactionRetried,
    trace,
)
from entrepot.observe.metrics import Metrics
from entrepot.settings import Settings
from entrepot.storage.abc import Transaction
from entrepot.storage.retry import retrying
from entrepot.storage.violations import SerializationFailure, StoreUnavailable
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.tenant import Tenant, finish
from entrepot.transfer import Transfer

T = TypeVar("T")


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
        self.transfer = Transfer(settings, tenants, authenticator, observe)

    def answer(self, call: Call) -> Any:
        """Run one call: a Value or `Table`. Raises EntrepotError, and only bugs besides."""
        began = perf_counter()
        tenant = self._tenant_of(call)
        seen = _Seen()
        outcome, trace_id = "ok", ""
        try:
            result = self._retrying(
                tenant, lambda: self._run(tenant, call, seen), lambda n, e: self._retried(call, seen, n, e)
            )
            if seen.renew is not None:
                self._renew(tenant, seen.renew)
        except EntrepotError as error:
            outcome = error.code
            raise
        except BaseException as error:
            outcome = "internal"
            trace_id = self._crashed(call, error)
            raise
        else:
            return result
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
                    request_id=call.request_id,
                    trace_id=trace_id,
                )
            )

    def _crashed(self, call: Call, error: BaseException) -> str:
        trace_id = trace(error)
        self.observe(
            Crashed(
                trace_id=trace_id,
                exception=error,
                tenant=call.tenant,
                model=call.model,
                method=call.method,
                door=call.door,
                request_id=call.request_id,
            )
        )
        return trace_id

    def _tenant_of(self, call: Call) -> Tenant:
        try:
            return self.tenants.open(call.tenant)
        except MissingError as error:
            if isinstance(call.credentials, Bearer):
                # A key that fits nothing here must not tell which tenants there are.
                raise AccessDenied from error
            raise

    def _run(self, tenant: Tenant, call: Call, seen: _Seen) -> Any:
        readonly = self._is_readonly(tenant, call)
        knock = Knock(tenant.name, call.address, call.door)
        with tenant.store.transaction(readonly=readonly, locks=seen.locks) as tx:
            work = tenant.work(tx)
            proven = self.authenticator.prove(tx, work.policy, knock, call.credentials)
            seen.uid = proven.caller.uid
            _, public = declared(work.registry, call.model, call.method)
            if public.readonly != readonly:
                raise _Moved
            args, kwargs = (
                (call.args, call.kwargs) if readonly else copy.deepcopy((call.args, dict(call.kwargs)))
            )
            env = Environment(work, proven.caller)
            result = invoke(env, call.model, call.method, args, kwargs, call.on)
            if not readonly:
                finish(work)
            seen.statements = tx.statements
        seen.renew = proven.renew
        for hook in work.cache.after_commit:
            hook()
        return result

    def _is_readonly(self, tenant: Tenant, call: Call) -> bool:
        """Whether the method changes nothing, as far as this process knows; unknown ones are looked up first."""
        registry = tenant.registry
        if registry is None:
            with tenant.store.transaction(readonly=True) as tx:
                _, registry = tenant.state(tx)
        meta = registry.models.get(call.model)
        public = meta.methods.get(call.method) if meta is not None else None
        return public is None or public.readonly

    def _renew(self, tenant: Tenant, digest: str) -> None:
        """Let a session live on. A busy database may refuse: the next call asks again."""
        with (
            suppress(SerializationFailure, StoreUnavailable, MissingError),
            tenant.store.transaction(readonly=False) as tx,
        ):
            self.authenticator.renew(tx, digest)

    def _retrying(
        self, tenant: Tenant, work: Callable[[], T], retried: Callable[[int, Exception], None] | None = None
    ) -> T:
        """Run the work of one transaction on a tenant, which another process may have dropped or renamed."""
        try:
            return retrying(work, self.settings.retries, retried)
        except MissingError as error:
            if error.data.get("tenant") == tenant.name:
                self.tenants.forget(tenant.name)
            raise

    def _retried(self, call: Call, seen: _Seen, attempt: int, error: Exception) -> None:
        if isinstance(error, SerializationFailure):
            seen.locks = error.locks
        self.observe(
            TransactionRetried(
                tenant=call.tenant,
                model=call.model,
                method=call.method,
                attempt=attempt,
                reason=type(error).__name__,
                request_id=call.request_id,
            )
        )

    def authenticate(self, tenant: str, login: str, password: str, address: str) -> int | None:
        """The user id for a login with a password or API key, None when they do not fit."""
        knock = Knock(tenant, address, "common")
        try:
            proof = self._prove(self.tenants.open(tenant), knock, login, password)
        except AccessDenied:
            return None
        uid = proof.account.caller.uid
        if proof.fresh:
            self.observe(
                LoginSucceeded(tenant=tenant, uid=uid, login=login, address=address, door=knock.door)
            )
        return uid

    def log_in(self, tenant: str, login: str, password: str, address: str) -> tuple[str, int]:
        """Open a session: (session id, user id). Raises AccessDenied; API keys are refused here."""
        house = self.tenants.open(tenant)
        knock = Knock(tenant, address, "session")
        proof = self._prove(house, knock, login, password)
        if proof.key:
            self.authenticator.refused(knock, login, "refused")
            raise AccessDenied
        sid = session_ids.new_sid(tenant)
        self._retrying(house, lambda: self._open_session(house, proof, sid, address))
        uid = proof.account.caller.uid
        self.observe(LoginSucceeded(tenant=tenant, uid=uid, login=login, address=address, door=knock.door))
        return sid, uid

    def _prove(self, house: Tenant, knock: Knock, login: str, password: str) -> Proof:
        def work() -> Proof:
            with house.store.transaction(readonly=True) as tx:
                policy, _ = house.state(tx)
                return self.authenticator.login(tx, policy, knock, login, password)

        return self._retrying(house, work)

    def _open_session(self, house: Tenant, proof: Proof, sid: str, address: str) -> None:
        uid = proof.account.caller.uid
        with house.store.transaction(readonly=False) as tx:
            shared = house.work(tx)
            account = shared.policy.account(tx, uid)
            if account is None or not account.active or account.password_hash != proof.account.password_hash:
                # Changed since it was proven: what ended the sessions there were must not miss this one.
                raise AccessDenied
            env = Environment(shared, account.caller, su=True)
            values = {
                "digest": session_ids.digest(sid),
                "user_id": uid,
                "expires": self.authenticator.session_end(),
                "address": address[:64],
            }
            env["res.users.session"].create([values])
            env["res.users"].browse(uid).write({"login_date": env.now()})
            finish(shared)

    def log_out(self, sid: str) -> None:
        """End a session; unknown ones are ignored."""
        name = session_ids.tenant_of(sid)
        if name is None:
            return

        def work() -> None:
            with house.store.transaction(readonly=False) as tx:
                mark = tx.dialect.placeholder(1)
                tx.execute(f"DELETE FROM res_users_session WHERE digest = {mark}", [session_ids.digest(sid)])

        with suppress(MissingError):
            house = self.tenants.open(name)
            self._retrying(house, work)

    def tenant_for(
        self, *, named: str | None = None, sid: str | None = None, host: str | None = None
    ) -> str | None:
        """The tenant of a request: named, else the session's, else one that bears the host's name, else the
        default or lone one.
        """
        if named:
            return named
        found = session_ids.tenant_of(sid) if sid else None
        if found and self._is_there(found):
            return found
        bare = (host or "").partition(":")[0]
        for candidate in dict.fromkeys((bare, bare.partition(".")[0])):
            if candidate and self._is_there(candidate):
                return candidate
        if self.settings.default_tenant:
            return self.settings.default_tenant
        there = self.tenants.names()
        return there[0] if len(there) == 1 else None

    def _is_there(self, name: str) -> bool:
        # One that is open here is not looked up again: a dropped one is noticed by the call itself.
        return self.tenants.is_open(name) or self.tenants.exists(name)

    def open_file(
        self, tenant: str, credentials: Credentials, model: str, record_id: int, field: str, address: str
    ) -> FileReply:
        """A binary field's content, with the caller's rights. Raises MissingError, AccessError."""
        house = self.tenants.open(tenant)
        knock = Knock(tenant, address, "files")

        def work() -> FileReply:
            with house.store.transaction(readonly=True) as tx:
                return self._file(house, tx, knock, credentials, (model, record_id, field))

        return self._retrying(house, work)

    def _file(
        self, house: Tenant, tx: Transaction, knock: Knock, who: Credentials, what: tuple[str, int, str]
    ) -> FileReply:
        model, record_id, name = what
        shared = house.work(tx)
        env = Environment(shared, self.authenticator.prove(tx, shared.policy, knock, who).caller)
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

    def metrics(self) -> str:
        """Everything measured, in the Prometheus text format."""
        return "" if self._metrics is None else self._metrics.render()

    def ready(self) -> dict[str, str]:
        """What is not ready, by name; empty when the server can answer calls."""
        try:
            self.tenants.engine.exists("readyz")
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the store is what is not ready
            return {"store": type(error).__name__}
        return {}


class _Seen:
    """What a call's event tells of it, and the session that it used."""

    __slots__ = ("locks", "renew", "statements", "uid")

    def __init__(self) -> None:
        self.uid: int | None = None
        self.statements = 0
        self.renew: str | None = None
        self.locks: frozenset[int] = frozenset()
        """What the last try asked in vain to lock: the next one holds it from the start."""


class _Moved(SerializationFailure):
    """The tenant's add-ons changed under this call: what was readonly may write now. It is run again."""
