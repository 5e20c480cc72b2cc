"""The habits of a language, spelled as clients expect them: strftime patterns, digit groups, first day of
the week.

The facts are CLDR's, carried by Babel; this file only translates one notation into another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

_TOKEN = re.compile(r"'([^']*)'|([A-Za-z])\2*|[^A-Za-z']")
_PARTS = {
    "y": "%Y",
    "u": "%Y",
    "d": "%d",
    "H": "%H",
    "k": "%H",
    "h": "%I",
    "K": "%I",
    "m": "%M",
    "s": "%S",
    "a": "%p",
}
_MONTHS = {1: "%m", 2: "%m", 3: "%b"}
_BLANKS = {"\u00a0", "\u202f"}
_MARKS = {"\u200e", "\u200f", "\u061c"}


@dataclass(frozen=True, slots=True)
class Formats:
    """What a `res.lang` record says of a language."""

    date_format: str
    time_format: str
    week_start: str
    decimal_point: str
    thousands_sep: str
    grouping: str
    direction: str


def formats(locale: Locale) -> Formats:
    """Read the habits of a locale."""
    symbols = locale.number_symbols
    latin = symbols.get("latn", symbols)
    return Formats(
        date_format=strftime_pattern(str(locale.date_formats["short"].pattern)),
        time_format=strftime_pattern(str(locale.time_formats["medium"].pattern)),
        week_start=str(locale.first_week_day + 1),
        decimal_point=str(latin["decimal"]),
        thousands_sep=str(latin["group"]),
        grouping=grouping(locale.decimal_formats[None].grouping),
        direction=str(locale.text_direction),
    )


def strftime_pattern(pattern: str) -> str:
    """A CLDR date or time pattern as strftime's: numbers always padded, years always whole.

    Parts that strftime has no word for (eras, day periods) are dropped. Source: Unicode TS 35, "Date Field
    Symbol Table".
    """
    pieces = []
    for token in _TOKEN.finditer(pattern):
        letter = token[2]
        if letter is None:
            text = token[0] if token[1] is None else token[1]
            pieces.append("" if text in _MARKS else " " if text in _BLANKS else text.replace("%", "%%"))
        elif letter in "ML":
            pieces.append(_MONTHS.get(len(token[0]), "%B"))
        else:
            pieces.append(_PARTS.get(letter, ""))
    return "".join(pieces).strip()


def grouping(sizes: tuple[int, int]) -> str:
    """Sizes of the first and the further groups of digits as a list that ends in 0, "repeat": `[3,0]`,
    `[3,2,0]`.
    """
    first, further = sizes
    if first > 100:  # Babel's spelling of "no groups"
        return "[]"
    return f"[{first},0]" if first == further else f"[{first},{further},0]"
