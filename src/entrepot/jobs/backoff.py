"""How long to wait after a failure: pure arithmetic of seconds, with chance handed in.

A message follows its endpoint's schedule, each delay a little longer or shorter so that a thousand messages do not come
back in one moment. An endpoint that does not answer at all rests as a whole in between, so that its queue is not tried
message by message.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

STANDARD = (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""The example of Standard Webhooks: ten tries in 75 hours, the first one at once."""
JITTER = 0.15
MOST_DELAYS = 50
LONGEST_DELAY = 7 * 86_400
LONGEST_RETRY_AFTER = 86_400
FIRST_REST, LONGEST_REST = 1.0, 60.0


def schedule(text: str) -> tuple[int, ...]:
    """Delays in seconds from a text of numbers with blanks between. Raises ValueError."""
    delays = tuple(int(each) for each in text.split())
    if not 1 <= len(delays) <= MOST_DELAYS or not all(0 <= each <= LONGEST_DELAY for each in delays):
        raise ValueError(f"1 to {MOST_DELAYS} delays of 0 to {LONGEST_DELAY} seconds")
    return delays


def is_schedule(text: str) -> bool:
    """Whether `schedule` understands a text."""
    if len(text) > MOST_DELAYS * 8 or not all(each.isascii() and each.isdigit() for each in text.split()):
        return False
    try:
        schedule(text)
    except ValueError:
        return False
    return True


def delay_seconds(delays: Sequence[int], attempt: int, chance: float) -> float:
    """How long to wait after the n-th try (from 1); the last delay repeats. `chance`: 0 to 1, drawn at random."""
    return delays[min(attempt, len(delays)) - 1] * (1 - JITTER + 2 * JITTER * chance)


def rest_seconds(failures: int, chance: float) -> float:
    """How long an endpoint rests after so many failures in a row (from 1): 1, 2, 4 … 60 seconds, at least half of it."""
    longest = min(FIRST_REST * 2.0 ** min(failures - 1, 30), LONGEST_REST)
    return longest * (0.5 + 0.5 * chance)


def retry_after_seconds(value: str | None, now: datetime) -> float | None:
    """What a `Retry-After` header asks for: seconds or a date; None without a sensible one, a day at most.

    Source: RFC 9110 section 10.2.3.
    """
    text = (value or "").strip()
    if not text or len(text) > 64:
        return None
    if text.isascii() and text.isdigit():
        return float(min(int(text), LONGEST_RETRY_AFTER))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_RETRY_AFTER)
