"""Passwords proven a moment ago, so that a client which sends one with every call pays for argon2 once.

Only a digest is kept, keyed with random bytes that live and die with this process, and the stored hash is
part of it: when a password changes anywhere, the digest no longer fits, in every process and without any
message. Whether the user is still active is read from the user's row, never from here.
"""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from hmac import compare_digest
from threading import Lock

from entrepot.auth.passwords import MAX_BYTES


class Remembered:
    """Successes of the last `ttl_s` seconds, at most `cap` users; the least recently used one leaves first.

    `clock` gives seconds that never go back. A `ttl_s` of 0 remembers nothing.
    """

    def __init__(self, ttl_s: float, cap: int = 100_000, clock: Callable[[], float] = time.monotonic) -> None:
        self._ttl_s = ttl_s
        self._cap = cap
        self._clock = clock
        self._key = os.urandom(32)
        self._lock = Lock()
        self._proven: OrderedDict[tuple[str, int], tuple[bytes, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._proven)

    def knows(self, tenant: str, uid: int, stored_hash: str, password: str) -> bool:
        """Whether this password was proven against this very hash within the time to live."""
        who = (tenant, uid)
        entry = self._proven.get(who)
        if entry is None or len(password) > MAX_BYTES:
            return False
        digest, deadline = entry
        if not compare_digest(digest, self._digest(tenant, uid, stored_hash, password)):
            return False
        with self._lock:
            if self._clock() >= deadline:
                # Another thread may have proven it anew meanwhile: only the entry that was read goes.
                if self._proven.get(who) is entry:
                    del self._proven[who]
                return False
            if who in self._proven:
                self._proven.move_to_end(who)
        return True

    def remember(self, tenant: str, uid: int, stored_hash: str, password: str) -> None:
        """Keep a success. Never call it for anything but a password that has just been verified against this
        hash.
        """
        if self._ttl_s <= 0 or self._cap <= 0:
            return
        entry = (self._digest(tenant, uid, stored_hash, password), self._clock() + self._ttl_s)
        with self._lock:
            self._proven[tenant, uid] = entry
            self._proven.move_to_end((tenant, uid))
            if len(self._proven) > self._cap:
                self._proven.popitem(last=False)

    def forget(self, tenant: str) -> None:
        """Drop everything about a tenant: it is gone, or another one now bears its name."""
        with self._lock:
            for who in [who for who in self._proven if who[0] == tenant]:
                del self._proven[who]

    def _digest(self, tenant: str, uid: int, stored_hash: str, password: str) -> bytes:
        # The lengths make the joined text unambiguous, so no part can lend letters to the next.
        text = f"{uid} {len(tenant)} {len(stored_hash)} {tenant}{stored_hash}{password}"
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32, key=self._key).digest()
