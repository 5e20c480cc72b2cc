from __future__ import annotations

import pytest

from entrepot.errors import ValidationError
from kernel.conftest import groups

# dates ------------------------------------------------------------------------------------------------------------


def labels(lib, key, **context):
    return [each[key] for each in groups(lib, key, context=context)]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("printed:day", ["31 Dec 2025", "31 Jan 2026", "01 Mar 2026", None]),
        ("printed:week", ["W1 2026", "W5 2026", "W10 2026", None]),
        ("printed:month", ["December 2025", "January 2026", "March 2026", None]),
        ("printed", ["December 2025", "January 2026", "March 2026", None]),
        ("printed:quarter", ["Q4 2025", "Q1 2026", None]),
        ("printed:year", ["2025", "2026", None]),
        ("printed:hour", ["00:00 31 Dec", "00:00 31 Jan", "00:00 01 Mar", None]),
        ("added:hour", ["10:00 31 Jan", "23:00 31 Jan", "00:00 01 Mar", None]),
        ("added:day", ["31 Jan 2026", "01 Mar 2026", None]),
        ("added:week", ["W5 2026", "W10 2026", None]),
        ("added:month", ["January 2026", "March 2026", None]),
        ("added:quarter", ["Q1 2026", None]),
        ("added:year", ["2026", None]),
        ("author_born:year", ["1840", "1870", None]),
    ],
)
def test_a_period_has_the_label_of_the_sheet(lib, key, expected):
    assert labels(lib, key) == expected


@pytest.mark.parametrize(
    ("key", "start", "end"),
    [
        ("printed:day", "2026-01-31", "2026-02-01"),
        ("printed:hour", "2026-01-31", "2026-02-01"),
        ("printed:week", "2026-01-25", "2026-02-01"),
        ("printed:month", "2026-01-01", "2026-02-01"),
        ("printed:quarter", "2026-01-01", "2026-04-01"),
        ("printed:year", "2026-01-01", "2027-01-01"),
        ("added:hour", "2026-01-31 23:00:00", "2026-02-01 00:00:00"),
        ("added:day", "2026-01-31 00:00:00", "2026-02-01 00:00:00"),
        ("added:week", "2026-01-25 00:00:00", "2026-02-01 00:00:00"),
        ("added:month", "2026-01-01 00:00:00", "2026-02-01 00:00:00"),
        ("added:quarter", "2026-01-01 00:00:00", "2026-04-01 00:00:00"),
        ("added:year", "2026-01-01 00:00:00", "2027-01-01 00:00:00"),
    ],
)
def test_a_period_tells_its_range(lib, key, start, end):
    [group] = groups(lib, key, domain=[["key", "=", "alpha"]])
    assert group["__range"] == {key: {"from": start, "to": end}}
    [unset] = groups(lib, key, domain=[["key", "=", "bare"]])
    assert (unset["__range"], unset[key]) == ({key: None}, None)


def test_the_week_starts_as_the_language_says(lib):
    [group] = groups(lib, "printed:week", domain=[["key", "=", "beta"]])
    assert group["__range"]["printed:week"] == {"from": "2026-03-01", "to": "2026-03-08"}
    [french] = groups(lib, "printed:week", domain=[["key", "=", "beta"]], context={"lang": "fr_FR"})
    assert french["__range"]["printed:week"] == {"from": "2026-02-23", "to": "2026-03-02"}
    lib.env["res.lang"].search([["code", "=", "fr_FR"]]).week_start = "3"
    [moved] = groups(lib, "printed:week", domain=[["key", "=", "beta"]], context={"lang": "fr_FR"})
    assert moved["__range"]["printed:week"] == {"from": "2026-02-25", "to": "2026-03-04"}


def test_labels_are_in_the_language_of_the_context(lib):
    assert labels(lib, "printed:month", lang="fr_FR") == ["décembre 2025", "janvier 2026", "mars 2026", None]
    assert labels(lib, "printed:quarter", lang="fr_FR") == ["T4 2025", "T1 2026", None]


def test_moments_are_cut_in_the_time_zone_of_the_context_and_days_are_not(lib):
    assert labels(lib, "added:month", tz="Europe/Paris") == [
        "January 2026",
        "February 2026",
        "March 2026",
        None,
    ]
    assert labels(lib, "added:day", tz="America/New_York") == ["31 Jan 2026", "28 Feb 2026", None]
    [group] = groups(lib, "added:month", domain=[["key", "=", "alpha"]], context={"tz": "Europe/Paris"})
    assert group["__range"]["added:month"] == {"from": "2026-01-31 23:00:00", "to": "2026-02-28 23:00:00"}
    assert labels(lib, "printed:day", tz="Asia/Tokyo") == ["31 Dec 2025", "31 Jan 2026", "01 Mar 2026", None]
    assert labels(lib, "added:day", tz=False) == ["31 Jan 2026", "01 Mar 2026", None]
    with pytest.raises(ValidationError, match="time zone"):
        groups(lib, "added:day", context={"tz": "Mars/Olympus"})


def test_a_day_of_a_changing_clock_has_its_real_length(lib):
    book = lib["book"].browse(lib.ids["bare"])
    for moment, start, end in (
        ("2026-03-29 12:00:00", "2026-03-28 23:00:00", "2026-03-29 22:00:00"),
        ("2026-10-25 00:30:00", "2026-10-24 22:00:00", "2026-10-25 23:00:00"),
    ):
        book.added = moment
        [group] = groups(lib, "added:day", domain=[["key", "=", "bare"]], context={"tz": "Europe/Paris"})
        assert group["__range"]["added:day"] == {"from": start, "to": end}
        assert lib.found(*group["__domain"], tz="Europe/Paris") == ["bare"]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("printed:year_number", [2025, 2026, None]),
        ("printed:quarter_number", [1, 4, None]),
        ("printed:month_number", [1, 3, 12, None]),
        ("printed:iso_week_number", [1, 5, 9, None]),
        ("printed:day_of_year", [31, 60, 365, None]),
        ("printed:day_of_month", [1, 31, None]),
        ("printed:day_of_week", [0, 3, 6, None]),
        ("added:hour_number", [0, 10, 23, None]),
        ("added:minute_number", [0, 30, None]),
        ("added:second_number", [0, None]),
    ],
)
def test_a_part_of_a_date_is_a_number(lib, key, expected):
    assert labels(lib, key) == expected
    assert all("__range" not in each for each in groups(lib, key))


def test_the_first_and_the_last_days_of_the_calendar_can_be_grouped(lib):
    book = lib["book"].browse(lib.ids["bare"])
    for day in ("9999-12-31", "0001-01-01"):
        book.write({"printed": day, "added": f"{day} 12:00:00"})
        for key in [
            f"{field}:{grain}" for field in ("printed", "added") for grain in ("day", "month", "year", "hour")
        ]:
            for tz in (None, "Europe/Paris", "America/New_York"):
                [group] = groups(lib, key, domain=[["key", "=", "bare"]], context={"tz": tz})
                assert lib.found(*group["__domain"], tz=tz) == ["bare"]
