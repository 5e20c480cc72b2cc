"""One of a list of keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, Unpack

from entrepot.kernel.fields.base import Field, FieldError, Options, is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

Choices = Sequence[tuple[str, str]] | str


class SelectionOptions(Options, total=False):
    """What selections take besides."""

    extend: Sequence[tuple[str, str]]


class Selection(Field[str | None]):
    """A key of a list of (key, label), or of what a method of the model returns."""

    kind = "selection"
    column_kind = "text"
    table_kind = "text"

    def __init__(self, choices: Choices | None = None, **given: Unpack[SelectionOptions]) -> None:
        """Declare a selection; an extension may leave out the choices and `extend` them."""
        options: dict[str, Any] = dict(given)
        if choices is not None:
            options["choices"] = choices
        super().__init__(**options)

    def merged(self, extension: Field[Any]) -> Field[Any]:
        """With `extend`, the keys are added to those there."""
        given = {**self.given, **extension.given}
        extra = given.pop("extend", ())
        if extra and not isinstance(given.get("choices"), str):
            known = {key for key, _ in given.get("choices", ())}
            given["choices"] = [*given.get("choices", ()), *(pair for pair in extra if pair[0] not in known)]
        return extension.rebuilt(given)

    def rebuilt(self, given: dict[str, Any]) -> Self:
        """A selection with other options."""
        clone = super().rebuilt(given)
        if isinstance(clone, Selection):
            clone._keys = None  # noqa: SLF001 - its own kind
        return clone

    _keys: frozenset[str] | None = None

    def choices(self, env: Environment) -> Sequence[tuple[str, str]]:
        """The (key, label) pairs."""
        choices: Choices = self.given.get("choices", ())
        if isinstance(choices, str):
            pairs: Sequence[tuple[str, str]] = getattr(env[self.model], choices)()
            return pairs
        return choices

    def parse(self, value: Any, env: Environment) -> str | None:
        """A key of the list."""
        if is_unset(value) or value == "":
            return None
        if not isinstance(self.given.get("choices"), str):
            if self._keys is None:
                self._keys = frozenset(key for key, _ in self.choices(env))
            keys = self._keys
        else:
            keys = frozenset(key for key, _ in self.choices(env))
        text = value if isinstance(value, str) else str(value)
        if text not in keys:
            shown = ", ".join(sorted(keys)[:30])
            raise FieldError(
                "wrong_key", f"Wrong value for {self.model}.{self.name}: {text[:60]!r}; allowed: {shown}"
            )
        return text

    def describe(self, env: Environment) -> dict[str, Any]:
        """The choices."""
        return {"selection": [list(pair) for pair in self.choices(env)]}
