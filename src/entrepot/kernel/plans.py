"""Compiled plans by shape, bounded: a plan holds no value and no tenant, so all tenants of a registry share it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

P = TypeVar("P")
CAP = 4096


class Plans:
    """A dictionary that forgets everything when it is full: shapes of real traffic are back at once."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Start empty."""
        self._known: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], P]) -> P:
        """The plan of a key, made when it is not known."""
        found: P | None = self._known.get(key)
        if found is None:
            found = make()
            if len(self._known) >= CAP:
                self._known.clear()
            self._known[key] = found
        return found

    def __len__(self) -> int:
        return len(self._known)
