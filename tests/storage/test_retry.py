"""Calls that collided are run again; nothing else is."""

from __future__ import annotations

import pytest

from entrepot.errors import ConflictError, TenantUnavailable
from entrepot.storage.retry import LONGEST_PAUSE_SECONDS, pause_seconds, retrying
from entrepot.storage.violations import SerializationFailure, StoreUnavailable, UniqueViolation


def failing(*errors):
    left = list(errors)

    def work():
        if left:
            raise left.pop(0)
        return "done"

    return work


def test_a_collision_is_repeated_until_it_succeeds():
    seen, slept = [], []
    work = failing(SerializationFailure(), StoreUnavailable(repeatable=True))
    assert (
        retrying(work, 5, lambda attempt, error: seen.append((attempt, type(error))), slept.append) == "done"
    )
    assert seen == [(1, SerializationFailure), (2, StoreUnavailable)]
    assert len(slept) == 2


def test_the_last_collision_is_a_conflict():
    with pytest.raises(ConflictError):
        retrying(failing(*[SerializationFailure()] * 3), 3, sleep=lambda _: None)


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_lost_database_is_unavailable(repeatable):
    slept = []
    with pytest.raises(TenantUnavailable):
        retrying(failing(*[StoreUnavailable(repeatable=repeatable)] * 3), 3, sleep=slept.append)
    assert len(slept) == (2 if repeatable else 0)


@pytest.mark.parametrize("error", [UniqueViolation(), KeyError()])
def test_other_errors_pass(error):
    with pytest.raises(type(error)):
        retrying(failing(error), 3, sleep=lambda _: None)


def test_pauses_grow_and_stay_bounded():
    assert all(0 < pause_seconds(attempt) <= LONGEST_PAUSE_SECONDS for attempt in range(1, 40))
    assert max(pause_seconds(1) for _ in range(50)) < min(pause_seconds(12) for _ in range(50))
