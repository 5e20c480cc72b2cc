import threading

import pytest
from hypothesis import given
from hypothesis import strategies as some

from entrepot.auth.remembered import Remembered

WHO = ("acme", 7, "$hash$1", "secret")


@pytest.fixture
def remembered(seconds) -> Remembered:
    return Remembered(300, cap=3, clock=seconds)


def test_a_proven_password_is_known_until_its_time_is_over(remembered, seconds):
    assert not remembered.knows(*WHO)
    remembered.remember(*WHO)
    seconds.now += 299
    assert remembered.knows(*WHO)
    seconds.now += 1
    assert not remembered.knows(*WHO)
    assert len(remembered) == 0


@pytest.mark.parametrize(
    "other",
    [
        ("other", 7, "$hash$1", "secret"),
        ("acme", 8, "$hash$1", "secret"),
        ("acme", 7, "$hash$2", "secret"),
        ("acme", 7, "$hash$1", "Secret"),
        ("acme", 7, "$hash$1", ""),
        ("acme", 7, "$hash$1s", "ecret"),
        ("acme", 7, "$hash$1", "x" * 10_000_000),
        ("acme", 7, "$hash$1", "\ud800"),
    ],
    ids=["tenant", "user", "changed hash", "password", "empty", "shifted letters", "huge", "surrogate"],
)
def test_anything_else_is_not_known_and_forgets_nothing(remembered, other):
    remembered.remember(*WHO)
    assert not remembered.knows(*other)
    assert remembered.knows(*WHO)


def test_the_least_recently_used_leaves_first(remembered):
    for uid in (1, 2, 3):
        remembered.remember("acme", uid, "h", "p")
    assert remembered.knows("acme", 1, "h", "p")
    remembered.remember("acme", 4, "h", "p")
    assert [uid for uid in (1, 2, 3, 4) if remembered.knows("acme", uid, "h", "p")] == [1, 3, 4]


def test_a_tenant_can_be_forgotten(remembered):
    remembered.remember("acme", 1, "h", "p")
    remembered.remember("other", 1, "h", "p")
    remembered.forget("acme")
    assert not remembered.knows("acme", 1, "h", "p")
    assert remembered.knows("other", 1, "h", "p")


def test_a_time_to_live_of_zero_remembers_nothing(seconds):
    remembered = Remembered(0, clock=seconds)
    remembered.remember(*WHO)
    assert not remembered.knows(*WHO)


def test_neither_password_nor_unkeyed_digest_is_kept(remembered):
    remembered.remember(*WHO)
    assert "secret" not in repr(vars(remembered))
    twin = Remembered(300)
    twin.remember(*WHO)
    assert twin._proven["acme", 7][0] != remembered._proven["acme", 7][0]


@given(
    some.tuples(some.text(max_size=5), some.integers(), some.text(max_size=5), some.text(max_size=5)),
    some.tuples(some.text(max_size=5), some.integers(), some.text(max_size=5), some.text(max_size=5)),
)
def test_two_different_claims_never_share_a_digest(one, other):
    remembered = Remembered(300)
    assert (remembered._digest(*one) == remembered._digest(*other)) == (one == other)


def test_threads_may_remember_and_ask_together():
    remembered = Remembered(300, cap=5)
    failures: list[Exception] = []

    def work(seed: int) -> None:
        try:
            for turn in range(2000):
                uid = (turn * seed) % 9
                remembered.remember("acme", uid, "h", "p")
                remembered.knows("acme", (uid + 1) % 9, "h", "p")
        except Exception as error:  # noqa: BLE001 - any failure is one
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (1, 2, 5, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert len(remembered) <= 5
