"""HTML that is safe to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

import nh3

from entrepot.kernel.fields.char import Char, TextOptions

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment


class HtmlOptions(TextOptions, total=False):
    """What HTML fields take besides."""

    sanitize: bool


class Html(Char):
    """HTML, sanitized on write (scripts, handlers and unsafe addresses go); plain text is wrapped in a paragraph."""

    kind = "html"

    def __init__(self, **given: Unpack[HtmlOptions]) -> None:
        """Declare an HTML field."""
        super().__init__(**given)  # type: ignore[misc]  # the options of both are read from `given`

    def parse(self, value: Any, env: Environment) -> str | None:
        """Sanitized HTML."""
        text = super().parse(value, env)
        if not text or not self.given.get("sanitize", True):
            return text
        clean = nh3.clean(text)
        return clean if clean.lstrip().startswith("<") else f"<p>{clean}</p>"

    def describe(self, env: Environment) -> dict[str, Any]:
        """Translation and sanitizing."""
        return super().describe(env) | {"sanitize": self.given.get("sanitize", True)}
