"""E-mail addresses and phone numbers in one spelling, so that the same person is found again. No records."""

from __future__ import annotations

import re

import phonenumbers

_ADDRESS = re.compile(r"[^\s<>@,;\"()]{1,64}@[^\s<>@,;\"()]{1,255}")
_LONGEST_EMAIL, _LONGEST_PHONE = 1000, 60


def normal_email(text: str | None) -> str | None:
    """The one address in a line such as `"Bob" <Bob@X.org>`, in small letters; None for none, or several."""
    if not text or len(text) > _LONGEST_EMAIL:
        return None
    found = {each.strip(".").lower() for each in _ADDRESS.findall(text)}
    return found.pop() if len(found) == 1 else None


def normal_phone(text: str | None, country: str | None = None) -> str | None:
    """A number as `+33612345678` (E.164); numbers without a country's prefix are of `country` (ISO code). None for
    what cannot be one.
    """
    if not text or len(text) > _LONGEST_PHONE:
        return None
    try:
        number = phonenumbers.parse(text, country.upper() if country else None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
