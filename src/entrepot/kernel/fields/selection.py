"""One of a list of keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self, Unpack

from entrepot.kernel.fields.base import Field, FieldError, Options, is_unset, shown

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

FEW = 10**6
"""A key may come as a number; no list has longer ones."""
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
        """The (key, label) pairs; a field that follows another has the other's."""
        if self.path:
            target: Any = self.path[-1]
            followed: Sequence[tuple[str, str]] = target.choices(env)
            return followed
        choices: Choices = self.given.get("choices", ())
        if isinstance(choices, str):
            pairs: Sequence[tuple[str, str]] = getattr(env[self.model], choices)()
            return pairs
        return choices

    def parse(self, value: Any, env: Environment) -> str | None:
        """A key of the list."""
        if is_unset(value) or value == "":
            return None
        text = str(value) if isinstance(value, int) and abs(value) < FEW else value
        keys = self.keys(env)
        if not isinstance(text, str) or text not in keys:
            known = ", ".join(sorted(keys)[:30])
            raise FieldError(
                "wrong_key", f"Wrong value for {self.model}.{self.name}: {shown(value)}; allowed: {known}"
            )
        return text

    def keys(self, env: Environment) -> frozenset[str]:
        """The keys; those of a list are remembered, those of a method asked for anew."""
        if self._keys is not None:
            return self._keys
        keys = frozenset(key for key, _ in self.choices(env))
        target = self.path[-1] if self.path else self
        if not isinstance(target.given.get("choices"), str):
            self._keys = keys
        return keys

    def describe(self, env: Environment) -> dict[str, Any]:
        """The choices."""
        return {"selection": [list(pair) for pair in self.choices(env)]}
