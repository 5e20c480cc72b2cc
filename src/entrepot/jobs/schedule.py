"""When something that repeats is due next: pure arithmetic of moments in UTC."""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta

STEPS = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
    "weeks": timedelta(weeks=1),
}
"""Units that are equally long each time; months are not."""


def next_call(last: datetime, number: int, unit: str, now: datetime) -> datetime:
    """The first moment after `now` that lies a whole number of periods after `last`.

    Periods that were missed are skipped, not made up for. A month that is too short ends earlier (31 January and one
    month is 28 or 29 February). Raises ValueError for a period that is none.
    """
    if number < 1:
        raise ValueError(f"a period is at least 1 long, not {number}")
    if unit == "months":
        periods = max((now.year - last.year) * 12 + now.month - last.month, 0) // number
        while (moment := _months_later(last, periods * number)) <= now or periods == 0:
            periods += 1
        return moment
    if unit not in STEPS:
        raise ValueError(f"a period is in {', '.join(STEPS)} or months, not {unit!r}")
    step = STEPS[unit] * number
    return last + step * max((now - last) // step + 1, 1)


def _months_later(moment: datetime, months: int) -> datetime:
    month = moment.month - 1 + months
    year, month = moment.year + month // 12, month % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))
