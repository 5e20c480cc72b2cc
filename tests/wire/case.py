"""The words of the tables: a case is a call and what it gives; every door adds only the bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DOORS = ("xmlrpc", "xmlrpc-v1", "jsonrpc", "session", "json2")


@dataclass(frozen=True)
class Ask:
    """A method of a model with its arguments, as positions and names."""

    model: str
    method: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def ask(model: str, method: str, *args: Any, **kwargs: Any) -> Ask:
    return Ask(model, method, args, kwargs)


@dataclass(frozen=True)
class Ref:
    """The id of a record of the world, or of the case's own `given`."""

    name: str


@dataclass(frozen=True)
class Refusal:
    """The error that is expected, by the name all doors share, with words its message must hold."""

    kinds: tuple[str, ...]
    words: tuple[str, ...] = ()

    def with_words(self, *words: str) -> Refusal:
        return Refusal(self.kinds, words)


USER_ERROR = Refusal(("UserError", "ValidationError"))
INVALID = Refusal(("ValidationError",))
MISSING = Refusal(("MissingError",))
FORBIDDEN = Refusal(("AccessError",))
DENIED = Refusal(("AccessDenied",))
BAD_CALL = Refusal(("BadRequest", "ValidationError"))
NO_MODEL = Refusal(("MissingError", "NotFound", "UserError"))


@dataclass(frozen=True)
class Case:
    """One line of a table.

    `given` are records made before, by name: (model, values). `then` are further calls with what they give.
    `user` is "admin" or "clerk"; `doors` leaves out doors whose wire cannot say this.
    """

    title: str
    call: Ask
    gives: Any
    given: Mapping[str, tuple[str, Mapping[str, Any]]] = field(default_factory=dict)
    then: tuple[tuple[Ask, Any], ...] = ()
    user: str = "admin"
    doors: tuple[str, ...] = DOORS

    def __str__(self) -> str:
        return self.title


class Pattern:
    """Something expected that is not one value."""

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        raise NotImplementedError


@dataclass(frozen=True)
class Kind(Pattern):
    """Any value of a type (and not a bool where an int is meant)."""

    kind: type

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return isinstance(got, self.kind) and (self.kind is bool or not isinstance(got, bool))


@dataclass(frozen=True)
class AtLeast(Pattern):
    """A number that is not below another."""

    least: int

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return isinstance(got, int) and not isinstance(got, bool) and got >= self.least


@dataclass(frozen=True)
class Text(Pattern):
    """A text that a pattern matches as a whole."""

    pattern: str

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return isinstance(got, str) and re.fullmatch(self.pattern, got, re.DOTALL) is not None


@dataclass(frozen=True)
class Has(Pattern):
    """A dict with at least these entries."""

    entries: Mapping[str, Any]

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return isinstance(got, dict) and all(
            key in got and matches(value, got[key], refs) for key, value in self.entries.items()
        )


@dataclass(frozen=True)
class Lacks(Pattern):
    """A dict without these keys, or a list without these values."""

    keys: tuple[Any, ...]

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return not any(resolve(key, refs) in got for key in self.keys)


@dataclass(frozen=True)
class Every(Pattern):
    """A list, not empty, whose every item fits."""

    item: Any

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return isinstance(got, list) and bool(got) and all(matches(self.item, each, refs) for each in got)


@dataclass(frozen=True)
class Holds(Pattern):
    """A list with at least these items."""

    items: tuple[Any, ...]

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return isinstance(got, list) and all(
            any(matches(item, each, refs) for each in got) for item in self.items
        )


@dataclass(frozen=True)
class Length(Pattern):
    """Anything of this length."""

    length: int

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return isinstance(got, list | dict | str) and len(got) == self.length


@dataclass(frozen=True)
class Both(Pattern):
    """What several patterns accept."""

    patterns: tuple[Any, ...]

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return all(matches(pattern, got, refs) for pattern in self.patterns)


@dataclass(frozen=True)
class OneOf(Pattern):
    """What any of several patterns accepts: where clients take either."""

    patterns: tuple[Any, ...]

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return any(matches(pattern, got, refs) for pattern in self.patterns)


@dataclass(frozen=True)
class Among(Pattern):
    """These ids, in any order."""

    names: tuple[str, ...]

    def accepts(self, got: Any, refs: Mapping[str, int]) -> bool:
        return isinstance(got, list) and sorted(got) == sorted(refs[name] for name in self.names)


def among(*names: str) -> Among:
    return Among(names)


def refs(*names: str) -> list[Ref]:
    return [Ref(name) for name in names]


def resolve(value: Any, known: Mapping[str, int]) -> Any:
    """A value with every Ref replaced by its id."""
    match value:
        case Ref(name):
            return known[name]
        case list() | tuple():
            return [resolve(each, known) for each in value]
        case Mapping():
            return {key: resolve(each, known) for key, each in value.items()}
        case _:
            return value


def matches(expected: Any, got: Any, known: Mapping[str, int]) -> bool:
    """Whether an answer is what was expected: 1, 1.0 and True are three different things."""
    match expected:
        case Pattern():
            return expected.accepts(got, known)
        case Ref(name):
            return matches(known[name], got, known)
        case list() | tuple():
            return (
                isinstance(got, list)
                and len(got) == len(expected)
                and all(matches(one, other, known) for one, other in zip(expected, got, strict=True))
            )
        case Mapping():
            return (
                isinstance(got, dict)
                and got.keys() == {str(resolve(key, known)) for key in expected}
                and all(matches(each, got[str(resolve(key, known))], known) for key, each in expected.items())
            )
        case _:
            return type(expected) is type(got) and expected == got
