"""Paths → routes: a dictionary for whole paths, then a few prefixes whose finders read the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from entrepot.doors.http import Route

Find: TypeAlias = Callable[[str], Route | None]


class Router:
    """Where requests go. A door adds its whole paths and its prefixes; a path that is taken twice is a
    mistake.
    """

    def __init__(self) -> None:
        self._exact: dict[str, Route] = {}
        self._prefixes: list[tuple[str, Find]] = []

    def add(self, exact: Mapping[str, Route], prefixes: Iterable[tuple[str, Find]] = ()) -> None:
        """Add a door's addresses. Raises ValueError when one is taken."""
        taken = exact.keys() & self._exact.keys()
        if taken:
            raise ValueError(f"two doors claim {sorted(taken)}")
        self._exact.update(exact)
        self._prefixes.extend(prefixes)

    def find(self, path: str) -> Route | None:
        """The route of a path, None when nothing is served there."""
        route = self._exact.get(path)
        if route is not None:
            return route
        for prefix, find in self._prefixes:
            if path.startswith(prefix):
                return find(path)
        return None
