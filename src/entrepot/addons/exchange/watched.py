"""Which records a write really changed, in the fields that somebody must be told of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Snapshot = dict[int, dict[str, Any]]


def snapshot(records: Any, values: Mapping[str, Any], names: Iterable[str]) -> Snapshot:
    """The values before a write of those watched fields that it speaks of: record id -> {field: value}."""
    concerned = [name for name in values if name in set(names)]
    if not concerned:
        return {}
    return {each.id: {name: _plain(getattr(each, name)) for name in concerned} for each in records.sudo()}


def noted(records: Any, before: Snapshot) -> dict[int, set[str]]:
    """After the write: record id -> the fields that have another value now."""
    found: dict[int, set[str]] = {}
    for each in records.sudo():
        names = {
            name for name, value in before.get(each.id, {}).items() if _plain(getattr(each, name)) != value
        }
        if names:
            found[each.id] = names
    return found


def _plain(value: Any) -> Any:
    return tuple(value.ids) if hasattr(value, "ids") else value
