"""The columns of one import, sorted once by how their cells are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entrepot.errors import MissingError, Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud.load_rows import is_line
from entrepot.kernel.transfer import headers
from entrepot.kernel.transfer.options import ImportOptions

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta


@dataclass(frozen=True, slots=True)
class LinkColumn:
    """A column whose cells lead to records of a model, at whatever depth."""

    at: int
    comodel: str
    how: str
    """`name`, `id` (external) or `.id`"""
    of_lines: bool


@dataclass(slots=True)
class Plan:
    """What an import does with the cells of a row. `at` is a place among the columns that are used."""

    meta: ModelMeta
    paths: list[list[str]]
    places: list[int]
    """Where the used columns stand in the file."""
    ignored: tuple[str, ...] = ()
    plain: list[tuple[int, str]] = field(default_factory=list)
    """(at, field) of cells that are values already"""
    chosen: list[tuple[int, Field[Any]]] = field(default_factory=list)
    """(at, selection)"""
    linked: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    links: list[LinkColumn] = field(default_factory=list)
    external: int = -1
    own: tuple[int, ...] = ()
    """The columns that are not of lines."""
    has_lines: bool = False
    key: tuple[str, ...] = ()
    defaulted: frozenset[str] = frozenset()
    """Required fields with a default: an empty cell of a new record leaves it that."""


def make(env: Environment, model: str, header: Sequence[str], options: ImportOptions) -> Plan:
    """Read a header for a caller.

    Raises ValidationError with everything that is wrong with it, MissingError for an unknown model, AccessError for
    one that the caller may neither create nor write.
    """
    meta = env.registry.models.get(model)
    if meta is None or meta.abstract:
        raise MissingError(f"Object {model[:80]} doesn't exist", model=model[:80])
    if not check.may(env, model, "write"):
        check.check_model(env, model, "create")
    columns = headers.columns(env, meta, header, options.mapping, ignore_unknown=options.ignore_unknown)
    plan = of_paths(env, meta, columns.paths, columns.places)
    plan.ignored = columns.ignored
    plan.key = _key(env, plan, options.key)
    return plan


def of_paths(env: Environment, meta: ModelMeta, paths: list[list[str]], places: list[int]) -> Plan:
    """The plan of columns that are known to be right."""
    plan = Plan(meta, paths, places)
    own: list[int] = []
    for at, path in enumerate(paths):
        link = _link(env, meta, at, path)
        if link is not None:
            plan.links.append(link)
        if is_line(meta, path):
            plan.has_lines = True
            continue
        own.append(at)
        if path[0] in {"id", ".id"}:
            plan.ids.append(at)
            plan.external = at if path[0] == "id" else plan.external
            continue
        each = meta.fields[path[0]]
        if each.relational:
            plan.linked.append(at)
        elif each.kind == "selection":
            plan.chosen.append((at, each))
        else:
            plan.plain.append((at, each.name))
    plan.own = tuple(own)
    plan.defaulted = frozenset(
        path[0]
        for path in paths
        if len(path) == 1 and path[0] not in {"id", ".id"} and _falls_back(meta.fields[path[0]])
    )
    return plan


def _falls_back(each: Field[Any]) -> bool:
    source = each.path[-1] if each.inherited else each
    return source.required and source.default is not None


def _link(env: Environment, meta: ModelMeta, at: int, path: list[str]) -> LinkColumn | None:
    """How the cells of a column are looked up, None when they are not."""
    current, of_lines = meta, False
    for depth, name in enumerate(path):
        if name in {"id", ".id"}:
            return LinkColumn(at, current.name, name, of_lines) if name == "id" and depth else None
        each = current.fields[name]
        if not each.relational:
            return None
        following = path[depth + 1 : depth + 2]
        if not following:
            return LinkColumn(at, each.comodel, "name", of_lines)
        current = env.registry.models[each.comodel]
        of_lines = of_lines or each.kind == "one2many"
    return None


def _key(env: Environment, plan: Plan, names: Sequence[str]) -> tuple[str, ...]:
    """The fields of a key. Raises ValidationError for those that find no records, or have no column."""
    given = {path[0] for path in plan.paths if len(path) == 1 or path[-1] in {"id", ".id"}}
    problems = []
    for name in names:
        each = plan.meta.fields.get(name)
        if name in {"id", ".id"} and name in given:
            continue
        if each is None or not check.may_field(env, each):
            problems.append(
                Problem(name[:80], "unknown_field", f"The key {name[:80]!r} is no field of {plan.meta.name}.")
            )
        elif each.table_kind == "ids" or each.kind in {"binary", "json"} or not plan.meta.sql_able(each):
            problems.append(Problem(name, "no_key", f"Records cannot be found by {each.string} ({name})."))
        elif name not in given:
            problems.append(Problem(name, "no_column", f"The key {name!r} is no column of the file."))
    if problems:
        raise ValidationError(problems=problems, model=plan.meta.name)
    return tuple(name for name in names if name not in {"id", ".id"})
