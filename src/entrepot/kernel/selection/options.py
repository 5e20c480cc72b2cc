"""The arguments of a selection -> which records of a relation, in which order, and how many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from entrepot.errors import Problem
from entrepot.kernel.crud.rest_query import domain_of, order_of
from entrepot.kernel.selection.tree import Selection

_NUMBERS = ("limit", "offset")
_PAGES = ("page", "page_size")
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """What arguments say. `limit` None and 0: all."""

    limit: int | None = None
    offset: int = 0
    order: str = ""
    domain: tuple[Any, ...] = ()
    page: int | None = None
    page_size: int | None = None

    @property
    def bounded(self) -> bool:
        """Whether not all records of each parent are wanted."""
        return bool(self.limit or self.offset)


NONE = Options()


def options(selection: Selection, path: str, problems: list[Problem], *, top: bool) -> Options:
    """Read the arguments of one level; what is wrong with them is added to `problems`. `top`: pages are understood."""
    if not selection.arguments:
        return NONE
    known = (*_NUMBERS, "order", "filter", "domain", *(_PAGES if top else ()))
    found: dict[str, Any] = {}
    for name, text in selection.arguments:
        where = f"{path}({name})"
        if name in _NUMBERS or (top and name in _PAGES):
            if _NUMBER.fullmatch(text):
                found[name] = int(text)
            else:
                message = f"{where} is a whole number from 0, got {text[:40]!r}."
                problems.append(Problem(where, "bad_number", message))
        elif name == "order":
            found["order"] = order_of(text, where)
        elif name in {"filter", "domain"}:
            found["domain"] = tuple(domain_of(text, where))
        else:
            message = f"{path or 'The query'} has no argument {name[:40]!r}; known: {', '.join(known)}."
            problems.append(Problem(where, "unknown_argument", message))
    return Options(**found)
