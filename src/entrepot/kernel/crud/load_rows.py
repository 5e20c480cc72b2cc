"""Rows of an import: which columns there may be, which rows are one record, and what their cells mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from entrepot.errors import Problem, ValidationError
from entrepot.kernel import externals
from entrepot.kernel.command import CREATE, SET
from entrepot.kernel.fields.many2one import id_of

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

_IDS = frozenset({"id", ".id"})
_DEEPEST = 8
Cells = Sequence[Any]


@dataclass(slots=True)
class Row:
    """One record of the import: the rows it came from, its ids, values and lines."""

    first: int
    last: int
    external_id: str = ""
    is_named: bool = False
    """Whether the external id is known already."""
    database_id: int = 0
    target: int = 0
    """The id of the record that it updates; 0: a new one."""
    wrong: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str, list[Row]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    status: Literal["", "created", "updated", "unchanged"] = ""


class Resolver(Protocol):
    """Who knows external ids, and hears of mistakes."""

    @property
    def env(self) -> Environment:
        """The environment of the import."""

    def resolve(self, model: str, text: str) -> int | None:
        """The id of a model's record behind an external id."""

    def named(self, model: str, text: str) -> Sequence[tuple[int, str]]:
        """(id, name) of the records of a model that people call so, the first few."""

    def say(self, first: int, last: int, name: str, text: str, code: str) -> None:
        """Tell of a mistake."""


def path_of(column: Any) -> list[str]:
    """The path of a column's header: `a.id` and `a:id` are other spellings of `a/.id` and `a/id`."""
    text = column if isinstance(column, str) else ""
    text = re.sub(r"(?<=[^/])\.id$", "/.id", text.strip())
    return re.sub(r"(?<=[^/]):id$", "/id", text).split("/")


def wrong_path(env: Environment, meta: ModelMeta, path: list[str]) -> str | None:
    """What is wrong with a column; None when it can be used."""
    name, rest = path[0], path[1:]
    if name in _IDS:
        return "nothing follows an id" if rest else None
    each = meta.fields.get(name)
    if each is None or len(path) > _DEEPEST:
        return f"there is no field {name[:80]!r} on {meta.name}"
    if not rest:
        return None
    if not each.relational:
        return f"{name[:80]!r} is no relation"
    if each.kind == "one2many":
        return wrong_path(env, env.registry.models[each.comodel], rest)
    return None if len(rest) == 1 and rest[0] in _IDS else f"{name[:80]!r} is followed by id or .id"


def blocks(
    meta: ModelMeta, paths: list[list[str]], data: Sequence[Cells]
) -> Iterator[tuple[int, list[Cells]]]:
    """The rows of each record, with the number of the first: a row whose own columns are all empty continues the lines
    of the record above.
    """
    own = [at for at, path in enumerate(paths) if not is_line(meta, path)]
    at = 0
    while at < len(data):
        last = at
        if len(own) < len(paths):
            while last + 1 < len(data) and not any(given(data[last + 1], each) for each in own):
                last += 1
        yield at, list(data[at : last + 1])
        at = last + 1


def is_line(meta: ModelMeta, path: list[str]) -> bool:
    """Whether a column is of the lines of a one2many."""
    each = meta.fields.get(path[0])
    return each is not None and each.kind == "one2many" and len(path) > 1


def given(row: Cells, at: int) -> bool:
    """Whether a row has something in a column."""
    return at < len(row) and row[at] is not None and row[at] is not False and row[at] != ""


def texts(value: Any) -> list[Any]:
    """The parts of a cell that may hold several links: a list, or a text with commas."""
    if value is None or value is False or value == "":
        return []
    if isinstance(value, list):
        return [each for each in value if each is not None and each is not False and each != ""]
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]
    return [part for part in parts if part != ""]


def module_of(env: Environment) -> str:
    """The module of external ids that name none."""
    return str(env.context.get("_import_current_module") or "__import__")


def full(external_id: str, module: str) -> str:
    """An external id with its module."""
    return external_id if "." in external_id else f"{module}.{external_id}"


def read(
    resolver: Resolver, meta: ModelMeta, paths: list[list[str]], block: Sequence[Cells], first: int
) -> Row:
    """One record of its rows; mistakes are told to the resolver."""
    found = Row(first, first + len(block) - 1)
    for at, path in enumerate(paths):
        if is_line(meta, path):
            continue
        value = block[0][at] if at < len(block[0]) else None
        try:
            place(resolver, meta, found, path, value)
        except ValidationError as error:
            found.wrong = True
            resolver.say(found.first, found.last, "/".join(path), error.message, "bad_value")
    read_lines(resolver, meta, paths, block, found)
    return found


def read_lines(
    resolver: Resolver, meta: ModelMeta, paths: list[list[str]], block: Sequence[Cells], found: Row
) -> None:
    """The lines of a record; mistakes are told to the resolver."""
    lines: dict[str, list[int]] = {}
    for at, path in enumerate(paths):
        if is_line(meta, path):
            lines.setdefault(path[0], []).append(at)
    for name, positions in lines.items():
        comodel = resolver.env.registry.models[meta.fields[name].comodel]
        inner = [paths[at][1:] for at in positions]
        rows = [[row[at] if at < len(row) else None for at in positions] for row in block]
        found.lines[name] = [
            read(resolver, comodel, inner, part, found.first + start)
            for start, part in blocks(comodel, inner, rows)
            if any(given(row, at) for row in part for at in range(len(row)))
        ]
        found.wrong = found.wrong or any(line.wrong for line in found.lines[name])


def place(resolver: Resolver, meta: ModelMeta, found: Row, path: list[str], value: Any) -> None:
    """Put one cell where it belongs. Raises ValidationError."""
    if path == ["id"]:
        found.external_id = "" if value is None or value is False else str(value).strip()
        if found.external_id:
            externals.split(found.external_id, "__import__")
    elif path == [".id"]:
        if given([value], 0):
            database_id = id_of(value)
            if not database_id:
                raise ValidationError(f"A database id is a whole number, got {str(value)[:40]!r}")
            found.database_id = database_id
    elif value is not None:
        found.values[path[0]] = cell(resolver, meta, path, value)


def cell(resolver: Resolver, meta: ModelMeta, path: list[str], value: Any) -> Any:
    """The value of one cell: a link by external id, database id or name; a selection by key or label; others as they
    are. Raises ValidationError.
    """
    each = meta.fields[path[0]]
    if value == "":
        value = False
    if each.kind == "selection":
        return _key(resolver.env, each, value)
    if not each.relational:
        return value
    how = path[1] if len(path) > 1 else "name"
    if each.kind == "many2one":
        text = value.strip() if isinstance(value, str) else value
        return _link(resolver, each, how, text) if given([text], 0) else False
    if isinstance(value, list) and value and all(isinstance(line, Mapping) for line in value):
        return [(CREATE, 0, line) for line in value]
    return [(SET, 0, [_link(resolver, each, how, text) for text in texts(value)])]


def _key(env: Environment, each: Any, value: Any) -> Any:
    pairs = each.choices(env)
    if any(key == value for key, _ in pairs):
        return value
    return next((key for key, label in pairs if label == value), value)


def _link(resolver: Resolver, each: Field[Any], how: str, text: Any) -> int:
    if how == ".id" or (how == "name" and isinstance(text, int)):
        found = id_of(text)
        if not found:
            raise ValidationError(f"{each.string}: a database id is a whole number, got {str(text)[:40]!r}")
        return found
    if how == "id":
        found = resolver.resolve(each.comodel, str(text))
        if found is None:
            raise ValidationError(
                f"No matching record found for external id {str(text)[:80]!r} in field {each.string!r}"
            )
        return found
    matches = resolver.named(each.comodel, str(text))
    if not matches:
        raise ValidationError(
            f"No matching record found for name {str(text)[:80]!r} in field {each.string!r}"
        )
    if len(matches) > 1:
        candidates = ", ".join(f"{name} (id {record_id})" for record_id, name in matches)
        raise ValidationError(
            f"Several records found for name {str(text)[:80]!r} in field {each.string!r}: {candidates}"
        )
    return matches[0][0]
