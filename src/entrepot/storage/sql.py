"""SQL as composed values: literal text, quoted identifiers and bound parameters, never formatted strings.

`SQL("{} = {}", ident("name"), 3)` splices SQL and binds everything else. A `Slot` is a parameter whose value comes
with each execution: `plan(fragment, dialect)` renders the text once, `Plan.bind(values)` then only fills in values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Slot:
    """A parameter filled at execution: `convert(values[index])`."""

    index: int
    convert: Callable[[Any], Any] | None = None


class SQL:
    """A piece of SQL: `chunks` of text with one parameter between each two of them."""

    __slots__ = ("chunks", "params")

    chunks: tuple[str, ...]
    params: tuple[Any, ...]

    def __init__(self, template: str, *args: Any) -> None:
        """Compose: each `{}` of the template takes the next argument, spliced if SQL and bound otherwise."""
        pieces = template.split("{}")
        if len(pieces) != len(args) + 1:
            raise ValueError(f"{len(args)} arguments for {len(pieces) - 1} places in {template!r}")
        chunks = [pieces[0]]
        params: list[Any] = []
        for arg, piece in zip(args, pieces[1:], strict=True):
            if isinstance(arg, SQL):
                chunks[-1] += arg.chunks[0]
                chunks.extend(arg.chunks[1:])
                params.extend(arg.params)
                chunks[-1] += piece
            else:
                params.append(arg)
                chunks.append(piece)
        self.chunks = tuple(chunks)
        self.params = tuple(params)

    def __bool__(self) -> bool:
        return bool(self.params) or bool(self.chunks[0])

    def __repr__(self) -> str:
        return f"SQL({'{}'.join(self.chunks)!r}, {self.params!r})"

    def join(self, parts: Iterable[SQL]) -> SQL:
        """Join parts with this piece (plain text only) between them."""
        items = list(parts)
        return SQL(self.chunks[0].join(["{}"] * len(items)), *items) if items else SQL("")


def ident(*names: str) -> SQL:
    """Quote a (dotted) identifier. NUL is refused; quotes inside are doubled, so any other name is safe."""
    for name in names:
        if not name or "\0" in name:
            raise ValueError(f"not an identifier: {name!r}")
    text = ".".join('"' + name.replace('"', '""') + '"' for name in names)
    piece = SQL("")
    piece.chunks = (text,)
    return piece


def literal_text(text: str) -> SQL:
    """Quote a constant text of our own code (a JSON key, a label), for places where a parameter would hide an index."""
    piece = SQL("")
    piece.chunks = ("'" + text.replace("'", "''") + "'",)
    return piece


class Placeholders(Protocol):
    """The part of a dialect that rendering needs."""

    def placeholder(self, position: int) -> str:
        """How the n-th parameter (from 1) is spelled."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Rendered SQL: what the driver runs, and how each execution's values become its parameters."""

    text: str
    constants: tuple[Any, ...]
    slots: tuple[tuple[int, int, Callable[[Any], Any] | None], ...]
    """(position of the parameter, index of the value, conversion)"""

    def bind(self, values: Sequence[Any]) -> Sequence[Any]:
        """The parameters of one execution."""
        if not self.slots:
            return self.constants
        params = list(self.constants)
        for at, index, convert in self.slots:
            value = values[index]
            params[at] = value if convert is None else convert(value)
        return params


def plan(fragment: SQL, dialect: Placeholders) -> Plan:
    """Render a fragment for a dialect."""
    text = [fragment.chunks[0]]
    slots = []
    constants: list[Any] = []
    for at, (param, chunk) in enumerate(zip(fragment.params, fragment.chunks[1:], strict=True)):
        text.append(dialect.placeholder(at + 1))
        text.append(chunk)
        if isinstance(param, Slot):
            slots.append((at, param.index, param.convert))
            constants.append(None)
        else:
            constants.append(param)
    return Plan("".join(text), tuple(constants), tuple(slots))
