"""Names kept to one transaction: nobody is lost, nobody reads what a former holder has overtaken."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from entrepot.storage.abc import Store
from entrepot.storage.locks import LOCKS, SLOTS, slots
from entrepot.storage.retry import retrying
from entrepot.storage.schema import TableColumn, TableSchema, apply
from entrepot.storage.violations import ReadOnlyViolation, SerializationFailure

TRIES = 5
THREADS = 16


@pytest.fixture
def counters(store: Store) -> Store:
    """Numbers that are only ever inserted, so that no row of theirs makes writers collide."""
    with store.transaction(readonly=False) as tx:
        apply(tx, [LOCKS, TableSchema("number", (TableColumn("value", "integer"),))])
    return store


def test_slots_are_the_same_everywhere_and_bounded() -> None:
    assert slots(["stock.quant,1,2"]) == slots(["stock.quant,1,2"])
    assert all(0 <= slot < SLOTS for slot in slots(map(str, range(1000))))


def test_a_reader_locks_nothing(counters: Store) -> None:
    with counters.transaction(readonly=True) as tx, pytest.raises(ReadOnlyViolation):
        tx.lock(["one"])


def test_the_same_name_may_be_locked_twice_by_its_holder(counters: Store) -> None:
    with counters.transaction(readonly=False) as tx:
        tx.lock(["one", "two"])
        tx.lock(["two", "three"])


def test_who_decides_under_a_lock_has_seen_what_former_holders_did(counters: Store) -> None:
    """Each takes the highest number plus one; without the lock several would take the same one."""
    start = Barrier(THREADS)

    def one(_: int) -> int:
        held: frozenset[int] = frozenset()
        tries = 0

        def work() -> None:
            nonlocal tries
            tries += 1
            with counters.transaction(readonly=False, locks=held) as tx:
                tx.fetch("SELECT count(*) FROM number")
                tx.lock(["the highest"])
                (highest,) = tx.fetch("SELECT coalesce(max(value), 0) FROM number")[0]
                tx.insert("number", ["value"], ["integer"], [[highest + 1]])

        def collided(_: int, error: Exception) -> None:
            nonlocal held
            assert isinstance(error, SerializationFailure)
            held = error.locks

        start.wait()
        for _ in range(3):
            held, tries = frozenset(), 0
            retrying(work, TRIES, collided)
            assert tries <= TRIES
        return tries

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, range(THREADS)))
    with counters.transaction(readonly=True) as tx:
        values = [value for (value,) in tx.fetch("SELECT value FROM number ORDER BY value")]
    assert values == list(range(1, THREADS * 3 + 1))


def test_locks_end_with_their_transaction_also_when_it_fails(counters: Store) -> None:
    def fails() -> None:
        with counters.transaction(readonly=False, locks=slots(["one"])) as tx:
            tx.lock(["one"])
            raise ZeroDivisionError

    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            fails()
    with counters.transaction(readonly=False) as tx:
        tx.lock(["one"])


def test_two_that_want_the_same_two_in_other_orders_both_end(counters: Store) -> None:
    start = Barrier(2)

    def one(names: list[str]) -> None:
        held: frozenset[int] = frozenset()

        def work() -> None:
            with counters.transaction(readonly=False, locks=held) as tx:
                for name in names:
                    tx.lock([name])
                    tx.insert("number", ["value"], ["integer"], [[1]])

        def collided(_: int, error: Exception) -> None:
            nonlocal held
            assert isinstance(error, SerializationFailure)
            held = error.locks

        start.wait()
        for _ in range(10):
            held = frozenset()
            retrying(work, TRIES, collided)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, [["a", "b"], ["b", "a"]]))
    with counters.transaction(readonly=True) as tx:
        assert tx.fetch("SELECT count(*) FROM number") == [(40,)]
