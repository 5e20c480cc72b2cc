"""The thread that runs what is due: one of a server's processes, looking no oftener than it must."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from entrepot.clock import FixedClock
from entrepot.jobs.cron import LOOK, Runner

START = datetime(2024, 1, 1, tzinfo=UTC)


class Place:
    """Tenants with a moment when something is due in each; running it moves that by an hour."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.due: dict[str, datetime | None] = {}
        self.looks: list[str] = []
        self.ran: list[str] = []
        self.failures: list[tuple[str, str]] = []

    def names(self) -> list[str]:
        return sorted(self.due)

    def run_due(self, name: str) -> datetime | None:
        self.looks.append(name)
        if name == "broken":
            raise RuntimeError("no such table")
        due = self.due[name]
        if due is not None and due <= self.clock.now():
            self.ran.append(name)
            due = self.due[name] = self.clock.now() + timedelta(hours=1)
        return due

    def failed(self, tenant: str, error: Exception) -> None:
        self.failures.append((tenant, str(error)))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture
def place(clock: FixedClock) -> Place:
    return Place(clock)


@pytest.fixture
def make(place: Place, tmp_path: Path) -> Iterator[Callable[..., Runner]]:
    made: list[Runner] = []

    def runner(tick_s: float = 60.0) -> Runner:
        lock = tmp_path / "run" / "cron.lock"
        made.append(Runner(place.names, place.run_due, place.clock, lock, place.failed, tick_s=tick_s))
        return made[-1]

    yield runner
    for each in made:
        each.stop()


def test_what_is_due_runs_once(place: Place, clock: FixedClock, make: Callable[..., Runner]) -> None:
    place.due = {"a": START, "b": START + timedelta(minutes=2), "c": None}
    runner = make()
    assert runner.tick() == 3
    assert place.ran == ["a"]
    assert runner.tick() == 0
    clock.moment += timedelta(minutes=2)
    assert runner.tick() == 1
    assert place.ran == ["a", "b"]


def test_a_quiet_tenant_is_left_alone_for_some_minutes(
    place: Place, clock: FixedClock, make: Callable[..., Runner]
) -> None:
    place.due = {"quiet": None}
    runner = make()
    for _ in range(10):
        runner.tick()
        clock.moment += LOOK / 10
    assert place.looks == ["quiet"]
    place.due["quiet"] = START
    runner.tick()
    assert place.ran == ["quiet"]


def test_a_new_tenant_is_looked_at_at_once_and_a_dropped_one_forgotten(
    place: Place, make: Callable[..., Runner]
) -> None:
    place.due = {"old": None}
    runner = make()
    runner.tick()
    place.due = {"new": START}
    runner.tick()
    place.due = {"old": START}
    runner.tick()
    assert place.looks == ["old", "new", "old"]


def test_one_tenants_trouble_is_not_the_others(place: Place, make: Callable[..., Runner]) -> None:
    place.due = {"a": START, "broken": START, "z": START}
    make().tick()
    assert place.ran == ["a", "z"]
    assert place.failures == [("broken", "no such table")]


def test_one_of_two_runs_and_the_other_takes_over(place: Place, make: Callable[..., Runner]) -> None:
    place.due = {"a": START}
    first, second = make(), make()
    assert (first.tick(), second.tick()) == (1, 0)
    first.stop()
    place.due = {"b": START}
    assert second.tick() == 1
    assert place.ran == ["a", "b"]


def test_it_wakes_by_itself_and_survives_a_store_that_is_away(
    place: Place, make: Callable[..., Runner]
) -> None:
    woken = threading.Event()
    tries = iter([1])

    def names() -> list[str]:
        if next(tries, None):
            raise OSError("away")
        woken.set()
        return []

    place.names = names  # type: ignore[method-assign]  # this place answers otherwise
    runner = make(tick_s=0.01)
    runner.start()
    assert woken.wait(30)
    runner.stop()
    assert place.failures == [("", "away")]


def test_stopping_waits_for_a_job_in_flight_and_begins_no_other(
    place: Place, make: Callable[..., Runner]
) -> None:
    place.due = {"a": START, "b": START}
    began, go_on = threading.Event(), threading.Event()
    original = place.run_due

    def slow(name: str) -> datetime | None:
        began.set()
        assert go_on.wait(30)
        return original(name)

    place.run_due = slow  # type: ignore[method-assign]  # this place is slow
    runner = make(tick_s=0.01)
    runner.start()
    assert began.wait(30)
    stopper = threading.Thread(target=runner.stop)
    stopper.start()
    go_on.set()
    stopper.join(30)
    assert not stopper.is_alive()
    assert place.ran == ["a"]
