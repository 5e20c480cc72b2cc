"""Ages and names of people."""

from datetime import date

import pytest

from entrepot.addons.optometry import ages, person_names


@pytest.mark.parametrize(
    ("birth", "day", "years"),
    [
        (date(2000, 3, 3), date(2018, 3, 2), 17),
        (date(2000, 3, 3), date(2018, 3, 3), 18),
        (date(2004, 2, 29), date(2025, 2, 28), 20),
        (date(2004, 2, 29), date(2025, 3, 1), 21),
    ],
)
def test_age(birth, day, years):
    assert ages.age_on(birth, day) == years


def test_a_latest_birth_date_agrees_with_the_age():
    for day in (date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1), date(2025, 12, 31)):
        for years in range(40):
            latest = ages.latest_birth(day, years)
            assert ages.age_on(latest, day) >= years
            assert ages.age_on(date.fromordinal(latest.toordinal() + 1), day) < years


def test_small_children_are_told_in_months():
    assert ages.age_text(date(2024, 1, 15), date(2025, 3, 3)) == "13 months"
    assert ages.age_text(date(2023, 1, 15), date(2025, 3, 3)) == "2 years"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2025, 12, 15), 12, date(2026, 12, 15)),
        (date(2025, 3, 3), 24, date(2027, 3, 3)),
    ],
)
def test_months_later(day, months, later):
    assert ages.add_months(day, months) == later


@pytest.mark.parametrize(
    ("full", "first", "middle", "last", "suffix"),
    [
        ("John Doe", "John", None, "Doe", None),
        ("Jane Ann van Smith", "Jane", "Ann van", "Smith", None),
        ("Doe, John Q", "John", "Q", "Doe", None),
        ("Martin King Jr.", "Martin", None, "King", "Jr."),
        ("Cher", "Cher", None, None, None),
        ("", None, None, None, None),
    ],
)
def test_names_are_split(full, first, middle, last, suffix):
    assert person_names.split(full) == {
        "first_name": first,
        "middle_name": middle,
        "last_name": last,
        "suffix": suffix,
    }


def test_names_are_joined():
    assert (
        person_names.joined({"first_name": "Jane", "middle_name": None, "last_name": "Smith"}) == "Jane Smith"
    )
