"""The threads that send: told at once, bounded, nobody held up by another, one process of several."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from entrepot.clock import FixedClock
from entrepot.jobs.outbox import LANES, LOOK, Due, DueEndpoint, Sending
from entrepot.jobs.wakeups import Wakeups

START = datetime(2030, 1, 1, tzinfo=UTC)


class Place:
    """Tenants with messages for endpoints; delivering one takes it away."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.tenants: list[str] = []
        self.waiting: Counter[tuple[str, int]] = Counter()
        self.in_trouble: set[tuple[str, int]] = set()
        self.next: dict[str, datetime] = {}
        self.looks: list[str] = []
        self.failures: list[tuple[str, str]] = []
        self.held = threading.Event()
        self.held.set()
        self.slow: set[tuple[str, int]] = set()
        self.running: Counter[tuple[str, int]] = Counter()
        self.most: Counter[tuple[str, int]] = Counter()
        self.lock = threading.Condition()
        self.sent: list[tuple[str, int]] = []

    def names(self) -> list[str]:
        return sorted(self.tenants)

    def look(self, name: str) -> Due:
        with self.lock:
            self.looks.append(name)
            self.lock.notify_all()
        if name == "broken":
            raise RuntimeError("no such table")
        with self.lock:
            found = tuple(
                DueEndpoint(endpoint, count, (tenant, endpoint) in self.in_trouble)
                for (tenant, endpoint), count in sorted(self.waiting.items())
                if tenant == name and count
            )
        return Due(found, self.next.get(name))

    def deliver(self, name: str, endpoint: int, goes_on: Callable[[], bool]) -> int:
        lane = (name, endpoint)
        with self.lock:
            self.running[lane] += 1
            self.most[lane] = max(self.most[lane], self.running[lane])
            self.most["all", 0] = max(self.most["all", 0], sum(self.running.values()))
            self.lock.notify_all()
        tried = 0
        while goes_on():
            with self.lock:
                if not self.waiting[lane]:
                    break
                self.waiting[lane] -= 1
            if lane in self.slow:
                assert self.held.wait(30)
            tried += 1
            with self.lock:
                self.sent.append(lane)
                self.lock.notify_all()
        with self.lock:
            self.running[lane] -= 1
        return tried

    def failed(self, tenant: str, error: Exception) -> None:
        self.failures.append((tenant, str(error)))

    def wait_for(self, condition: Callable[[], bool]) -> None:
        with self.lock:
            assert self.lock.wait_for(condition, 30)


@pytest.fixture
def place() -> Place:
    return Place(FixedClock(START))


@pytest.fixture
def make(place: Place, tmp_path: Path) -> Iterator[Callable[..., Sending]]:
    made: list[Sending] = []

    def sending(threads: int = 8) -> Sending:
        made.append(
            Sending(
                place.names,
                place.look,
                place.deliver,
                Wakeups(tmp_path / "outbox"),
                place.clock,
                tmp_path / "outbox.lock",
                place.failed,
                threads=threads,
                tick_s=0.01,
            )
        )
        return made[-1]

    yield sending
    place.held.set()
    for each in made:
        each.stop()


def test_what_is_told_leaves_at_once(place: Place, make: Callable[..., Sending], tmp_path: Path) -> None:
    place.tenants = ["a", "b"]
    make().start()
    place.wait_for(lambda: len(place.looks) >= 2)
    place.waiting["b", 1] = 1
    began = time.monotonic()
    Wakeups(tmp_path / "outbox").signal("b")
    place.wait_for(lambda: bool(place.sent))
    assert time.monotonic() - began < 1
    assert place.sent == [("b", 1)]


def test_a_quiet_tenant_is_left_alone(place: Place, make: Callable[..., Sending]) -> None:
    place.tenants = ["quiet", "later"]
    place.next["later"] = START + timedelta(seconds=30)
    sending = make()
    for _ in range(5):
        sending.tick()
    assert sorted(place.looks) == ["later", "quiet"]
    place.clock.moment += timedelta(seconds=30)
    place.next.clear()
    sending.tick()
    assert place.looks[2:] == ["later"]
    place.clock.moment += LOOK
    sending.tick()
    assert sorted(place.looks[3:]) == ["later", "quiet"]


def test_a_tenant_that_is_gone_is_looked_at_once_more(
    place: Place, make: Callable[..., Sending], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("entrepot.jobs.outbox.NAMES_SECONDS", 0.0)
    place.tenants = ["stays", "goes"]
    sending = make()
    sending.tick()
    place.tenants = ["stays"]
    for _ in range(5):
        sending.tick()
    assert place.looks == ["goes", "stays", "goes"]


def test_a_dead_peer_holds_up_nobody(place: Place, make: Callable[..., Sending]) -> None:
    place.tenants = ["a"]
    place.held.clear()
    for endpoint in range(20):
        place.waiting["a", endpoint] = 5
        place.slow.add(("a", endpoint))
        place.in_trouble.add(("a", endpoint))
    place.waiting["a", 99] = 50
    make(threads=4).start()
    place.wait_for(lambda: place.sent.count(("a", 99)) == 50)
    assert set(place.sent) == {("a", 99)}
    assert place.most["all", 0] <= 4


def test_an_endpoint_has_a_few_lanes_and_one_in_trouble_a_single_one(
    place: Place, make: Callable[..., Sending]
) -> None:
    place.tenants = ["a"]
    place.held.clear()
    for endpoint in (1, 2):
        place.waiting["a", endpoint] = 100
        place.slow.add(("a", endpoint))
    place.in_trouble.add(("a", 2))
    make(threads=32).start()
    place.wait_for(lambda: place.running["a", 1] == LANES and place.running["a", 2] == 1)
    time.sleep(0.1)
    assert (place.most["a", 1], place.most["a", 2]) == (LANES, 1)


def test_one_tenants_trouble_is_not_the_others(place: Place, make: Callable[..., Sending]) -> None:
    place.tenants = ["a", "broken", "z"]
    place.waiting["a", 1] = place.waiting["z", 1] = 1
    make().start()
    place.wait_for(lambda: len(place.sent) == 2)
    assert ("broken", "no such table") in place.failures


def test_one_of_two_sends_and_the_other_takes_over(place: Place, make: Callable[..., Sending]) -> None:
    place.tenants = ["a"]
    first, second = make(), make()
    place.waiting["a", 1] = 1
    assert (first.tick(), second.tick()) == (1, 0)
    first.stop()
    place.waiting["a", 1] = 1
    second.start()
    place.wait_for(lambda: len(place.sent) == 2)


def test_stopping_lets_what_is_on_its_way_end(place: Place, make: Callable[..., Sending]) -> None:
    place.tenants = ["a"]
    place.held.clear()
    place.waiting["a", 1] = 3
    place.slow.add(("a", 1))
    sending = make(threads=1)
    sending.start()
    place.wait_for(lambda: place.running["a", 1] == 1)
    stopper = threading.Thread(target=sending.stop)
    stopper.start()
    time.sleep(0.05)
    place.held.set()
    stopper.join(30)
    assert place.sent == [("a", 1)]
    assert sending.busy == 0


def test_one_that_says_due_and_gives_nothing_does_not_spin(
    place: Place, make: Callable[..., Sending]
) -> None:
    place.tenants = ["a"]
    place.look = lambda name: place.looks.append(name) or Due((DueEndpoint(1, 1, in_trouble=False),))  # type: ignore[method-assign,func-returns-value]  # always due
    make().start()
    place.wait_for(lambda: len(place.looks) >= 3)
    before = len(place.looks)
    time.sleep(0.5)
    assert len(place.looks) - before < 20
