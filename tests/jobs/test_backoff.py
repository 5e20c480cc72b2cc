"""How long to wait: the schedule of the standard, chance within bounds, and what a peer asks for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.jobs import backoff

NOW = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)


def test_the_standard_schedule_is_ten_tries_in_75_hours() -> None:
    waits = [backoff.delay_seconds(backoff.STANDARD, attempt, 0.5) for attempt in range(1, 10)]
    assert sum(waits) == 75 * 3600 + 35 * 60 + 5
    assert backoff.schedule(" ".join(map(str, backoff.STANDARD))) == backoff.STANDARD


@given(
    delays=st.lists(st.integers(0, backoff.LONGEST_DELAY), min_size=1, max_size=50),
    attempt=st.integers(1, 100),
    chance=st.floats(0, 1),
)
def test_chance_moves_a_delay_by_a_seventh_at_most(delays: list[int], attempt: int, chance: float) -> None:
    plain = delays[min(attempt, len(delays)) - 1]
    found = backoff.delay_seconds(delays, attempt, chance)
    assert plain * 0.849 <= found <= plain * 1.151


def test_an_endpoint_rests_longer_and_longer_up_to_a_minute() -> None:
    assert [backoff.rest_seconds(n, 1.0) for n in (1, 2, 3, 6, 7, 8, 10_000)] == [1, 2, 4, 32, 60, 60, 60]
    assert backoff.rest_seconds(7, 0.0) == 30


@pytest.mark.parametrize(
    "text", ["", " ", "a", "-1", "1.5", "1,2", "604801", " ".join(["1"] * 51), "9" * 500, "²"]
)
def test_what_is_no_schedule(text: str) -> None:
    assert not backoff.is_schedule(text)


@pytest.mark.parametrize("text", ["0", "5 300", " 1  2 ", "604800"])
def test_what_is_a_schedule(text: str) -> None:
    assert backoff.is_schedule(text)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0),
        (" 120 ", 120),
        ("999999999999", 86_400),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("Tue, 01 Jan 2030 12:00:30 GMT", 30),
        ("Tue, 01 Jan 2030 11:00:00 GMT", 0),
        ("Tue, 01 Jan 2030 13:00:30 +0100", 30),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400),
        ("Tue, 99 Jan 2030 12:00:30 GMT", None),
        ("x" * 100, None),
    ],
)
def test_what_a_peer_asks_for(value: str | None, seconds: float | None) -> None:
    assert backoff.retry_after_seconds(value, NOW) == seconds
