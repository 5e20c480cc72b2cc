"""Long text."""

from __future__ import annotations

from entrepot.kernel.fields.char import Char


class Text(Char):
    """Text of any length."""

    kind = "text"
