"""The frozen policy of one tenant: access rights, record rules, groups and users, read together at one epoch.

A change of any of them gives the tenant another epoch in the same transaction; whoever sees another epoch than its
policy's reads a new one. So a right taken away through one process is refused by every other at its next
call.

Epochs are random, never counted: two databases that bear one name one after the other (dropped and made anew,
restored, put in place by hand) never agree on one, so nobody takes the policy of the first for the second's.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from entrepot.call import Caller
from entrepot.errors import AccessDenied
from entrepot.kernel.access.expression import Evaluate, compile_domain
from entrepot.kernel.declare import RIGHTS
from entrepot.storage.abc import Row, Transaction

T = TypeVar("T")
EPOCH_TABLE = "entrepot_epoch"
EPOCH_BITS = 62
"""A random epoch fits the signed 64 bit of its column."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One record rule. No groups: it binds everybody."""

    name: str
    groups: frozenset[int]
    rights: frozenset[str]
    evaluate: Evaluate
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Granted:
    """Who has one right on one model."""

    everybody: bool = False
    groups: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Account:
    """What proving an identity needs of a user."""

    caller: Caller
    login: str
    password_hash: str
    active: bool


@dataclass(eq=False, slots=True)
class Policy:
    """Everything that decides access in one tenant, as of one epoch. Only its memos ever change."""

    epoch: int = -1
    access: Mapping[str, Mapping[str, Granted]] = field(default_factory=dict)
    rules: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)
    group_names: Mapping[int, str] = field(default_factory=dict)
    implied: Mapping[int, frozenset[int]] = field(default_factory=dict)
    langs: frozenset[str] = frozenset({"en_US"})
    accounts: dict[int, Account] = field(default_factory=dict)
    memo: dict[Any, Any] = field(default_factory=dict)

    def group(self, external_id: Any) -> int | None:
        """The id of a group."""
        return self.groups.get(external_id) if isinstance(external_id, str) else None

    def account(self, tx: Transaction, uid: int) -> Account | None:
        """A user's account, read once an epoch; None for an unknown user."""
        found = self.accounts.get(uid)
        if found is None:
            found = read_account(tx, self, uid)
            if found is not None:
                self.accounts[uid] = found
        return found

    def caller(self, tx: Transaction, uid: int) -> Caller:
        """A user as a caller. Raises AccessDenied for an unknown or archived one."""
        account = self.account(tx, uid)
        if account is None or not (account.active or account.caller.superuser):
            raise AccessDenied
        return account.caller


def read_epoch(tx: Transaction) -> int:
    """The tenant's present epoch."""
    return int(tx.fetch(f"SELECT value FROM {EPOCH_TABLE}", alone=True)[0][0])


def raise_epoch(tx: Transaction) -> None:
    """Make every process read the policy anew, once this transaction commits."""
    mark = tx.dialect.placeholder(1)
    tx.execute(f"UPDATE {EPOCH_TABLE} SET value = {mark}", [secrets.randbits(EPOCH_BITS)])
    tx.notify("policy")


class Parts:
    """Parts of policies that tenants have in common, held once however many tenants there are.

    Tenants made from one template have the same rights and rules until somebody changes them.
    """

    def __init__(self, cap: int = 512) -> None:
        """Remember the last `cap` different parts."""
        self._known: OrderedDict[Any, Any] = OrderedDict()
        self._cap = cap
        self._lock = threading.Lock()

    def share(self, build: Callable[..., T], *rows: list[Row]) -> T:
        """What `build` makes of rows; the same object for the same rows."""
        key = (build, *map(tuple, rows))
        with self._lock:
            found: T | None = self._known.get(key)
            if found is None:
                found = self._known[key] = build(*rows)
                while len(self._known) > self._cap:
                    self._known.popitem(last=False)
            return found


def read_policy(tx: Transaction, parts: Parts | None = None) -> Policy:
    """Read the whole policy in the transaction's snapshot; with `parts`, sharing what other tenants have too."""
    share = (parts or Parts()).share
    names = tx.fetch("SELECT id, name FROM res_groups ORDER BY id")
    return Policy(
        epoch=read_epoch(tx),
        access=share(_access, tx.fetch(_ACCESS)),
        rules=share(_rules, tx.fetch(_RULES), tx.fetch(_RULE_GROUPS)),
        groups=share(_external_ids, tx.fetch(_GROUPS)),
        group_names=share(_names, names),
        implied=share(
            _implied, names, tx.fetch("SELECT gid, hid FROM res_groups_implied_rel ORDER BY gid, hid")
        ),
        langs=share(_codes, tx.fetch("SELECT code FROM res_lang WHERE active ORDER BY code")),
    )


_ACCESS = (
    "SELECT model, group_id, perm_read, perm_write, perm_create, perm_unlink "
    "FROM ir_model_access WHERE active ORDER BY id"
)
_RULES = (
    "SELECT id, name, model, domain, perm_read, perm_write, perm_create, perm_unlink "
    "FROM ir_rule WHERE active ORDER BY id"
)
_RULE_GROUPS = "SELECT rule_group_id, group_id FROM rule_group_rel ORDER BY rule_group_id, group_id"
_GROUPS = "SELECT module, name, res_id FROM ir_model_data WHERE model = 'res.groups' ORDER BY id"


def _external_ids(rows: list[Row]) -> dict[str, int]:
    return {f"{module}.{name}": res_id for module, name, res_id in rows}


def _names(rows: list[Row]) -> dict[int, str]:
    return {group_id: str(name) for group_id, name in rows}


def _implied(names: list[Row], edges: list[Row]) -> dict[int, frozenset[int]]:
    return closure((group_id for group_id, _ in names), edges)


def _codes(rows: list[Row]) -> frozenset[str]:
    return frozenset(code for (code,) in rows)


def closure(groups: Iterable[int], edges: Iterable[tuple[Any, ...]]) -> dict[int, frozenset[int]]:
    """Each group with all it implies, itself included."""
    direct: dict[int, set[int]] = {}
    for group, implied in edges:
        direct.setdefault(group, set()).add(implied)
    found: dict[int, frozenset[int]] = {}
    for group in groups:
        seen = {group}
        queue = [group]
        while queue:
            for implied in direct.get(queue.pop(), ()):
                if implied not in seen:
                    seen.add(implied)
                    queue.append(implied)
        found[group] = frozenset(seen)
    return found


def _access(rows: list[Row]) -> dict[str, dict[str, Granted]]:
    everybody: dict[tuple[str, str], bool] = {}
    groups: dict[tuple[str, str], set[int]] = {}
    for model, group, *rights in rows:
        for right, granted in zip(map(str, RIGHTS), rights, strict=True):
            if granted and group is None:
                everybody[model, right] = True
            elif granted:
                groups.setdefault((model, right), set()).add(group)
    found: dict[str, dict[str, Granted]] = {}
    for model, right in {*everybody, *groups}:
        key = (model, right)
        found.setdefault(model, {})[right] = Granted(
            everybody.get(key, False), frozenset(groups.get(key, ()))
        )
    return found


def _rules(rows: list[Row], groups: list[Row]) -> dict[str, tuple[Rule, ...]]:
    bound: dict[int, set[int]] = {}
    for rule_id, group_id in groups:
        bound.setdefault(rule_id, set()).add(group_id)
    found: dict[str, list[Rule]] = {}
    for rule_id, name, model, domain, *rights in rows:
        evaluate, names = compile_domain(domain or "[]")
        chosen = frozenset(right for right, on in zip(RIGHTS, rights, strict=True) if on)
        rule = Rule(name or "", frozenset(bound.get(rule_id, ())), chosen, evaluate, names)
        found.setdefault(model, []).append(rule)
    return {model: tuple(rules) for model, rules in found.items()}


def read_account(tx: Transaction, policy: Policy, uid: int) -> Account | None:
    """Read one user with all groups. Works on raw placeholders of the transaction's dialect."""
    mark = tx.dialect.placeholder(1)
    rows = tx.fetch(
        "SELECT u.login, u.password_hash, u.active, u.company_id, u.partner_id, p.lang, p.tz "
        f"FROM res_users u LEFT JOIN res_partner p ON p.id = u.partner_id WHERE u.id = {mark}",
        [uid],
    )
    if not rows:
        return None
    login, password_hash, active, company_id, partner_id, lang, tz = rows[0]
    direct = [gid for (gid,) in tx.fetch(f"SELECT gid FROM res_groups_users_rel WHERE uid = {mark}", [uid])]
    companies = [
        cid for (cid,) in tx.fetch(f"SELECT cid FROM res_company_users_rel WHERE user_id = {mark}", [uid])
    ]
    none: frozenset[int] = frozenset()
    caller = Caller(
        uid=uid,
        login=login,
        groups=none.union(*(policy.implied.get(gid, none) for gid in direct)) if direct else none,
        lang=lang or "en_US",
        tz=tz,
        company_id=company_id,
        company_ids=tuple(sorted({*companies, *([company_id] if company_id else [])})),
        partner_id=partner_id,
        superuser=uid == 1,
    )
    return Account(caller, login, password_hash or "", bool(active))
