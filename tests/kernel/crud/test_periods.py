from __future__ import annotations

import datetime as dt

import pytest

from entrepot.kernel.crud.periods import GRAINS, bound, following, label, read


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("start", "grain", "is_date", "after"),
    [
        ("2026-12-31 23:00", "hour", False, "2027-01-01 00:00"),
        ("2026-12-31", "hour", True, "2027-01-01"),
        ("2024-02-28", "day", True, "2024-02-29"),
        ("2026-12-28", "week", True, "2027-01-04"),
        ("2026-12-01", "month", True, "2027-01-01"),
        ("2026-10-01", "quarter", False, "2027-01-01"),
        ("2026-01-01", "year", False, "2027-01-01"),
    ],
)
def test_the_next_period_begins_where_this_one_ends(start, grain, is_date, after):
    assert following(at(start), grain, is_date=is_date) == at(after)


@pytest.mark.parametrize("grain", GRAINS)
def test_after_the_last_period_comes_none(grain):
    start = {"hour": "9999-12-31 23:00", "month": "9999-12-01", "quarter": "9999-10-01", "year": "9999-01-01"}
    assert following(at(start.get(grain, "9999-12-31")), grain, is_date=False) is None


@pytest.mark.parametrize(
    ("grain", "lang", "text"),
    [
        ("hour", "en_US", "02:00 22 Nov"),
        ("day", "en_US", "22 Nov 2026"),
        ("week", "en_US", "W48 2026"),
        ("month", "en_US", "November 2026"),
        ("quarter", "en_US", "Q4 2026"),
        ("year", "en_US", "2026"),
        ("month", "de_DE", "November 2026"),
        ("month", "fr_FR", "novembre 2026"),
        ("month", "es_419", "noviembre 2026"),
        ("month", "sr@latin", "novembar 2026"),
        ("month", "sr@Cyrl", "новембар 2026"),
        ("month", "xx_YY", "November 2026"),
        ("quarter", "ja_JP", "Q4 2026"),
    ],
)
def test_a_period_is_called_as_the_language_calls_it(grain, lang, text):
    assert label(at("2026-11-22 02:00"), grain, lang) == text


@pytest.mark.parametrize(
    ("moment", "tz", "utc"),
    [
        ("2026-01-01 00:00", None, "2026-01-01 00:00:00"),
        ("2026-01-01 00:00", "Europe/Paris", "2025-12-31 23:00:00"),
        ("2026-07-01 00:00", "Europe/Paris", "2026-06-30 22:00:00"),
        ("2026-07-01 00:00", "America/New_York", "2026-07-01 04:00:00"),
        ("2018-11-04 00:00", "America/Sao_Paulo", "2018-11-04 03:00:00"),  # that midnight did not happen
        ("0001-01-01 00:00", "Asia/Tokyo", "0001-01-01 00:00:00"),
    ],
)
def test_a_local_moment_is_told_in_utc(moment, tz, utc):
    assert bound(at(moment), is_date=False, tz=tz) == utc
    assert bound(at(moment), is_date=True, tz=tz) == moment[:10]


def test_what_stores_cut_is_read_back():
    assert read("2026-02-01") == at("2026-02-01")
    assert read("2026-02-01 05:00:00") == at("2026-02-01 05:00")
