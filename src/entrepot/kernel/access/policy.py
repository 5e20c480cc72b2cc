"""The frozen policy of one tenant: access rights, record rules, groups and users, read together at one epoch.

A change of any of them gives the tenant another epoch in the same transaction; whoever sees another epoch than its
policy's reads a new one. So a right taken away through one process is refused by every other at its next
call.

Epochs are random, never counted: two databases that bear one name one after the other (dropped and made anew,
restored, put in place by hand) never agree on one, so nobody takes the policy of the first for the second's.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from entrepot.call import Caller
from entrepot.errors import AccessDenied
from entrepot.kernel.access.expression import Evaluate, compile_domain
from entrepot.kernel.declare import RIGHTS
from entrepot.storage.abc import Transaction

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

    def group(self, external_id: str) -> int | None:
        """The id of a group."""
        return self.groups.get(external_id)

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


def read_policy(tx: Transaction) -> Policy:
    """Read the whole policy in the transaction's snapshot."""
    epoch = read_epoch(tx)
    groups = {
        f"{module}.{name}": res_id
        for module, name, res_id in tx.fetch(
            "SELECT module, name, res_id FROM ir_model_data WHERE model = 'res.groups'"
        )
    }
    names = {gid: str(name) for gid, name in tx.fetch("SELECT id, name FROM res_groups")}
    return Policy(
        epoch=epoch,
        access=_access(tx),
        rules=_rules(tx),
        groups=groups,
        group_names=names,
        implied=closure(names, tx.fetch("SELECT gid, hid FROM res_groups_implied_rel")),
        langs=frozenset(code for (code,) in tx.fetch("SELECT code FROM res_lang WHERE active")),
    )


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


def _access(tx: Transaction) -> dict[str, dict[str, Granted]]:
    everybody: dict[tuple[str, str], bool] = {}
    groups: dict[tuple[str, str], set[int]] = {}
    rows = tx.fetch(
        "SELECT model, group_id, perm_read, perm_write, perm_create, perm_unlink FROM ir_model_access WHERE active"
    )
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


def _rules(tx: Transaction) -> dict[str, tuple[Rule, ...]]:
    bound: dict[int, set[int]] = {}
    for rule_id, group_id in tx.fetch("SELECT rule_group_id, group_id FROM rule_group_rel"):
        bound.setdefault(rule_id, set()).add(group_id)
    found: dict[str, list[Rule]] = {}
    rows = tx.fetch(
        "SELECT id, name, model, domain, perm_read, perm_write, perm_create, perm_unlink "
        "FROM ir_rule WHERE active ORDER BY id"
    )
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
