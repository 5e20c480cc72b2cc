"""What becomes of the values of several records that are merged into one. No records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def merged_values(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """For each field the first value that is set, the oldest row being the first."""
    found: dict[str, Any] = {}
    for row in rows:
        for name, value in row.items():
            if name not in found or (found[name] in (None, "", 0, ()) and value not in (None, "", 0, ())):
                found[name] = value
    return found


def lost_values(rows: Sequence[Mapping[str, Any]], kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each row what it says otherwise than what is kept; in the order of rows."""
    return [
        {
            name: value
            for name, value in row.items()
            if value not in (None, "", 0, ()) and value != kept.get(name)
        }
        for row in rows
    ]
