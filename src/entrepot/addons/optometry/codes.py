"""The forms of the code systems a clinic bills and diagnoses with; what a code means is data, not code.

Each `…_problem` is a check of one value: the error text, or None when the value is empty or well formed.
"""

from __future__ import annotations

import re

_NPI = re.compile(r"[12]\d{9}", re.ASCII)
_NPI_PREFIX = "80840"
_ICD10 = re.compile(r"([A-Z]\d[0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?", re.ASCII)
_CPT = re.compile(r"\d{4}[0-9A-Z]", re.ASCII)
_HCPCS = re.compile(r"[A-Z]\d{4}", re.ASCII)


def luhn(digits: str) -> bool:
    """Whether a row of digits ends in the right check digit (ISO/IEC 7812-1, annex B)."""
    total = 0
    for at, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if at % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_npi(text: str) -> bool:
    """Whether this is a National Provider Identifier: ten digits, first 1 or 2, Luhn over 80840 and the
    number.
    """
    return _NPI.fullmatch(text) is not None and luhn(_NPI_PREFIX + text)


def npi_problem(text: str | None) -> str | None:
    """Why a value is no NPI."""
    if not text or is_npi(text):
        return None
    return f"{text[:20]!r} is no NPI: ten digits with a correct check digit are expected."


def icd10(text: str) -> str | None:
    """The usual spelling of an ICD-10-CM code (`h5213` is `H52.13`); None when it has not the form of one."""
    match = _ICD10.fullmatch(text.strip().upper())
    if match is None:
        return None
    return f"{match[1]}.{match[2]}" if match[2] else match[1]


def icd10_problem(text: str | None) -> str | None:
    """Why a value is no ICD-10-CM code."""
    if not text or icd10(text) is not None:
        return None
    return (
        f"{text[:20]!r} is no ICD-10-CM code: a letter, a digit, a letter or digit, then a dot and 1-4 more."
    )


def procedure_kind(code: str) -> str | None:
    """`cpt` (five digits, or four and a letter), `hcpcs` (a letter and four digits), or None."""
    if _CPT.fullmatch(code):
        return "cpt"
    return "hcpcs" if _HCPCS.fullmatch(code) else None


def procedure_problem(code: str, kind: str) -> str | None:
    """Why a procedure code has not the form of its kind; codes of one's own (`internal`) are free."""
    if kind == "internal" or procedure_kind(code) == kind:
        return None
    wanted = {"cpt": "five digits, or four digits and a letter", "hcpcs": "a letter and four digits"}
    return f"{code[:20]!r} is no {kind.upper()} code: {wanted.get(kind, 'a known kind')} is expected."
