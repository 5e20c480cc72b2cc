"""Claimed credentials → a proven caller.

A password costs an argon2 verification once, then a keyed digest; an API key, a session and every check that someone
is still active cost a look-up in each call, so taking one away works at once, in every process.
Known and unknown logins take the same time, and failures are limited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from entrepot.auth import keys, session_ids
from entrepot.auth.attempts import Attempts
from entrepot.auth.passwords import Passwords
from entrepot.auth.remembered import Remembered
from entrepot.call import Anonymous, Bearer, Caller, Credentials, Operator, Password, Session
from entrepot.clock import Clock
from entrepot.errors import AccessDenied, RateLimited, SessionExpired
from entrepot.kernel.access.policy import Account, Policy
from entrepot.storage.abc import Transaction

LONGEST_LOGIN = 256
"""Letters of a login that a user may have."""
USED_SHARE = 10
"""A session's end moves once this part of its life (a tenth) has passed since it last moved."""


@dataclass(frozen=True, slots=True)
class Knock:
    """Where somebody knocks: which tenant, from which address, at which door."""

    tenant: str
    address: str = ""
    door: str = ""


Refused: TypeAlias = Callable[[Knock, str, str], None]
"""Told (where, login, reason) of each refusal."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A user who gave the right password: whether it was verified anew, and whether an API key stood in for it."""

    account: Account
    fresh: bool
    key: bool


@dataclass(frozen=True, slots=True)
class Proven:
    """Who somebody is; `renew` holds the digest of their session when its end is to be moved."""

    caller: Caller
    renew: str | None = None


class Authenticator:
    """Proves identities for every tenant of a server."""

    def __init__(
        self,
        passwords: Passwords,
        remembered: Remembered,
        attempts: Attempts,
        clock: Clock,
        session_seconds: int,
        refused: Refused,
    ) -> None:
        """Work with the process's caches and the server's attempt counts; sessions live `session_seconds` unused."""
        self.passwords = passwords
        self.remembered = remembered
        self.attempts = attempts
        self.clock = clock
        self.session_life = timedelta(seconds=session_seconds)
        self.refused = refused

    def prove(self, tx: Transaction, policy: Policy, knock: Knock, credentials: Credentials) -> Proven:
        """Who is behind credentials. Raises AccessDenied, SessionExpired, RateLimited."""
        if isinstance(credentials, Password):
            uid = credentials.uid
            account = policy.account(tx, uid) if 0 < uid < 2**31 else None
            return Proven(self.check(tx, knock, account, credentials.password).account.caller)
        if isinstance(credentials, Session):
            return self._session(tx, policy, credentials.sid)
        if isinstance(credentials, Bearer):
            return Proven(self._bearer(tx, policy, knock, credentials.key))
        if isinstance(credentials, Operator):
            return Proven(policy.caller(tx, credentials.uid))
        if isinstance(credentials, Anonymous):
            raise SessionExpired
        raise AccessDenied

    def login(self, tx: Transaction, policy: Policy, knock: Knock, login: str, password: str) -> Proof:
        """The user with a login and its password or API key. Raises AccessDenied, RateLimited."""
        rows = []
        if len(login) <= LONGEST_LOGIN and login.isprintable():
            mark = tx.dialect.placeholder(1)
            rows = tx.fetch(f"SELECT id FROM res_users WHERE login = {mark}", [login])
        account = policy.account(tx, rows[0][0]) if rows else None
        return self.check(tx, knock, account, password, login=login)

    def check(
        self, tx: Transaction, knock: Knock, account: Account | None, password: str, *, login: str = ""
    ) -> Proof:
        """Whether a password (or API key) is an account's. Raises AccessDenied, RateLimited."""
        known = account if account is not None and password and _may_log_in(account) else None
        if known is not None:
            uid = known.caller.uid
            if self.remembered.knows(knock.tenant, uid, known.password_hash, password):
                return Proof(known, fresh=False, key=False)
            if keys.is_key(password) and self._owner(tx, password) == uid:
                return Proof(known, fresh=False, key=True)
        name = login or (account.login if account is not None else "")
        self._refuse_guessing(knock, name)
        # Without a known account the same work is done on a hash that fits nothing.
        fits = self.passwords.verify((known.password_hash or None) if known is not None else None, password)
        if known is None or not fits:
            self.attempts.failed(knock.tenant, name, knock.address)
            self.refused(knock, name, "mismatch")
            raise AccessDenied
        self.remembered.remember(knock.tenant, known.caller.uid, known.password_hash, password)
        self.attempts.succeeded(knock.tenant, name, knock.address)
        return Proof(known, fresh=True, key=False)

    def _refuse_guessing(self, knock: Knock, login: str | None) -> None:
        try:
            self.attempts.check(knock.tenant, login, knock.address)
        except RateLimited:
            self.refused(knock, login or "", "rate_limited")
            raise

    def _owner(self, tx: Transaction, text: str) -> int | None:
        """The owner of a living API key that is good for everything its owner may do."""
        mark = tx.dialect.placeholder(1)
        rows = tx.fetch(
            "SELECT user_id, digest, expiration_date FROM res_users_apikeys "
            f"WHERE digest = {mark} AND (scope IS NULL OR scope = 'rpc')",
            [keys.digest(text)],
        )
        for owner, digest, expires in rows:
            if keys.is_same(digest, text) and not keys.is_expired(_moment(expires), self.clock.now()):
                return int(owner)
        return None

    def _bearer(self, tx: Transaction, policy: Policy, knock: Knock, text: str) -> Caller:
        self._refuse_guessing(knock, None)
        owner = self._owner(tx, text) if keys.is_key(text) else None
        account = policy.account(tx, owner) if owner is not None else None
        if account is None or not _may_log_in(account):
            self.attempts.failed(knock.tenant, None, knock.address)
            self.refused(knock, "", "mismatch")
            raise AccessDenied
        return account.caller

    def _session(self, tx: Transaction, policy: Policy, sid: str) -> Proven:
        mark = tx.dialect.placeholder(1)
        digest = session_ids.digest(sid)
        rows = tx.fetch(f"SELECT user_id, expires FROM res_users_session WHERE digest = {mark}", [digest])
        ends = _moment(rows[0][1]) if rows else None
        now = self.clock.now()
        if ends is None or ends <= now:
            raise SessionExpired
        account = policy.account(tx, rows[0][0])
        if account is None or not _may_log_in(account):
            raise SessionExpired
        is_used = ends - now < self.session_life - self.session_life / USED_SHARE
        return Proven(account.caller, digest if is_used else None)

    def session_end(self) -> datetime:
        """When a session that is used now ends."""
        return self.clock.now() + self.session_life

    def renew(self, tx: Transaction, digest: str) -> bool:
        """Move a session's end; False when somebody else just did, or it is over."""
        marks = [tx.dialect.placeholder(position) for position in range(1, 6)]
        now = self.clock.now()
        stale = now + self.session_life - self.session_life / USED_SHARE
        moved = tx.execute(
            f"UPDATE res_users_session SET expires = {marks[0]}, last_seen = {marks[1]} "
            f"WHERE digest = {marks[2]} AND expires < {marks[3]} AND expires > {marks[4]}",
            [_raw(self.session_end()), _raw(now), digest, _raw(stale), _raw(now)],
        )
        return moved == 1


def _may_log_in(account: Account) -> bool:
    """The system itself never logs in, whatever its row says."""
    return account.active and not account.caller.superuser


def _moment(raw: str | None) -> datetime | None:
    return None if raw is None else datetime.fromisoformat(raw).replace(tzinfo=UTC)


def _raw(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")
