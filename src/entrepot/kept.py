"""An answer that is the same for many calls, together with how wires spelled it.

What a model's fields are changes with the add-ons and seldom otherwise, but clients ask for it again and again. A
`Kept` is made once; a codec that meets it asks it for the bytes, and spells it itself only the first time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Kept(dict[str, Any]):
    """An object of an answer that many calls share: nobody changes it, nor what it holds."""

    __slots__ = ("_spelled",)

    def __init__(self, content: dict[str, Any]) -> None:
        """Hold the same as `content`."""
        super().__init__(content)
        self._spelled: dict[str, bytes] = {}

    def spelled(self, wire: str, spell: Callable[[], bytes]) -> bytes:
        """The answer in the spelling of a wire. `wire` is one of the few names that codecs give, never a client's."""
        found = self._spelled.get(wire)
        if found is None:
            found = self._spelled[wire] = spell()
        return found
