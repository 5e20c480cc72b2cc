"""Failed attempts, counted for a whole server: per login, per network, and per both.

All processes of a server share one small mapped file, so guesses spread over processes, connections or doors
add up. The file is a hash table of fixed size: memory is bounded whatever is sent, and a look-up takes no
lock and touches no disk. Counts live for a fixed window; a new window starts at zero. Where the table is
full, the smallest count of a bucket makes room, so nobody can flush out a lock-out by failing for many other
names.

Bounds differ by what an attack looks like: one network guessing one login meets the strict bound, one login
guessed from everywhere and one network trying many logins meet wider ones (an office behind one address has
many users). A success clears only the count of its own login and network: were it to clear more, an attacker
with an account of their own could wash their network, and a busy client its owner's login.

    slot, 64 bit:  [ tag of the key, 32 ][ window, 20 ][ count, 12 ]   0 is an empty slot

A slot is one aligned word, hence never read half-written; writers take turns by `flock`.
"""

from __future__ import annotations

import fcntl
import ipaddress
import math
import mmap
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from struct import pack, unpack
from threading import Lock

from entrepot.errors import RateLimited

_MAGIC = int.from_bytes(b"attempt1", "little")
_AT_MAGIC, _AT_KEY, _AT_WINDOW, _HEADER_WORDS = 0, 1, 3, 8
_BUCKETS = 8192
_SLOTS = 8
_FILE_BYTES = 8 * (_HEADER_WORDS + _BUCKETS * _SLOTS)
_WINDOW_MASK = (1 << 20) - 1
_COUNT_MASK = (1 << 12) - 1
_WORD_MASK = (1 << 64) - 1
_LOGIN_LETTERS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many failures in a window of `window_s` seconds are borne before further attempts are refused."""

    pair: int = 10
    login: int = 50
    network: int = 100
    window_s: int = 60

    @classmethod
    def around(cls, attempts: int, window_s: int) -> Limits:
        """`attempts` for a login from a network, 5 times as many for the login, 10 times for the network."""
        pair = min(max(attempts, 1), _COUNT_MASK // 10)
        return cls(pair=pair, login=5 * pair, network=10 * pair, window_s=max(window_s, 1))


class Attempts:
    """The failures of one server, in the file at `path` (made when missing). `clock` gives Unix time in
    seconds.

    `check` before proving, then `failed` or `succeeded`. As many attempts as run at the same moment may pass
    above a limit, which is bounded by the server's worker threads. Open it after a fork, once in each
    process.
    """

    def __init__(
        self, path: Path, limits: Limits | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self.limits = limits or Limits()
        self._clock = clock
        self._lock = Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with self._alone():
            if os.fstat(self._file).st_size < _FILE_BYTES:
                # Never made smaller: another process may have it mapped.
                os.ftruncate(self._file, _FILE_BYTES)
            self._map = mmap.mmap(self._file, _FILE_BYTES)
            self._words = memoryview(self._map).cast("Q")
            if self._words[_AT_MAGIC] != _MAGIC:
                self._map[:] = bytes(_FILE_BYTES)
                self._words[_AT_KEY], self._words[_AT_KEY + 1] = unpack("QQ", os.urandom(16))
                self._words[_AT_MAGIC] = _MAGIC
        # Keyed, so that nobody outside can aim at one bucket.
        self._key = pack("QQ", self._words[_AT_KEY], self._words[_AT_KEY + 1])
        self._network_hash = lru_cache(maxsize=4096)(self._hash_network)

    def check(self, tenant: str, login: str | None, address: str) -> None:
        """Let an attempt pass or raise RateLimited, whose data tells `retry_after_s`.

        `login` None stands for credentials without one (a bearer key): then the network alone counts.
        `address` must be the peer's, or what a trusted proxy said of it; never what the body says.
        """
        now = self._clock()
        window = int(now // self.limits.window_s)
        # The common case of a server nobody attacks: no failure anywhere in this window.
        if self._words[_AT_WINDOW] != window:
            return
        for key, limit in self._keys(tenant, login, address):
            if self._count(key, window) >= limit:
                raise RateLimited(retry_after_s=max(1, math.ceil((window + 1) * self.limits.window_s - now)))

    def failed(self, tenant: str, login: str | None, address: str) -> None:
        """Count a failure, for every process of the server at once."""
        window = int(self._clock() // self.limits.window_s)
        keys = self._keys(tenant, login, address)
        with self._alone():
            for key, _limit in keys:
                self._add(key, window)
            self._words[_AT_WINDOW] = window

    def succeeded(self, tenant: str, login: str | None, address: str) -> None:
        """Forget the failures of this login from this network."""
        window = int(self._clock() // self.limits.window_s)
        if self._words[_AT_WINDOW] != window or login is None:
            return
        key = self._pair(tenant, login, address)
        if self._count(key, window):
            with self._alone():
                for at in _bucket(key):
                    if self._words[at] >> 32 == _tag(key):
                        self._words[at] = 0

    def close(self) -> None:
        """Let go of the file. The counts stay for the other processes and the next start."""
        self._words.release()
        self._map.close()
        os.close(self._file)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # flock belongs to the open file, which the threads of a process share: they need a lock of their own.
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _keys(self, tenant: str, login: str | None, address: str) -> list[tuple[int, int]]:
        limits = self.limits
        keys = []
        if address:
            keys.append((self._network_hash(address), limits.network))
        if login is not None:
            keys.append((self._login(tenant, login), limits.login))
            keys.append((self._pair(tenant, login, address), limits.pair))
        return keys

    def _login(self, tenant: str, login: str) -> int:
        return self._hash("login", f"{len(tenant)} {tenant}{login[:_LOGIN_LETTERS]}")

    def _pair(self, tenant: str, login: str, address: str) -> int:
        # Both parts are keyed hashes, so mixing them needs no third one.
        return (self._login(tenant, login) * 0x9E3779B97F4A7C15 ^ self._network_hash(address)) & _WORD_MASK

    def _hash_network(self, address: str) -> int:
        return self._hash("network", network_of(address))

    def _hash(self, kind: str, text: str) -> int:
        data = f"{kind} {text}".encode("utf-8", "surrogatepass")
        return int.from_bytes(blake2b(data, digest_size=8, key=self._key).digest(), "little")

    def _count(self, key: int, window: int) -> int:
        words, tag, window = self._words, _tag(key), window & _WINDOW_MASK
        for at in _bucket(key):
            word = words[at]
            if word >> 32 == tag and (word >> 12) & _WINDOW_MASK == window:
                return word & _COUNT_MASK
        return 0

    def _add(self, key: int, window: int) -> None:
        words, tag, window = self._words, _tag(key), window & _WINDOW_MASK
        place, smallest = 0, _COUNT_MASK + 1
        for at in _bucket(key):
            word = words[at]
            current = (word >> 12) & _WINDOW_MASK == window and word != 0
            if word >> 32 == tag and current:
                words[at] = word if word & _COUNT_MASK == _COUNT_MASK else word + 1
                return
            count = word & _COUNT_MASK if current else 0
            if count < smallest:
                place, smallest = at, count
        words[place] = tag << 32 | window << 12 | 1


def network_of(address: str) -> str:
    """The network an address speaks for: IPv4 /24 (also when mapped into IPv6), IPv6 /64, other texts
    themselves.

    Whoever has one IPv6 address has the 2^64 of its network, so single addresses would bound nothing.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:255]
    if isinstance(parsed, ipaddress.IPv6Address):
        mapped = parsed.ipv4_mapped
        if mapped is None:
            return f"{int(parsed) >> 64:x}/64"
        parsed = mapped
    return f"{int(parsed) >> 8:x}/24"


def _bucket(key: int) -> range:
    start = _HEADER_WORDS + (key & (_BUCKETS - 1)) * _SLOTS
    return range(start, start + _SLOTS)


def _tag(key: int) -> int:
    return key >> 32 or 1
