"""Calls whose transaction collided with another one are run again, whole."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from entrepot.errors import ConflictError, TenantUnavailable
from entrepot.storage.violations import SerializationFailure, StoreUnavailable

T = TypeVar("T")
Observer = Callable[[int, Exception], None]
"""Told the number of the try that failed (from 1) and why, before each repetition."""

FIRST_PAUSE_SECONDS = 0.004
LONGEST_PAUSE_SECONDS = 0.4


def retrying(
    work: Callable[[], T],
    tries: int,
    observe: Observer | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> T:
    """Run `work` (one transaction, begun and ended inside) up to `tries` times while it collides.

    Pauses double and are drawn at random, so that two callers do not meet again; a try that will wait for locks
    needs none. Raises ConflictError when
    the last try collided too, and TenantUnavailable when the database cannot be reached or was lost in the
    moment of commit.
    """
    for attempt in range(1, tries + 1):
        try:
            return work()
        except SerializationFailure as error:
            if attempt == tries:
                raise ConflictError from error
            failure: Exception = error
        except StoreUnavailable as error:
            if attempt == tries or not error.repeatable:
                raise TenantUnavailable from error
            failure = error
        if observe is not None:
            observe(attempt, failure)
        if not getattr(failure, "locks", None):
            sleep(pause_seconds(attempt))
    raise ValueError("tries must be at least 1")


def pause_seconds(attempt: int) -> float:
    """How long to wait after the n-th try (from 1)."""
    longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**attempt)
    return random.uniform(longest / 4, longest)  # noqa: S311 - jitter, no secret
