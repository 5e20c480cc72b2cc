"""A selection as a tree, and its text.

A selection is a list of items between braces, with arguments before them. Each item takes a field, leaves one out, takes
all, or takes a relation with a selection of its own. What the words mean on a model is decided in `resolve.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Take:
    """A field as it is."""

    name: str
    at: int = field(default=0, compare=False)
    """Where it stands in the text, from 0: for messages; it is no part of what a selection is."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Every field but this one."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Everything:
    """All fields, flat."""


@dataclass(frozen=True, slots=True)
class Nest:
    """A relation with what to take of the records behind it."""

    name: str
    selection: Selection
    at: int = field(default=0, compare=False)


Item: TypeAlias = Take | Leave | Everything | Nest


@dataclass(frozen=True, slots=True)
class Selection:
    """What to take of the records of one model; `arguments` are names with texts, as they were written."""

    items: tuple[Item, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()


ALL = Selection((Everything(),))
"""What is taken when nothing is said."""


def spell(selection: Selection) -> str:
    """The text of a selection, which reads back as the same selection."""
    items = ", ".join(_item(each) for each in selection.items)
    return f"{_arguments(selection)}{{{items}}}"


def _item(item: Item) -> str:
    if isinstance(item, Nest):
        return f"{item.name}{spell(item.selection)}"
    if isinstance(item, Everything):
        return "*"
    return f"-{item.name}" if isinstance(item, Leave) else item.name


def _arguments(selection: Selection) -> str:
    if not selection.arguments:
        return ""
    spelled = ", ".join(f"{name}: {_quoted(text)}" for name, text in selection.arguments)
    return f"({spelled})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
