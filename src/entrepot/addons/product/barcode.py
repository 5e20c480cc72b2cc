"""Check digits of GS1 numbers: EAN-8, UPC-A, EAN-13 and GTIN-14. Source: GS1 General Specifications, 7.9."""

from __future__ import annotations

_LENGTHS = frozenset({8, 12, 13, 14})


def check_digit(digits: str) -> int:
    """The digit that goes after these: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return -total % 10


def wrong_check_digit(code: str) -> bool:
    """Whether a code has the form of a GS1 number and its last digit is not what the others ask for."""
    if len(code) not in _LENGTHS or not (code.isascii() and code.isdigit()):
        return False
    return check_digit(code[:-1]) != int(code[-1])
