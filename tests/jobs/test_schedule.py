"""When something that repeats is due next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.jobs.schedule import next_call


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "number", "unit", "now", "wanted"),
    [
        ("2024-01-01 00:00", 1, "minutes", "2024-01-01 00:00", "2024-01-01 00:01"),
        ("2024-01-01 00:00", 5, "minutes", "2024-01-01 00:12", "2024-01-01 00:15"),
        ("2024-01-01 06:30", 1, "days", "2024-01-01 06:30", "2024-01-02 06:30"),
        ("2024-01-01 06:30", 1, "days", "2024-01-09 06:29", "2024-01-09 06:30"),
        ("2024-01-01 06:30", 1, "days", "2024-01-09 06:30", "2024-01-10 06:30"),
        ("2024-01-01 06:30", 2, "weeks", "2024-01-02 00:00", "2024-01-15 06:30"),
        ("2024-01-31 08:00", 1, "months", "2024-01-31 08:00", "2024-02-29 08:00"),
        ("2023-01-31 08:00", 1, "months", "2023-01-31 09:00", "2023-02-28 08:00"),
        ("2023-01-31 08:00", 3, "months", "2024-12-31 00:00", "2025-01-31 08:00"),
        ("2023-11-15 08:00", 2, "months", "2023-12-01 00:00", "2024-01-15 08:00"),
        ("2024-06-01 00:00", 1, "hours", "2024-01-01 00:00", "2024-06-01 01:00"),
        ("2024-06-01 00:00", 1, "months", "2024-01-01 00:00", "2024-07-01 00:00"),
    ],
)
def test_missed_periods_are_skipped(last: str, number: int, unit: str, now: str, wanted: str) -> None:
    assert next_call(at(last), number, unit, at(now)) == at(wanted)


@pytest.mark.parametrize(("number", "unit"), [(0, "days"), (-1, "months"), (1, "fortnights"), (1, "")])
def test_a_period_that_is_none_is_refused(number: int, unit: str) -> None:
    with pytest.raises(ValueError, match="period"):
        next_call(at("2024-01-01 00:00"), number, unit, at("2024-01-01 00:00"))


@given(
    st.integers(0, 20_000_000),
    st.integers(0, 20_000_000),
    st.integers(1, 40),
    st.sampled_from(["minutes", "hours", "days", "weeks", "months"]),
)
def test_the_next_is_after_now_and_after_the_last_and_no_later_than_a_period(
    last_minutes: int, now_minutes: int, number: int, unit: str
) -> None:
    start = at("2000-01-01 00:00")
    last, now = start + timedelta(minutes=last_minutes), start + timedelta(minutes=now_minutes)
    found = next_call(last, number, unit, now)
    longest = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
    longest |= {"weeks": timedelta(weeks=1), "months": timedelta(days=31)}
    assert found > now
    assert found > last
    assert found <= max(now, last) + longest[unit] * number
