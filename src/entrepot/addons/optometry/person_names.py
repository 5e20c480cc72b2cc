"""A person's full name and its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = ("first_name", "middle_name", "last_name", "suffix")
_SUFFIXES = {"jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "md", "phd", "esq."}


def split(full: str) -> dict[str, str | None]:
    """The parts of a full name: `Last, First Middle` or `First Middle Last Suffix`. A guess, to be corrected
    by people.
    """
    before, comma, after = full.partition(",")
    if comma and after.strip() and after.strip().lower() not in _SUFFIXES:
        first, *middle = after.split()
        return _parts(first, middle, before.split(), None)
    words = full.replace(",", " ").split()
    suffix = words.pop() if len(words) > 2 and words[-1].lower() in _SUFFIXES else None
    if len(words) < 2:
        return _parts(words[0] if words else None, [], [], suffix)
    return _parts(words[0], words[1:-1], words[-1:], suffix)


def joined(parts: Mapping[str, Any]) -> str:
    """The full name of its parts."""
    return " ".join(str(parts[name]).strip() for name in PARTS if parts.get(name))


def _parts(
    first: str | None, middle: list[str], last: list[str], suffix: str | None
) -> dict[str, str | None]:
    return {
        "first_name": first,
        "middle_name": " ".join(middle) or None,
        "last_name": " ".join(last) or None,
        "suffix": suffix,
    }
