"""A caller's values, sorted by where they go: own columns, links, delegated and inverse fields. All problems at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.domain.expand import unknown_field
from entrepot.kernel.fields.base import LOG_FIELDS, FieldError

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

IGNORED = frozenset({"id", *LOG_FIELDS})


@dataclass(slots=True)
class Sorted:
    """The parts of one set of values."""

    columns: dict[str, Any] = field(default_factory=dict)
    """name -> cached form"""
    links: dict[str, Any] = field(default_factory=dict)
    """x2many name -> commands"""
    delegated: dict[str, dict[str, Any]] = field(default_factory=dict)
    """many2one -> values for the record behind it"""
    inverses: dict[str, Any] = field(default_factory=dict)
    """computed or related name -> value for its inverse"""


def check_names(env: Environment, meta: ModelMeta, names: set[str], operation: str) -> None:
    """Refuse unknown and hidden fields. Raises ValidationError, AccessError."""
    unknown = [name for name in names if name not in meta.fields]
    if unknown:
        raise ValidationError(
            problems=[
                problem
                for name in sorted(map(str, unknown))
                for problem in unknown_field(env, meta, name).problems
            ],
            model=meta.name,
        )
    if meta.guarded and not names.isdisjoint(meta.guarded):
        check.check_fields(env, meta, sorted(names), operation)


def sort(env: Environment, meta: ModelMeta, values: Mapping[str, Any], problems: list[Problem]) -> Sorted:
    """Sort and parse one set of values; what is wrong with them is added to `problems`."""
    found = Sorted()
    for name, value in values.items():
        each = meta.fields[name]
        if name in IGNORED and not (env.su and name in meta.columns and env.context.get("keep_log_fields")):
            continue
        if each.inherited:
            found.delegated.setdefault(each.path[0].name, {})[name] = value
        elif each.table_kind == "ids" and each.stored and not each.path:
            if not (value is None and each.kind != "many2many"):
                found.links[name] = value
        elif each.inverse or (each.path and not each.stored and not each.readonly):
            found.inverses[name] = value
        elif each.has_column:
            _column(env, each, value, found, problems)
        else:
            text = (
                f"{each.string} ({meta.name}.{name}) is worked out from other fields and cannot be written."
            )
            problems.append(Problem(name, "computed", text))
    return found


def _column(env: Environment, each: Field[Any], value: Any, found: Sorted, problems: list[Problem]) -> None:
    try:
        cached = each.parse(value, env)
        if each.check is not None and cached is not None:
            wrong = each.check(cached)
            if wrong:
                raise FieldError("check", wrong)
    except FieldError as error:
        label = f"{each.string} ({each.model}.{each.name}): {error}"
        problems.append(Problem(each.name, error.code, label))
        return
    found.columns[each.name] = cached


def raise_problems(meta: ModelMeta, problems: list[Problem]) -> None:
    """Raise one ValidationError for all problems, if there are any."""
    if problems:
        raise ValidationError(problems=problems, model=meta.name)
