"""The threads that send: one looks, the others deliver; in one process of a server.

The processes of a server agree by a lock on a file, as for scheduled actions; when the one that holds it dies, another
takes over within a second. Whoever commits a message leaves a mark (`wakeups`), so a tenant is looked at within a tenth
of a second; without one it is looked at when something in it is due, and every few minutes.

A *lane* delivers to one endpoint, a message after the other. An endpoint has one lane, and more while it takes messages
well; an endpoint in trouble, and all further lanes, may hold only half of the threads, so that however many peers are
slow or dead, there is a thread for the others.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from entrepot.clock import Clock
from entrepot.jobs.wakeups import Wakeups

TICK_SECONDS = 0.1
LOOK = timedelta(minutes=5)
"""How long a tenant is left alone that nobody told of and where nothing is due."""
CHOOSE_SECONDS = 1.0
"""How often a process asks whether the one that sends is gone."""
NAMES_SECONDS = 10.0
"""How often the list of tenants is read."""
TURN_SECONDS = 2.0
"""How long a lane goes on before it makes room for another."""
IDLE_SECONDS = 1.0
"""How long what is due but cannot begin now waits at most until it is looked at again."""
AT_ONCE = 20
"""Tenants that nobody told of and that are looked at in one go."""
STOP_SECONDS = 25.0
LANES = 4
"""Messages that are on their way to one endpoint at the same time."""


FRUITLESS = 3
"""So many lanes in a row that had nothing to do, and an endpoint is left alone for a moment."""


@dataclass(frozen=True, slots=True)
class DueEndpoint:
    """An endpoint with something due: how many messages could leave at once, and whether it is in trouble."""

    id: int
    messages: int
    in_trouble: bool


@dataclass(frozen=True, slots=True)
class Due:
    """What a tenant has to send now, and when there will be more."""

    endpoints: tuple[DueEndpoint, ...] = ()
    next: datetime | None = None


Lane: TypeAlias = tuple[str, int]
"""A tenant and an endpoint in it."""
Look: TypeAlias = Callable[[str], Due]
Deliver: TypeAlias = Callable[[str, int, Callable[[], bool]], int]
"""Tenant, endpoint, whether to go on -> how many messages were tried."""
Failed: TypeAlias = Callable[[str, Exception], None]


class Sending:
    """Sends the messages of all tenants, if it is the one of its server."""

    def __init__(
        self,
        names: Callable[[], Sequence[str]],
        look: Look,
        deliver: Deliver,
        wakeups: Wakeups,
        clock: Clock,
        lock: Path,
        failed: Failed,
        *,
        threads: int,
        rest: Callable[[], None] = lambda: None,
        tick_s: float = TICK_SECONDS,
    ) -> None:
        """Nothing runs before `start`. `failed` is told the tenant that could not be looked at, and why; `rest` is
        called once nothing is sent any more.
        """
        self._names = names
        self._look = look
        self._deliver = deliver
        self._wakeups = wakeups
        self._clock = clock
        self._lock_path = lock
        self._failed = failed
        self._threads = threads
        self._rest = rest
        self._tick_s = tick_s
        self._handle: int | None = None
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None
        self._guard = threading.Lock()
        self._lanes: dict[Lane, int] = {}
        self._aside = 0
        """Lanes that count against the half for endpoints in trouble and further lanes."""
        self._again: set[str] = set()
        self._resting: dict[Lane, float] = {}
        self._fruitless: dict[Lane, int] = {}
        self._looks: dict[str, datetime] = {}
        self._known: Sequence[str] = ()
        self._known_at = self._chosen_at = float("-inf")

    def start(self) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._live, name="entrepot-outbox", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Begin no further message, let those on their way end, and give the lock away."""
        self._stopping.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
            self._thread = None
        deadline = time.monotonic() + STOP_SECONDS
        while self.busy and time.monotonic() < deadline:
            time.sleep(0.01)
        self._rest()
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    @property
    def busy(self) -> int:
        """How many lanes there are at the moment."""
        with self._guard:
            return sum(self._lanes.values())

    def tick(self) -> int:
        """Look at what should be looked at, if this is the process to do so. Returns how many lanes began."""
        if not self._is_chosen():
            return 0
        began = 0
        for name in self._to_look_at():
            if self._stopping.is_set():
                break
            began += self._look_at(name)
        return began

    def _to_look_at(self) -> list[str]:
        now, at = self._clock.now(), time.monotonic()
        if at - self._known_at >= NAMES_SECONDS:
            self._known, self._known_at = self._names(), at
            gone = self._looks.keys() - set(self._known)
            self._looks = {name: self._looks[name] for name in self._known if name in self._looks}
        else:
            gone = set()
        with self._guard:
            # A last look at what is gone: whoever keeps account of it learns so.
            told, self._again = self._again | gone, set()
        told.update(self._wakeups.take())
        due = (name for name in self._known if name not in self._looks or self._looks[name] <= now)
        # A server with a thousand tenants begins by looking at all of them; whoever calls meanwhile goes first.
        return list(dict.fromkeys([*sorted(told), *islice(due, AT_ONCE)]))

    def _look_at(self, name: str) -> int:
        now = self._clock.now()
        try:
            due = self._look(name)
        except Exception as error:  # noqa: BLE001 - one tenant's trouble is not the others'
            self._looks[name] = now + LOOK
            self._failed(name, error)
            return 0
        if name not in self._known and not due.endpoints:
            return 0
        self._looks[name] = min(now + LOOK, due.next) if due.next else now + LOOK
        began = 0
        for each in due.endpoints:
            began += self._begin_lanes((name, each.id), each)
        if due.endpoints:
            # What could not begin, or ends without a word: the end of a lane, or this, brings us back.
            self._looks[name] = min(self._looks[name], now + timedelta(seconds=IDLE_SECONDS))
        return began

    def _begin_lanes(self, lane: Lane, due: DueEndpoint) -> int:
        if self._resting.get(lane, 0.0) > time.monotonic():
            return 0
        began = 0
        while began < min(due.messages, LANES) and self._begin(lane, in_trouble=due.in_trouble):
            began += 1
        return began

    def _begin(self, lane: Lane, *, in_trouble: bool) -> bool:
        with self._guard:
            there = self._lanes.get(lane, 0)
            if there >= (1 if in_trouble else LANES) or sum(self._lanes.values()) >= self._threads:
                return False
            aside = in_trouble or there > 0
            if aside and self._aside >= max(self._threads // 2, 1) and self._threads > 1:
                return False
            self._lanes[lane] = there + 1
            self._aside += aside
        thread = threading.Thread(target=self._run, args=(lane, aside), name="entrepot-lane", daemon=True)
        thread.start()
        return True

    def _run(self, lane: Lane, aside: bool) -> None:  # noqa: FBT001 - an argument of a thread
        name, endpoint = lane
        end = time.monotonic() + TURN_SECONDS
        tried = 0
        try:
            tried = self._deliver(
                name, endpoint, lambda: not self._stopping.is_set() and time.monotonic() < end
            )
        except Exception as error:  # noqa: BLE001 - one tenant's trouble is not the others'
            self._failed(name, error)
        finally:
            with self._guard:
                self._fruitless[lane] = 0 if tried else self._fruitless.get(lane, 0) + 1
                if self._fruitless[lane] >= FRUITLESS:
                    self._resting[lane] = time.monotonic() + IDLE_SECONDS
                elif tried:
                    self._resting.pop(lane, None)
                    del self._fruitless[lane]
                self._lanes[lane] -= 1
                if not self._lanes[lane]:
                    del self._lanes[lane]
                self._aside -= aside
                self._again.add(name)
            self._woken.set()

    def _live(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                self.tick()
            except Exception as error:  # noqa: BLE001 - a store that is away comes back; the thread must still be here
                self._failed("", error)
            self._woken.wait(
                self._tick_s if self._handle is not None else min(CHOOSE_SECONDS, self._tick_s * 10)
            )

    def _is_chosen(self) -> bool:
        if self._handle is not None:
            return True
        if time.monotonic() - self._chosen_at < CHOOSE_SECONDS:
            return False
        self._chosen_at = time.monotonic()
        self._lock_path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True
