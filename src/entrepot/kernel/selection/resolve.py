"""A selection on a model -> levels: which fields are read of which records, as far as the caller may see them.

A field that is not for the caller is an unknown one, here as in filters. What a text means to callers of the same groups
is worked out once and kept with the plans.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadQuery, Problem
from entrepot.kernel.access import check
from entrepot.kernel.crud.rest_query import bad
from entrepot.kernel.domain.expand import unknown_field
from entrepot.kernel.fields.base import shown
from entrepot.kernel.selection.options import NONE, Options, options
from entrepot.kernel.selection.parse import MAX_ITEMS, parse
from entrepot.kernel.selection.tree import Everything, Leave, Nest, Selection, Take

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta, Registry

KEPT_LENGTH = 4096
"""Longer queries, and those with arguments, are read anew each time: there are never many of one text."""
MAX_PROBLEMS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """What to read of the records of one model.

    `names`: the members of the answer, in order. `sized`: binaries of which only the size is told. `nested`: relations
    with what to read behind them.
    """

    model: str
    names: tuple[str, ...]
    sized: frozenset[str] = frozenset()
    nested: Mapping[str, Level] = field(default_factory=dict)
    options: Options = NONE

    @property
    def shape(self) -> tuple[Any, ...]:
        """What decides the SQL of this level."""
        return (self.model, self.names, self.sized, tuple(self.nested))


def resolve(env: Environment, meta: ModelMeta, query: Any, fields: Any = None) -> Level:
    """The levels of a query text, or of a plain list of fields; of all fields when both are empty.

    Raises BadQuery with everything that is wrong with it.
    """
    if fields:
        if query:
            raise bad("fields", "twice", "Give either query or fields, not both.")
        return _resolved(env, meta, _of_names(fields))
    if query is None or query is False:
        query = ""
    if not isinstance(query, str):
        raise bad("query", "not_a_text", f"A query is a text such as '{{id, name}}', got {shown(query)}.")
    if len(query) > KEPT_LENGTH or "(" in query:
        return _resolved(env, meta, parse(query))
    key = ("selection", meta.name, query, _eyes(env))
    found: Level = env.registry.plans.get(key, lambda: _resolved(env, meta, parse(query)))
    return found


def _of_names(fields: Any) -> Selection:
    names = [each.strip() for each in fields.split(",")] if isinstance(fields, str) else fields
    if not isinstance(names, (list, tuple)) or not all(isinstance(each, str) for each in names):
        raise bad("fields", "bad_fields", f"fields is a list of names, got {shown(fields)}.")
    if len(names) > MAX_ITEMS:
        raise bad("fields", "too_long", f"At most {MAX_ITEMS} fields can be named.")
    return Selection(tuple(Take(each) for each in names if each))


def _eyes(env: Environment) -> frozenset[str] | bool:
    """What of the caller decides which fields there are: the groups that any field asks for."""
    if env.su:
        return True
    asked: tuple[str, ...] = env.registry.plans.get(("guards",), lambda: _guards(env.registry))
    return frozenset(name for name in asked if env.policy.group(name) in env.caller.groups)


def _guards(registry: Registry) -> tuple[str, ...]:
    return tuple(
        {group for meta in registry.models.values() for each in meta.fields.values() for group in each.groups}
    )


def _of_files(registry: Registry) -> frozenset[Field[Any]]:
    """Fields, no files themselves, that each reading works out anew from the content of files."""
    found: set[Field[Any]] = set()
    reached = [each for each in registry.triggers if each.kind == "binary"]
    while reached:
        follow = {target for target, _ in registry.triggers.get(reached.pop(), ())}
        new = {each for each in follow - found if each.computed and not each.stored}
        found |= new
        reached += new
    return frozenset(each for each in found if each.kind != "binary")


def _resolved(env: Environment, meta: ModelMeta, selection: Selection) -> Level:
    problems: list[Problem] = []
    found = _Resolver(env, problems).level(meta, selection, "")
    if problems:
        raise BadQuery(problems=problems[:MAX_PROBLEMS])
    return found


class _Resolver:
    """Walks down a selection and gathers what is wrong with it."""

    def __init__(self, env: Environment, problems: list[Problem]) -> None:
        self.env = env
        self.problems = problems
        registry = env.registry
        self.of_files: frozenset[Field[Any]] = registry.plans.get(("of files",), lambda: _of_files(registry))

    def level(self, meta: ModelMeta, selection: Selection, path: str) -> Level:
        taken = [each for each in selection.items if isinstance(each, Take)]
        left = {each.name for each in selection.items if isinstance(each, Leave)}
        nests = [each for each in selection.items if isinstance(each, Nest)]
        everything = any(isinstance(each, Everything) for each in selection.items)
        if taken and left:
            text = "Can not include and exclude fields on the same field level"
            where = f" of {path}" if path else ""
            self.problems.append(Problem(path or "query", "include_and_exclude", f"{text}{where}."))
        named = {each.name for each in taken}
        for name in dict.fromkeys((*named, *left)):
            self._known(meta, name, path)
        nested = self._nested(meta, nests, left, path)
        if everything or left:
            names = [
                name
                for name in meta.fields
                if name not in left and self._in_all(meta, name, {*named, *nested})
            ]
        else:
            names = list(
                dict.fromkeys(each.name for each in selection.items if isinstance(each, (Take, Nest)))
            )
        sized = frozenset(name for name in names if name not in named and self._is_file(meta, name))
        found = options(selection, path, self.problems, top=not path)
        return Level(meta.name, tuple(names), sized, nested, found)

    def _nested(self, meta: ModelMeta, nests: list[Nest], left: set[str], path: str) -> dict[str, Level]:
        found: dict[str, Level] = {}
        for each in nests:
            where = f"{path}.{each.name}" if path else each.name
            if not self._known(meta, each.name, path):
                continue
            linking = meta.fields[each.name]
            if not linking.comodel:
                text = f"{where!r} is a {linking.kind}, not a relation: nothing can be taken of it."
                self.problems.append(Problem(where, "not_nested", text))
            elif each.name in found:
                self.problems.append(Problem(where, "twice", f"{where!r} is looked into twice on one level."))
            elif each.name in left:
                self.problems.append(
                    Problem(where, "include_and_exclude", f"{where!r} is both left out and looked into.")
                )
            else:
                level = self.level(self.env.registry.models[linking.comodel], each.selection, where)
                found[each.name] = level
                if linking.kind == "many2one" and (level.options.bounded or level.options.order):
                    text = (
                        f"{where!r} leads to one record: limit, offset and order are for relations to many."
                    )
                    self.problems.append(Problem(where, "one_record", text))
        return found

    def _visible(self, meta: ModelMeta, name: str) -> bool:
        return name not in meta.guarded or check.may_field(self.env, meta.fields[name])

    def _in_all(self, meta: ModelMeta, name: str, asked: set[str]) -> bool:
        """Whether a field is among all: not what a file must be made or read for, unless it is asked for by name."""
        each = meta.fields[name]
        costly = each in self.of_files or (each.kind == "binary" and not meta.sql_able(each))
        return self._visible(meta, name) and (name in asked or not costly)

    def _is_file(self, meta: ModelMeta, name: str) -> bool:
        return name in meta.fields and meta.fields[name].kind == "binary"

    def _known(self, meta: ModelMeta, name: str, path: str) -> bool:
        if name in meta.fields and self._visible(meta, name):
            return True
        for each in unknown_field(self.env, meta, name).problems:
            where = f"{path}.{each.path}" if path else each.path
            self.problems.append(Problem(where, each.code, each.message))
        return False
