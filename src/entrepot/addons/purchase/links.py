"""The ids in values of links, as callers write them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def one_id(value: Any) -> int:
    """The id in an id, a pair of id and name, or a record; 0 for none."""
    if hasattr(value, "ids"):
        return value.ids[0] if value.ids else 0
    if isinstance(value, (list, tuple)) and value:
        value = value[0]
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def ids_of(many: Iterable[Mapping[str, Any]], name: str) -> list[int]:
    """The ids that some values have under a name, each once, in order."""
    return list(dict.fromkeys(known for each in many if (known := one_id(each.get(name)))))
