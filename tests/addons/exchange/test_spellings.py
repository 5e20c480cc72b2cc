"""How peers spell things: what is understood, and what is refused with a hint."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.exchange import spellings


@pytest.mark.parametrize("given_", ["ekiclic", "EkiClic", "ekiclik", "ekiclick", "EKICLIK", "ek", " Ek "])
def test_the_platform_is_known_in_all_its_spellings(given_: str) -> None:
    assert spellings.sender(given_) == "ekiclik"


@pytest.mark.parametrize("given_", ["odoo", "Odoo", "ODOO"])
def test_this_side_is_known(given_: str) -> None:
    assert spellings.sender(given_) == "odoo"


@pytest.mark.parametrize("given_", ["ekiklik", "", None, 7, ["ek"]])
def test_other_senders_are_refused_with_the_list(given_: Any) -> None:
    with pytest.raises(ValueError, match="ekiclic, ekiclick, ekiclik, odoo"):
        spellings.sender(given_)


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("True", True),
        ("False", False),
        ("true", True),
        ("FALSE", False),
        ("1", True),
        ("0", False),
        ("yes", True),
        ("no", False),
        (1, True),
        (0, False),
        (True, True),
        (False, False),
    ],
)
def test_booleans_travel_as_text_too(given_: Any, meant: bool) -> None:  # noqa: FBT001 - the value that is meant
    assert spellings.flag(given_) is meant


@pytest.mark.parametrize("given_", ["oui", 2, None, [], "Truee"])
def test_what_is_no_boolean_is_refused(given_: Any) -> None:
    with pytest.raises(ValueError, match="true or false"):
        spellings.flag(given_)


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("30/07/23 12:23:15", datetime(2023, 7, 30, 11, 23, 15, tzinfo=UTC)),
        ("30/07/2023 12:23", datetime(2023, 7, 30, 11, 23, tzinfo=UTC)),
        ("2023-07-30 12:23:15", datetime(2023, 7, 30, 11, 23, 15, tzinfo=UTC)),
        ("2023-07-30T12:23:15Z", datetime(2023, 7, 30, 12, 23, 15, tzinfo=UTC)),
        ("2023-07-30T12:23:15+02:00", datetime(2023, 7, 30, 10, 23, 15, tzinfo=UTC)),
        ("01/01/00 00:30:00", datetime(1999, 12, 31, 23, 30, tzinfo=UTC)),
    ],
)
def test_moments_are_taken_in_the_senders_zone(given_: str, meant: datetime) -> None:
    assert spellings.moment(given_, "Africa/Algiers") == meant


@pytest.mark.parametrize(
    "given_", ["31/02/23 10:00:00", "30-07-23", "", 7, None, "30/13/23", "00/01/23 1:00", "x" * 500]
)
def test_what_is_no_moment_is_refused(given_: Any) -> None:
    with pytest.raises(ValueError, match="30/07/23 12:23:15"):
        spellings.moment(given_, "Africa/Algiers")


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 12, 31)))  # noqa: DTZ001 - without zone
def test_every_moment_of_a_century_is_understood_in_both_forms(there: datetime) -> None:
    there = there.replace(microsecond=0)
    assert spellings.moment(there.strftime("%d/%m/%y %H:%M:%S"), "UTC") == there.replace(tzinfo=UTC)
    assert spellings.moment(there.isoformat(" "), "UTC") == there.replace(tzinfo=UTC)


def test_days_come_in_both_forms() -> None:
    assert spellings.day("1993-11-03") == date(1993, 11, 3)
    assert spellings.day("03/11/93") == date(2093, 11, 3)


@pytest.mark.parametrize(("given_", "meant"), [(1416, 1416), ("1416", 1416), (" 7 ", 7), (7.0, 7)])
def test_numbers_travel_as_text_too(given_: Any, meant: int) -> None:
    assert spellings.number(given_) == meant


@pytest.mark.parametrize("given_", [True, "7.5", 7.5, "x", None, 2**31, "9" * 40, [1]])
def test_what_is_no_whole_number_is_refused(given_: Any) -> None:
    with pytest.raises(ValueError, match="whole number"):
        spellings.number(given_)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_amounts_are_exact(value: Decimal) -> None:
    assert spellings.amount(str(value)) == value


@pytest.mark.parametrize(
    "given_",
    [
        -1,
        "nan",
        "inf",
        True,
        None,
        1e40,
        "1,5",
        [],
        "1_000",
        "١٢",
        "0x10",
        "1e999",
        "1e-999999999",
        "9" * 40,
        ".",
    ],
)
def test_what_is_no_amount_is_refused(given_: Any) -> None:
    with pytest.raises(ValueError, match="is a number"):
        spellings.amount(given_)


@pytest.mark.parametrize("given_", ["1e-99", "0.0000000000000001"])
def test_what_is_smaller_than_any_amount_is_nothing(given_: str) -> None:
    assert spellings.amount(given_) == 0


@pytest.mark.parametrize("given_", ["a\nb", "a\r", "\x1bA", "a\u2028b"])
def test_a_name_is_one_line(given_: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        spellings.line(f"x{given_}x")


def test_names_keep_the_marks_that_arabic_texts_need() -> None:
    assert spellings.line("هاتف\u200f A12") == "هاتف\u200f A12"


@pytest.mark.parametrize("given_", ["A\u200b12", "A\u202e12", "\ufeffA12", "A\u00ad12"])
def test_what_finds_a_record_can_be_seen(given_: str) -> None:
    with pytest.raises(ValueError, match="cannot be seen"):
        spellings.key(given_)


@pytest.mark.parametrize("given_", [".", "..", "A" * 101])
def test_a_reference_can_stand_in_an_address(given_: str) -> None:
    with pytest.raises(ValueError, match="is a reference of up to 100"):
        spellings.reference(given_)


@pytest.mark.parametrize(
    "one", ["Électroménager", "electromenager", " ELECTROMENAGER ", "e\u0301lectrome\u0301nager"]
)
def test_names_are_compared_without_accents_case_and_blanks(one: str) -> None:
    assert spellings.folded(one) == "electromenager"


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("0556000000", "+213556000000"),
        ("05 56 00 00 00", "+213556000000"),
        ("00213556000000", "+213556000000"),
        ("+213556000000", "+213556000000"),
        ("poste 12", "poste 12"),
        (None, None),
    ],
)
def test_telephone_numbers_become_international(given_: str | None, meant: str | None) -> None:
    assert spellings.phone(given_, "DZ") == meant


@pytest.mark.parametrize("given_", ["a\0b", "a\ud800b", "x" * 5000, ["a"], {"a": 1}, True])
def test_what_is_no_text_is_refused(given_: Any) -> None:
    with pytest.raises(ValueError, match=r"NUL|characters|text|half"):
        spellings.text(given_)
