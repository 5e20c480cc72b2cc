"""Claimed credentials → a proven caller.

A password costs an argon2 verification once, then a keyed digest; an API key, a session and every check that someone
is still active cost a look-up in each call, so taking one away works at once, in every process.
Known and unknown logins take the same time, and failures are limited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from entrepot.auth import keys, session_ids
from entrepot.auth.attempts import Attempts
from entrepot.auth.passwords import Passwords
from entrepot.auth.remembered import Remembered
from entrepot.call import Anonymous, Bearer, Caller, Credentials, Operator, Password, Session
from entrepot.clock import Clock
from entrepot.errors import AccessDenied, RateLimited, SessionExpired
from entrepot.kernel.access.policy import Account, Policy
from entrepot.storage.abc import Transaction

Refused = Callable[[str, str, str, str], None]
"""Told (tenant, login, address, reason) of each refusal."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A user who gave the right password: whether it was verified anew, and whether an API key stood in for it."""

    account: Account
    fresh: bool
    key: bool


class Authenticator:
    """Proves identities for every tenant of a server."""

    def __init__(
        self, passwords: Passwords, remembered: Remembered, attempts: Attempts, clock: Clock, refused: Refused
    ) -> None:
        """Work with the process's caches and the server's attempt counts."""
        self.passwords = passwords
        self.remembered = remembered
        self.attempts = attempts
        self.clock = clock
        self.refused = refused

    def prove(
        self, tx: Transaction, policy: Policy, tenant: str, credentials: Credentials, address: str
    ) -> Caller:
        """The caller behind credentials. Raises AccessDenied, SessionExpired, RateLimited."""
        if isinstance(credentials, Password):
            account = policy.account(tx, credentials.uid) if 0 < credentials.uid < 2**31 else None
            return self.check(tx, tenant, account, credentials.password, address).account.caller
        if isinstance(credentials, Session):
            return self._session(tx, policy, credentials.sid)
        if isinstance(credentials, Bearer):
            return self._bearer(tx, policy, tenant, credentials.key, address)
        if isinstance(credentials, Operator):
            return policy.caller(tx, credentials.uid)
        if isinstance(credentials, Anonymous):
            raise SessionExpired
        raise AccessDenied  # pragma: no cover - Credentials is closed

    def login(
        self, tx: Transaction, policy: Policy, tenant: str, login: str, password: str, address: str
    ) -> Proof:
        """The user with a login and its password or API key. Raises AccessDenied, RateLimited."""
        mark = tx.dialect.placeholder(1)
        usable = isinstance(login, str) and "\0" not in login
        rows = tx.fetch(f"SELECT id FROM res_users WHERE login = {mark}", [login]) if usable else []
        account = policy.account(tx, rows[0][0]) if rows else None
        return self.check(tx, tenant, account, password, address, login=str(login))

    def check(
        self,
        tx: Transaction,
        tenant: str,
        account: Account | None,
        password: str,
        address: str,
        *,
        login: str = "",
    ) -> Proof:
        """Whether a password (or API key) is an account's. Raises AccessDenied, RateLimited."""
        usable = account is not None and account.active and isinstance(password, str) and bool(password)
        if account is not None and usable:
            if self.remembered.knows(tenant, account.caller.uid, account.password_hash, password):
                return Proof(account, fresh=False, key=False)
            if keys.is_key(password) and self._key(tx, password, account.caller.uid) is not None:
                return Proof(account, fresh=False, key=True)
        name = login or (account.login if account is not None else "")
        try:
            self.attempts.check(tenant, name, address)
        except RateLimited:
            self.refused(tenant, name, address, "rate_limited")
            raise
        stored = account.password_hash if account is not None and usable else None
        fits = self.passwords.verify(stored or None, password if isinstance(password, str) else "")
        if account is None or not usable or not fits:
            self.attempts.failed(tenant, name, address)
            self.refused(tenant, name, address, "mismatch")
            raise AccessDenied
        self.remembered.remember(tenant, account.caller.uid, account.password_hash, password)
        self.attempts.succeeded(tenant, name, address)
        return Proof(account, fresh=True, key=False)

    def _key(self, tx: Transaction, text: str, uid: int | None) -> int | None:
        """The owner of a living API key, when it is `uid`'s (None: whoever's)."""
        mark = tx.dialect.placeholder(1)
        rows = tx.fetch(
            f"SELECT user_id, digest, expiration_date FROM res_users_apikeys WHERE digest = {mark}",
            [keys.digest(text)],
        )
        for owner, digest, expires in rows:
            if keys.is_same(digest, text) and not keys.is_expired(_moment(expires), self.clock.now()):
                return int(owner) if uid is None or owner == uid else None
        return None

    def _bearer(self, tx: Transaction, policy: Policy, tenant: str, text: str, address: str) -> Caller:
        self.attempts.check(tenant, None, address)
        owner = self._key(tx, text, None) if keys.is_key(text) else None
        account = policy.account(tx, owner) if owner is not None else None
        if account is None or not account.active:
            self.attempts.failed(tenant, None, address)
            self.refused(tenant, "", address, "mismatch")
            raise AccessDenied
        return account.caller

    def _session(self, tx: Transaction, policy: Policy, sid: str) -> Caller:
        mark = tx.dialect.placeholder(1)
        rows = tx.fetch(
            f"SELECT user_id, expires FROM res_users_session WHERE digest = {mark}", [session_ids.digest(sid)]
        )
        expires = _moment(rows[0][1]) if rows else None
        if expires is None or expires <= self.clock.now():
            raise SessionExpired
        account = policy.account(tx, rows[0][0])
        if account is None or not account.active:
            raise SessionExpired
        return account.caller

    def session_end(self, seconds: int) -> datetime:
        """When a session that is used now ends."""
        return self.clock.now() + timedelta(seconds=seconds)


def _moment(raw: str | None) -> datetime | None:
    return None if raw is None else datetime.fromisoformat(raw).replace(tzinfo=UTC)
