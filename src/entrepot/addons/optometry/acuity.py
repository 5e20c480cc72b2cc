"""Visual acuity as clinics write it, and what each notation means in the others.

Understood: Snellen `20/40` and `6/12` (with `+2`/`-1` letters), decimal `0.5`, `logMAR 0.30`, and the four
words for less than a chart shows: CF (counts fingers), HM (hand motion), LP (light perception), NLP (none).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Notation: TypeAlias = Literal["snellen", "metric", "decimal", "logmar"]

_SNELLEN = re.compile(r"20/(\d{2,3})(?: ?([+-][1-5]))?", re.ASCII)
_METRIC = re.compile(r"6/(\d{1,3}(?:\.\d)?)(?: ?([+-][1-5]))?", re.ASCII)
_DECIMAL = re.compile(r"[0-2]?\.\d{1,2}|[12]", re.ASCII)
_LOGMAR = re.compile(r"(?:logmar ?([+-]?\d\.\d{1,2})|([+-]?\d\.\d{1,2}) ?logmar)", re.ASCII | re.IGNORECASE)
_WORDS = re.compile(r"(CF|HM)(?: ?@? ?(\d{1,2}(?:\.\d)?) ?(ft|m|cm|in))?|(LP|NLP)", re.ASCII | re.IGNORECASE)
_LONGEST = 24


@dataclass(frozen=True, slots=True)
class Acuity:
    """An understood acuity: its notation, decimal value (None below the chart) and usual spelling."""

    notation: str
    decimal: float | None
    text: str

    @property
    def logmar(self) -> float | None:
        """-log10 of the decimal value: 0.0 is 20/20, 1.0 is 20/200."""
        return None if self.decimal is None else round(-math.log10(self.decimal), 2) + 0.0


def parse(text: str) -> Acuity | None:
    """Understand a written acuity; None when it is none."""
    trimmed = text.strip()
    if len(trimmed) > _LONGEST:
        return None
    return _fraction(trimmed) or _number(trimmed) or _word(trimmed)


def problem(text: str | None) -> str | None:
    """The error text for a value that is no acuity, else None. Empty is fine."""
    if not text or parse(text) is not None:
        return None
    return f"{text[:_LONGEST]!r} is no visual acuity: 20/x (10-800), 6/x, decimal, logMAR, CF, HM, LP or NLP."


def convert(text: str, notation: Notation) -> str | None:
    """Write an acuity in another notation; words stay what they are. None when the text is no acuity."""
    acuity = parse(text)
    if acuity is None:
        return None
    if acuity.decimal is None:
        return acuity.text
    match notation:
        case "snellen":
            return f"20/{20 / acuity.decimal:.0f}"
        case "metric":
            return f"6/{6 / acuity.decimal:.1f}".removesuffix(".0")
        case "decimal":
            return f"{acuity.decimal:.2f}"
        case "logmar":
            return f"logMAR {acuity.logmar:.2f}"


def _fraction(text: str) -> Acuity | None:
    for notation, pattern, distance, least, most in (
        ("snellen", _SNELLEN, 20, 10, 800),
        ("metric", _METRIC, 6, 3, 240),
    ):
        match = pattern.fullmatch(text)
        if match is not None and least <= float(match[1]) <= most:
            return Acuity(notation, distance / float(match[1]), f"{distance}/{match[1]}{match[2] or ''}")
    return None


def _number(text: str) -> Acuity | None:
    match = _LOGMAR.fullmatch(text)
    if match is not None:
        logmar = float(match[1] or match[2])
        return Acuity("logmar", 10**-logmar, f"logMAR {logmar:.2f}") if -0.3 <= logmar <= 3.0 else None
    if _DECIMAL.fullmatch(text) is None:
        return None
    value = float(text)
    return Acuity("decimal", value, text) if 0.01 <= value <= 2.0 else None


def _word(text: str) -> Acuity | None:
    match = _WORDS.fullmatch(text)
    if match is None:
        return None
    word = (match[1] or match[4]).upper()
    return Acuity("word", None, f"{word} {match[2]} {match[3].lower()}" if match[2] else word)
