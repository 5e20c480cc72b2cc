"""Arithmetic of HTTP ranges and validators (RFC 9110 sections 13 and 14). Pure: knows no file or socket."""

from __future__ import annotations

import re
from dataclasses import dataclass

_RANGE = re.compile(r"bytes\s*=\s*(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"[^"]*"', re.ASCII)


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes `first` to `last`, both included, counted from 0."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.last - self.first + 1


class Unsatisfiable(ValueError):  # noqa: N818 - RFC 9110's word
    """The range lies past the end."""


def parse_range(header: str | None, size: int) -> Range | None:
    """The one range asked of a representation of `size` bytes, cut at its end.

    None, for all of it, when there is no header, it asks for several ranges, or it is not understood: a
    server may ignore those, and answering many small ranges is a known way to make it work for nothing.
    Raises Unsatisfiable when the range holds no byte of it. Source: RFC 9110 section 14.2.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if not found or found.groups() == ("", ""):
        return None
    start, end = found.groups()
    if not start:
        count = min(int(end), size)
        if not count:
            raise Unsatisfiable
        return Range(size - count, size - 1)
    first = int(start)
    last = int(end) if end else size - 1
    if end and last < first:
        return None
    if first >= size:
        raise Unsatisfiable
    return Range(first, min(last, size - 1))


def is_unchanged(if_none_match: str | None, etag: str) -> bool:
    """Whether the client already holds what has this (quoted) tag. Tags compare weakly. Source: RFC 9110
    section 13.1.2.
    """
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    return etag.removeprefix("W/") in {each.removeprefix("W/") for each in _TAG.findall(if_none_match)}


def is_range_current(if_range: str | None, etag: str) -> bool:
    """Whether a range may be answered at all: without If-Range, or when it names this very (strong) tag.

    A date never fits: files are told apart by content. Source: RFC 9110 section 13.1.5.
    """
    return if_range is None or (if_range.strip() == etag and not etag.startswith("W/"))
