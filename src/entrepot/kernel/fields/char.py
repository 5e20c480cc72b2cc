"""Short text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Unpack

from entrepot.kernel.fields.base import Field, FieldError, Options, is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment


class TextOptions(Options, total=False):
    """What text fields take besides."""

    translate: bool
    size: int
    trim: bool


class Char(Field[str | None]):
    """A line of text, kept exactly as given; a number becomes its text."""

    kind = "char"
    column_kind = "text"
    table_kind = "text"

    def __init__(self, **given: Unpack[TextOptions]) -> None:
        """Declare a text field."""
        super().__init__(**given)  # type: ignore[misc]  # the options of both are read from `given`

    def _read_options(self) -> None:
        super()._read_options()
        self.translate: bool = self.given.get("translate", False)
        self.contextual = self.translate or bool(self.depends_context)
        self.size: int = self.given.get("size", 0)

    def parse(self, value: Any, env: Environment) -> str | None:
        """Text; numbers and True become text. Refuses NUL characters and text past `size`."""
        if is_unset(value):
            return None
        text = value if isinstance(value, str) else text_of(value)
        if "\0" in text:
            raise FieldError("nul", "text must not contain NUL characters")
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                raise FieldError("not_text", "text must not contain lone surrogates") from error
        if self.size and len(text) > self.size:
            raise FieldError("too_long", f"text is longer than {self.size} characters")
        return text

    def is_empty(self, cached: Any) -> bool:
        """Nothing, or an empty text."""
        return not cached

    def describe(self, env: Environment) -> dict[str, Any]:
        """Size, translation and trimming."""
        found: dict[str, Any] = {"translate": self.translate, "trim": self.given.get("trim", True)}
        return found | {"size": self.size} if self.size else found


def text_of(value: Any) -> str:
    """The text of a value that has an obvious one. Raises FieldError for others."""
    try:
        if isinstance(value, (bytes, bytearray)):
            return bytes(value).decode()
        if isinstance(value, (bool, int, float, Decimal, date)):
            return str(value)
    except UnicodeDecodeError as error:
        raise FieldError("not_text", "expected text, got bytes that are not UTF-8") from error
    except ValueError as error:  # Python spells no integer of thousands of digits
        raise FieldError("not_text", "expected text, got a number too long to be one") from error
    raise FieldError("not_text", f"expected text, got a {type(value).__name__}")
