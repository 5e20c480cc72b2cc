"""Sequences spell their numbers from the parts of a moment, and say which part they do not know."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from entrepot.addons.base.numbering import Reset, interpolate, number_text, period_start

MOMENT = datetime(2026, 3, 7, 15, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("", ""),
        ("P", "P"),
        ("EX/%(year)s/", "EX/2026/"),
        ("%(y)s%(month)s%(day)s", "260307"),
        ("%(range_year)s-%(current_month)s", "2026-03"),
        ("%(doy)s %(weekday)s %(h24)s:%(min)s:%(sec)s %(h12)s", "066 6 15:04:05 03"),
        ("100%%", "100%"),
    ],
)
def test_places_are_filled(pattern: str, text: str) -> None:
    assert interpolate(pattern, MOMENT) == text


@pytest.mark.parametrize("pattern", ["%(yaer)s", "%(year)d", "100%", "%s", "%(year", "%()s", "%(__class__)s"])
def test_unknown_places_are_named(pattern: str) -> None:
    with pytest.raises(ValueError, match="means nothing"):
        interpolate(pattern, MOMENT)


def test_numbers_are_padded_and_grow_past_the_padding() -> None:
    assert number_text("P", 1, 5, "", MOMENT) == "P00001"
    assert number_text("P", 1234567, 5, "", MOMENT) == "P1234567"
    assert number_text("", 7, 0, "/%(y)s", MOMENT) == "7/26"
    assert number_text("", 7, 10**9, "", MOMENT) == "7".zfill(40)


@pytest.mark.parametrize(
    ("reset", "start"),
    [("never", None), ("year", date(2026, 1, 1)), ("month", date(2026, 3, 1)), ("day", date(2026, 3, 7))],
)
def test_periods_begin_on_their_first_day(reset: Reset, start: date | None) -> None:
    assert period_start(date(2026, 3, 7), reset) == start
