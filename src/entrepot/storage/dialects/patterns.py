"""LIKE patterns: folding their case and spelling them for SQLite's GLOB, the one operator of SQLite that
minds case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from entrepot.storage.sql import Slot

_GLOB_SPECIAL = frozenset("*?[")


def fold(text: str) -> str:
    """Lower case letter by letter, as PostgreSQL's `C.UTF-8` does.

    `str.lower` alone would turn a final sigma and the dotted I by context and into two letters.
    Source: Unicode `UnicodeData.txt`, simple lowercase mapping.
    """
    return (
        text.lower()
        if text.isascii()
        else text.replace("\N{GREEK CAPITAL LETTER SIGMA}", "\N{GREEK SMALL LETTER SIGMA}")
        .replace("İ", "i")
        .lower()
    )


def glob(pattern: str) -> str:
    r"""Spell a LIKE pattern (`%`, `_`, backslash escapes) as a GLOB pattern."""
    out = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "%":
            out.append("*")
        elif letter == "_":
            out.append("?")
        else:
            plain = next(letters, "\\") if letter == "\\" else letter
            out.append(f"[{plain}]" if plain in _GLOB_SPECIAL else plain)
    return "".join(out)


def folded_glob(pattern: str) -> str:
    """Spell a LIKE pattern as a GLOB pattern for folded text."""
    return glob(fold(pattern))


def converted(value: Any, convert: Callable[[Any], Any]) -> Any:
    """Put a conversion onto a parameter: onto a Slot for each execution, onto a constant at once."""
    if not isinstance(value, Slot):
        return convert(value)
    first = value.convert
    if first is None:
        return Slot(value.index, convert)
    return Slot(value.index, lambda given: convert(first(given)))
