"""The thread that wakes each minute and runs what is due, in one process of a server.

The processes of a server agree by a lock on a file; when the one that holds it ends, another takes over. A tenant is
looked at when something in it is due, and otherwise every few minutes, because its scheduled actions may have been
changed by hand: a thousand quiet tenants cost next to nothing.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from entrepot.clock import Clock

TICK_SECONDS = 60.0
LOOK = timedelta(minutes=5)
"""How long a tenant where nothing is due is left alone."""
STOP_SECONDS = 25.0
"""How long a job in flight may take to end when the server stops; then it is undone."""

RunDue = Callable[[str], datetime | None]
"""Runs everything that is due in a tenant, and tells when the next is due (None: nothing is scheduled)."""
Failed = Callable[[str, Exception], None]
"""Told the tenant that could not be looked at, and why."""


@dataclass(frozen=True, slots=True)
class _Look:
    """When a tenant was looked at, and when something is due in it."""

    at: datetime
    due: datetime | None

    def is_over(self, now: datetime) -> bool:
        return now - self.at >= LOOK or (self.due is not None and self.due <= now)


class Runner:
    """Runs the scheduled actions of all tenants, if it is the one of its server."""

    def __init__(
        self,
        names: Callable[[], Sequence[str]],
        run_due: RunDue,
        clock: Clock,
        lock: Path,
        failed: Failed,
        *,
        rest: Callable[[], None] = lambda: None,
        tick_s: float = TICK_SECONDS,
    ) -> None:
        """Nothing runs before `start`. `names`: the tenants there are; `lock`: the file to agree by; `rest` is
        called when nothing is left to do for a while.
        """
        self._names = names
        self._run_due = run_due
        self._clock = clock
        self._lock = lock
        self._failed = failed
        self._rest = rest
        self._tick_s = tick_s
        self._looks: dict[str, _Look] = {}
        self._handle: int | None = None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to wake; the first time after one pause."""
        self._thread = threading.Thread(target=self._live, name="entrepot-cron", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let a job in flight end, run no further one, and give the lock away."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            self._thread = None
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def tick(self) -> int:
        """Look at every tenant that is due for it, if this is the process to do so. Returns how many."""
        if not self._is_chosen():
            return 0
        try:
            return self._look_around(self._names())
        finally:
            self._rest()

    def _look_around(self, names: Sequence[str]) -> int:
        self._looks = {name: self._looks[name] for name in names if name in self._looks}
        looked = 0
        for name in names:
            if self._stopping.is_set():
                break
            known = self._looks.get(name)
            if known is None or known.is_over(self._clock.now()):
                self._looks[name] = _Look(self._clock.now(), self._look_at(name))
                looked += 1
        return looked

    def _look_at(self, name: str) -> datetime | None:
        try:
            return self._run_due(name)
        except Exception as error:  # noqa: BLE001 - one tenant's trouble is not the others'
            self._failed(name, error)
            return None

    def _live(self) -> None:
        while not self._stopping.wait(self._tick_s):
            try:
                self.tick()
            except Exception as error:  # noqa: BLE001 - a store that is away comes back; the thread must still be here
                self._failed("", error)

    def _is_chosen(self) -> bool:
        if self._handle is not None:
            return True
        self._lock.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True
