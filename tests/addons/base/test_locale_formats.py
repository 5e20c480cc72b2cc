"""What CLDR says of a language arrives in the notation that clients read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from babel import Locale

from entrepot.addons.base.locale_formats import formats, grouping, strftime_pattern

MOMENT = datetime(2026, 3, 7, 15, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("M/d/yy", "03/07/2026"),
        ("dd/MM/y", "07/03/2026"),
        ("d. MMM y", "07. Mar 2026"),
        ("y年M月d日", "2026年03月07日"),
        ("H:mm:ss", "15:04:05"),
        ("h:mm:ss\u202fa", "03:04:05 PM"),
        ("HH 'h' mm", "15 h 04"),
        ("d''MM%y G", "0703%2026"),
    ],
)
def test_patterns_become_strftime(pattern: str, shown: str) -> None:
    assert MOMENT.strftime(strftime_pattern(pattern)) == shown


def test_digit_groups_repeat_at_the_end() -> None:
    assert grouping((3, 3)) == "[3,0]"
    assert grouping((3, 2)) == "[3,2,0]"
    assert grouping((1000, 1000)) == "[]"


def test_a_language_brings_its_habits() -> None:
    english = formats(Locale.parse("en_US"))
    assert (english.date_format, english.week_start, english.decimal_point) == ("%m/%d/%Y", "7", ".")
    french = formats(Locale.parse("fr_FR"))
    assert (french.date_format, french.week_start, french.decimal_point) == ("%d/%m/%Y", "1", ",")
    assert formats(Locale.parse("ar_SA")).direction == "rtl"
