"""Connections that are kept for the next call, and how many databases may keep some.

A `Pool` belongs to one database. `Warm` bounds how many pools of an engine hold connections at all: the one
that was used longest ago gives its idle ones up. A connection in use is never touched.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar

C = TypeVar("C", bound=Hashable)
SWEEP_SECONDS = 5.0
"""How often at most pools are looked at for connections that idle too long."""


class Pool(Generic[C]):
    """The connections to one database. Each is used by one thread at a time; threads wait for nothing
    here.
    """

    def __init__(self, connect: Callable[[], C], close: Callable[[C], None], warm: Warm) -> None:
        """Keep how to open and close one."""
        self._connect = connect
        self._close = close
        self._warm = warm
        self._lock = Lock()
        self._idle: list[C] = []
        self._busy: set[C] = set()
        self._condemned: set[C] = set()
        self.used_at = 0.0

    def take(self) -> C:
        """Lend a connection: the one given back last (its caches are warm), else a new one."""
        self._warm.touch(self)
        with self._lock:
            if self._idle:
                connection = self._idle.pop()
                self._busy.add(connection)
                return connection
        connection = self._connect()
        with self._lock:
            self._busy.add(connection)
        return connection

    def give(self, connection: C, *, usable: bool = True) -> None:
        """Take a lent connection back; close it when it is of no more use."""
        with self._lock:
            self._busy.discard(connection)
            if usable and connection not in self._condemned:
                self._idle.append(connection)
                return
            self._condemned.discard(connection)
        self._close(connection)

    def is_busy(self) -> bool:
        """Whether somebody uses one."""
        return bool(self._busy)

    def close_idle(self) -> None:
        """Close those that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            self._close(connection)

    def clear(self) -> None:
        """Close all: idle ones now, lent ones when they come back."""
        with self._lock:
            self._condemned |= self._busy
        self.close_idle()
        self._warm.forget(self)


class Coolable(Protocol):
    """A pool of whatever connections, as `Warm` sees it."""

    used_at: float

    def is_busy(self) -> bool:
        """Whether somebody uses one."""

    def close_idle(self) -> None:
        """Close those that nobody uses."""


class Warm:
    """The pools with connections, the one used longest ago first."""

    def __init__(self, limit: int, idle_seconds: float) -> None:
        """Keep at most `limit` pools warm, and none that was unused for `idle_seconds`."""
        self._limit = limit
        self._idle_seconds = idle_seconds
        self._order: OrderedDict[Coolable, None] = OrderedDict()
        self._lock = Lock()
        self._swept = time.monotonic()

    def touch(self, pool: Coolable) -> None:
        """Note that a pool is about to be used, and cool others down."""
        now = time.monotonic()
        pool.used_at = now
        with self._lock:
            self._order[pool] = None
            self._order.move_to_end(pool)
            if len(self._order) <= self._limit and now - self._swept < SWEEP_SECONDS:
                return
            cold = self._cold(now)
        for each in cold:
            each.close_idle()

    def forget(self, pool: Coolable) -> None:
        """Strike a pool off."""
        with self._lock:
            self._order.pop(pool, None)

    def _cold(self, now: float) -> list[Coolable]:
        self._swept = now
        excess = len(self._order) - self._limit
        cold: list[Coolable] = []
        for pool in list(self._order)[:-1]:  # the last one is the one being touched
            if pool.is_busy():
                continue
            if len(cold) < excess or now - pool.used_at > self._idle_seconds:
                cold.append(pool)
                del self._order[pool]
        return cold
