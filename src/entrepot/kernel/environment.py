"""The environment: one transaction seen by one user in one context. Records carry it; it reads, assigns and flushes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from entrepot.call import EMPTY, Caller
from entrepot.clock import Clock
from entrepot.errors import AccessError, MissingError, UserError
from entrepot.jobs.outside import Outside
from entrepot.kernel import compute, externals
from entrepot.kernel.access import check
from entrepot.kernel.access.policy import Policy, read_policy
from entrepot.kernel.cache import Cache
from entrepot.kernel.crud import fetch, flush
from entrepot.kernel.fields.base import MISSING
from entrepot.names import is_lang

if TYPE_CHECKING:
    from entrepot.files.store import FileStore
    from entrepot.kernel.declare import Right
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import Registry
    from entrepot.storage.abc import Transaction

SUPERUSER = 1


class Work:
    """What all environments of one transaction share."""

    __slots__ = (
        "_policy",
        "_stale",
        "cache",
        "clock",
        "files",
        "outside",
        "policy_moved",
        "registry",
        "tenant",
        "tx",
    )

    def __init__(
        self,
        tx: Transaction,
        registry: Registry,
        policy: Policy,
        files: FileStore,
        clock: Clock,
        tenant: str,
        outside: Outside | None = None,
    ) -> None:
        """Begin with an empty cache."""
        self.tx = tx
        self.registry = registry
        self._policy = policy
        self._stale = False
        self.policy_moved = False
        """Whether this transaction changed the policy: its epoch must be raised before it commits."""
        self.files = files
        self.clock = clock
        self.tenant = tenant
        self.outside = outside or Outside()
        self.cache = Cache()

    def wake(self) -> None:
        """Tell the senders that this tenant has something to send."""
        self.outside.wake(self.tenant)

    def policy_changed(self) -> None:
        """From here on this transaction uses a policy of its own, read with its own changes."""
        if not self.policy_moved:
            # What is remembered from now on may never be committed: it must not land in the shared policy.
            self._policy = replace(self._policy, accounts=dict(self._policy.accounts), memo={})
        self._stale = self.policy_moved = True

    def policy_undone(self) -> None:
        """A part was undone: what it changed of the policy is read again."""
        self._stale = self.policy_moved

    @property
    def policy(self) -> Policy:
        """The tenant's policy; after a change in this transaction, as this transaction sees it."""
        if self._stale and not self.cache.dirty:
            self._stale = False
            self._policy = read_policy(self.tx)
        return self._policy


class Environment:
    """A user's view of a transaction. Cheap to derive; all derivatives share the cache."""

    __slots__ = ("cache", "caller", "context", "files", "lang", "registry", "su", "tx", "vouched", "work")

    def __init__(
        self, work: Work, caller: Caller, context: Mapping[str, Any] = EMPTY, *, su: bool = False
    ) -> None:
        """See a transaction as `caller`, with `su` without access checks."""
        self.work = work
        self.tx = work.tx
        self.registry = work.registry
        self.files = work.files
        self.cache = work.cache
        self.caller = caller
        self.context = context
        self.su = su or caller.superuser
        lang = context.get("lang") or "en_US"
        if lang != "en_US" and (not isinstance(lang, str) or lang not in work.policy.langs):
            known = isinstance(lang, str) and is_lang(lang)
            raise UserError(f"Invalid language code: {lang if known else '?'}")
        self.lang: str = lang
        self.vouched: Mapping[Any, frozenset[int]] = EMPTY
        """(model, right) -> records whose rules were asked, as a set, for the work that this environment was made for."""

    def vouching(self, model: str, right: Right, ids: Iterable[int]) -> Environment:
        """This environment for a piece of work on records, whose rules are asked now and not again for each.

        Raises AccessError, MissingError. What is derived from it asks again.
        """
        wanted = frozenset(ids)
        check.check_records(self, model, tuple(wanted), right)
        found = self.derive()
        found.vouched = {(model, right): wanted}
        return found

    def __getitem__(self, model: str) -> Model:
        meta = self.registry.models.get(model)
        if meta is None:
            raise MissingError(f"Object {model} doesn't exist", model=model)
        return meta.type(self)

    def __contains__(self, model: object) -> bool:
        return isinstance(model, str) and model in self.registry.models

    def derive(
        self, *, uid: int | None = None, context: Mapping[str, Any] | None = None, su: bool | None = None
    ) -> Environment:
        """The same transaction otherwise seen."""
        caller = self.caller if uid is None or uid == self.caller.uid else self.policy.caller(self.tx, uid)
        return Environment(
            self.work,
            caller,
            self.context if context is None else context,
            su=(self.su if uid is None else False) if su is None else su,
        )

    @property
    def policy(self) -> Policy:
        """The tenant's policy as this transaction sees it."""
        return self.work.policy

    # who and when ----------------------------------------------------------------------------------------------

    @property
    def uid(self) -> int:
        """The acting user's id."""
        return self.caller.uid

    @property
    def user(self) -> Model:
        """The acting user's record, readable in full."""
        return self["res.users"].sudo().browse(self.caller.uid)

    @property
    def company_ids(self) -> tuple[int, ...]:
        """The companies at work: those of context `allowed_company_ids` that the user belongs to, else the user's own."""
        wanted = self.context.get("allowed_company_ids")
        if not wanted or not isinstance(wanted, (list, tuple)):
            own = self.caller.company_id
            return (
                self.caller.company_ids
                if own is None
                else (own, *(c for c in self.caller.company_ids if c != own))
            )
        if not self.su and not set(wanted) <= set(self.caller.company_ids):
            raise AccessError("Access to unauthorized or invalid companies.")
        return tuple(wanted)

    @property
    def company(self) -> Model:
        """The company at work."""
        ids = self.company_ids
        return self["res.company"].sudo().browse(ids[:1])

    @property
    def tz(self) -> str | None:
        """The time zone of context or user."""
        zone = self.context.get("tz") or self.caller.tz
        return zone if isinstance(zone, str) else None

    def now(self) -> datetime:
        """The present, aware, UTC, whole seconds."""
        return self.work.clock.now()

    def today(self) -> date:
        """The present day where the user is."""
        now = self.now()
        if self.tz:
            with contextlib.suppress(ValueError, KeyError, OSError):
                return now.astimezone(ZoneInfo(self.tz)).date()
        return now.date()

    def has_group(self, external_id: str) -> bool:
        """Whether the user is in a group, directly or by implication."""
        group = self.policy.group(external_id)
        return group is not None and group in self.caller.groups

    # records by name -------------------------------------------------------------------------------------------

    def ref(self, external_id: str, *, missing_ok: bool = False) -> Any:
        """The record of an external id. Raises MissingError; None when `missing_ok`."""
        return externals.ref(self, external_id, missing_ok=missing_ok)

    def upsert(
        self, external_id: str, model: str, values: Mapping[str, Any], *, noupdate: bool = False
    ) -> Model:
        """Create or update the record behind an external id."""
        return externals.upsert(self, [(external_id, values)], model, noupdate=noupdate)

    def upsert_many(
        self, model: str, rows: list[tuple[str, Mapping[str, Any]]], *, noupdate: bool = False
    ) -> Model:
        """The same for many records of one model at once."""
        return externals.upsert(self, rows, model, noupdate=noupdate)

    # values ----------------------------------------------------------------------------------------------------

    def value(self, records: Model, field: Field[Any]) -> Any:
        """The cached form of one record's field, worked out or fetched when not known. Raises MissingError."""
        record_id = records.ids[0]
        pending = self.cache.pending.get(field)
        if pending and record_id in pending and record_id not in self.cache.computing.get(field, ()):
            compute.recompute(self, field, records)
        values = self.cache.of(field, self)
        found = values.get(record_id, MISSING)
        if found is MISSING:
            fetch.load(self, records, field)
            found = self.cache.of(field, self).get(record_id, MISSING)
            if found is MISSING:
                raise MissingError(
                    f"Record does not exist or has been deleted.\n(Record: {field.model}({record_id},), User: {self.uid})",
                    model=field.model,
                    ids=(record_id,),
                )
        return found

    def assign(self, records: Model, field: Field[Any], value: Any) -> None:
        """`record.field = value`: inside a compute method the worked-out value, elsewhere a write."""
        computing = self.cache.computing.get(field)
        if computing is not None and computing.issuperset(records.ids):
            compute.put(self, records, field, value)
        else:
            records.write({field.name: value})

    def lock(self, *parts: str | int) -> None:
        """Keep a name, such as `("stock.quant", product_id, location_id)`, to this call until it ends.

        Whoever locks the same name runs after us and sees what we did; ask before reading what the decision is made
        on. Several names of one step belong into one `lock_all`.
        """
        self.lock_all([parts])

    def lock_all(self, names: Iterable[tuple[str | int, ...]]) -> None:
        """The same for several names at once, in whatever order."""
        spelled = [",".join(map(str, parts)) for parts in names]
        if spelled:
            self.tx.lock(spelled)

    @property
    def outside(self) -> Outside:
        """Which addresses outside are allowed."""
        return self.work.outside

    def wake(self) -> None:
        """Once this transaction has committed, tell the senders that there is something to send."""
        if self.work.wake not in self.cache.after_commit:
            self.cache.after_commit.append(self.work.wake)

    def flush(self) -> None:
        """Work out what is due and send every unwritten value to the store."""
        flush.flush(self)

    @contextlib.contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part that can be undone alone: an exception leaving the block undoes it, in the store and the cache."""
        self.flush()
        hooks = len(self.cache.after_commit)
        try:
            with self.tx.savepoint():
                yield
                self.flush()
        except BaseException:
            del self.cache.after_commit[hooks:]
            self.cache.reset()
            self.work.policy_undone()
            raise

    def log(self, event: str, *, level: str = "info", message: str = "", **data: Any) -> None:
        """Write a line into the tenant's log (`ir.logging`), which commits with the call."""
        model, res_id = data.pop("model", None), data.pop("res_id", None)
        self["ir.logging"].sudo().create(
            [
                {
                    "name": event,
                    "level": level,
                    "message": message,
                    "user_id": self.uid,
                    "model": model,
                    "res_id": res_id,
                    "data": data or None,
                }
            ]
        )

    def days_ago(self, days: int) -> datetime:
        """A moment some days before the present."""
        return self.now() - timedelta(days=days)
