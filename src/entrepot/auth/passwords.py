"""Password hashes: argon2id, at most as many at once as there are cores.

A hash costs tens of milliseconds and megabytes on purpose, so whoever may ask for many could hold the whole
machine: calls wait for one another here, and `attempts` refuses what comes too often. A login that does not
exist costs the same as one that does, because `verify` then works on a hash that fits no password.
"""

from __future__ import annotations

import os
import secrets
from base64 import b64encode
from dataclasses import dataclass
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from entrepot.errors import ValidationError

MAX_BYTES = 4096
"""The longest password, in UTF-8 bytes: a longer one is refused before any hashing."""

_SALT_BYTES = 16
_HASH_BYTES = 32
# A restored dump brings hashes of a stranger's making: one that asks for gigabytes is never computed.
_MAX_MEMORY_KIB = 256 * 1024
_MAX_WORK_KIB = 1024 * 1024
_MAX_LANES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one argon2id hash takes: memory in KiB, passes over it, parallel lanes.

    Source: OWASP Password Storage Cheat Sheet (19 MiB, 2 passes, 1 lane).
    """

    memory_kib: int = 19 * 1024
    passes: int = 2
    lanes: int = 1


class Passwords:
    """Hashes and verifies passwords at one cost; `at_once` (default: cores) bounds how many are computed
    together.
    """

    def __init__(self, cost: Cost | None = None, *, at_once: int | None = None) -> None:
        cost = cost or Cost()
        self._hasher = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
            type=Type.ID,
        )
        self._turn = BoundedSemaphore(at_once or os.cpu_count() or 1)
        self._nobody = _unmatchable(cost)

    def hash(self, password: str) -> str:
        """The text to store for a password. Raises ValidationError for one that is empty or too long."""
        secret = _encoded(password)
        if secret is None:
            raise ValidationError(
                "A password must not be empty."
                if not password
                else f"A password may have at most {MAX_BYTES} bytes.",
            )
        with self._turn:
            return self._hasher.hash(secret)

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether a password fits the stored hash.

        Without one (unknown login, user without a password, something that is no hash) the answer is False
        after the same work. Empty and too long passwords are False at once, whoever is asked for.
        """
        secret = _encoded(password)
        if secret is None:
            return False
        known = stored if stored and _is_bearable(stored) else None
        with self._turn:
            try:
                self._hasher.verify(known or self._nobody, secret)
            except (VerificationError, InvalidHashError):
                return False
        return known is not None

    def needs_rehash(self, stored: str) -> bool:
        """Whether a stored hash was made at another cost and should be made anew at the next log-in."""
        try:
            return self._hasher.check_needs_rehash(stored)
        except InvalidHashError:
            return True


def _encoded(password: object) -> bytes | None:
    """The bytes of a password that may be one; wires also deliver None, False and numbers here."""
    if not isinstance(password, str) or not password or len(password) > MAX_BYTES:
        return None
    try:
        secret = password.encode()
    except UnicodeEncodeError:
        return None
    return secret if len(secret) <= MAX_BYTES else None


def _is_bearable(stored: str) -> bool:
    try:
        asked = extract_parameters(stored)
    except InvalidHashError:
        return False
    return (
        asked.memory_cost <= _MAX_MEMORY_KIB
        and asked.memory_cost * asked.time_cost <= _MAX_WORK_KIB
        and asked.parallelism <= _MAX_LANES
    )


def _unmatchable(cost: Cost) -> str:
    """A hash of the right form made of random bytes: it costs what a true one costs, and nobody has its
    password.
    """
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (_SALT_BYTES, _HASH_BYTES)
    )
    return f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}${salt}${digest}"
