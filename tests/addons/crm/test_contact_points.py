"""E-mail addresses and phone numbers in one spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.crm.contact_points import normal_email, normal_phone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bob@X.org", "bob@x.org"),
        ('"Bob B." <Bob@X.org>', "bob@x.org"),
        ("bob@x.org, BOB@x.org", "bob@x.org"),
        ("bob@x.org, ann@x.org", None),
        ("bob", None),
        ("", None),
        (None, None),
        ("x" * 2000 + "@x.org", None),
    ],
)
def test_addresses(text, expected):
    assert normal_email(text) == expected


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("+33 6 12 34 56 78", None, "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("06.12.34.56.78", "fr", "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("(213) 555-0123", "US", "+12135550123"),
        ("0555 12 34 56", "DZ", "+213555123456"),
        ("06.12.34.56.78", None, None),
        ("06.12.34.56.78", "XX", None),
        ("12", "FR", None),
        ("call me", "FR", None),
        ("9" * 70, "FR", None),
        (None, "FR", None),
    ],
)
def test_numbers(text, country, expected):
    assert normal_phone(text, country) == expected


@given(st.text(max_size=80), st.sampled_from([None, "FR", "DZ", "US", "??"]))
def test_any_text_has_one_spelling_that_stays(text, country):
    phone, email = normal_phone(text, country), normal_email(text)
    assert phone is None or normal_phone(phone) == phone
    assert email is None or normal_email(email) == email
