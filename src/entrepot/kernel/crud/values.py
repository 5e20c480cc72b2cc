"""A caller's values, sorted by where they go: own columns, links, delegated and inverse fields. All problems at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel import command
from entrepot.kernel.access import check
from entrepot.kernel.command import CREATE, UPDATE, Triple
from entrepot.kernel.domain.expand import unknown_field
from entrepot.kernel.fields.base import LOG_FIELDS, FieldError, shown

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
    links: dict[str, list[Triple]] = field(default_factory=dict)
    """x2many name -> commands"""
    delegated: dict[str, dict[str, Any]] = field(default_factory=dict)
    """many2one -> values for the record behind it"""
    inverses: dict[str, Any] = field(default_factory=dict)
    """computed or related name -> value for its inverse"""
    claims: dict[str, Any] = field(default_factory=dict)
    """name of a field that nobody may write -> cached form of the value that the caller says it has"""


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
    ways = env.registry.plans.get(("ways", meta.name, env.su), lambda: _ways(meta, su=env.su))
    columns = found.columns
    for name, value in values.items():
        way, each = ways[name]
        try:
            if way == _COLUMN:
                columns[name] = each.parse(value, env) if each.check is None else parsed(each, value, env)
            else:
                _place(env, way, each, value, found)
        except FieldError as error:
            problems.append(problem(each, error))
    return found


_COLUMN, _IGNORED, _DELEGATED, _LINKS, _INVERSE, _CLAIMED_IDS, _CLAIMED = range(7)
_Ways = dict[str, tuple[int, Any]]


def _ways(meta: ModelMeta, *, su: bool) -> _Ways:
    """Where the values of each field go."""
    return {name: (_way(name, each, su=su), each) for name, each in meta.fields.items()}


def _way(name: str, each: Field[Any], *, su: bool) -> int:
    kept = each.worked_out and not su
    if name in IGNORED:
        return _IGNORED
    if each.inherited:
        return _DELEGATED
    if each.table_kind == "ids" and each.stored and not each.path and not kept:
        return _LINKS
    if each.inverse or (each.path and not each.readonly):
        return _INVERSE
    if each.has_column and not kept:
        return _COLUMN
    return _CLAIMED_IDS if each.table_kind == "ids" else _CLAIMED


def _place(env: Environment, way: int, each: Field[Any], value: Any, found: Sorted) -> None:
    """Put one value where it goes, when that is no column. Raises FieldError."""
    name = each.name
    if way == _IGNORED:
        if env.su and each.has_column and name != "id" and env.context.get("keep_log_fields"):
            found.columns[name] = parsed(each, value, env)
    elif way == _DELEGATED:
        found.delegated.setdefault(each.path[0].name, {})[name] = value
    elif way == _LINKS:
        found.links[name] = command.parse(value)
    elif way == _INVERSE:
        if each.table_kind == "ids":
            command.parse(value)
        elif each.kind != "binary":
            parsed(each, value, env)
        found.inverses[name] = value
    elif way == _CLAIMED_IDS:
        found.claims[name] = _claimed_ids(value)
    else:
        found.claims[name] = each.parse(value, env)


def _claimed_ids(value: Any) -> tuple[Any, ...]:
    """The ids that a caller says a worked-out field has. Raises FieldError."""
    ids = value.ids if hasattr(value, "ids") else value or ()
    if not isinstance(ids, (list, tuple)):
        raise FieldError("bad_value", f"expected a list of ids, got {shown(value)}")
    return tuple(ids)


def parsed(each: Field[Any], value: Any, env: Environment) -> Any:
    """The cached form of a value that its field's own check accepts. Raises FieldError."""
    cached = each.parse(value, env)
    wrong = each.check(cached) if each.check is not None and cached is not None else None
    if wrong:
        raise FieldError("check", wrong)
    return cached


def problem(each: Field[Any], error: FieldError) -> Problem:
    """A value that does not fit, said with its field."""
    return Problem(each.name, error.code, f"{each.string} ({each.model}.{each.name}): {error}")


def prefixed(path: str, found: Problem) -> Problem:
    """A problem of something inside what `path` names."""
    whole = ".".join(part for part in (path, found.path) if part)
    return Problem(whole, found.code, found.message)


def placed(error: ValidationError, places: Sequence[str], common: str) -> ValidationError:
    """The error of a create said by where its caller had the values: `places` has the path of each record, `common`
    is the path for what is wrong with all of them together.
    """
    problems = []
    for each in error.problems:
        at, _, rest = each.path.partition(".")
        if len(places) == 1:
            problems.append(prefixed(places[0], each))
        elif at.isdecimal() and int(at) < len(places):
            problems.append(prefixed(places[int(at)], Problem(rest, each.code, each.message)))
        else:
            problems.append(prefixed(common, each))
    return ValidationError(error.message, problems=problems, **error.data)


def check_lines(env: Environment, meta: ModelMeta, each: Sorted, problems: list[Problem]) -> None:
    """Add what is wrong with the values in commands, for a caller who learns of other problems now."""
    for name, commands in each.links.items():
        comodel = env.registry.models[meta.fields[name].comodel]
        for at, (code, _, values) in enumerate(commands):
            if code not in {CREATE, UPDATE}:
                continue
            inner: list[Problem] = []
            known = {key: value for key, value in values.items() if key in comodel.fields}
            for key in sorted(str(key) for key in values if key not in comodel.fields):
                inner.extend(unknown_field(env, comodel, key).problems)
            check_lines(env, comodel, sort(env, comodel, known, inner), inner)
            problems.extend(prefixed(f"{name}.{at}", each_problem) for each_problem in inner)


def check_claims(env: Environment, meta: ModelMeta, claims: Mapping[int, Mapping[str, Any]]) -> None:
    """Refuse values that callers sent for fields which are worked out, unless they are what is worked out.

    So a row that was read may be sent back whole, and nobody believes they wrote what they did not.
    """
    problems: list[Problem] = []
    for record_id, each in claims.items():
        record = meta.type(env.derive(su=True), (record_id,))
        for name, claimed in each.items():
            target = meta.fields[name]
            if not target.same(record.env.value(record, target), claimed):
                text = f"{target.string} ({meta.name}.{name}) is worked out from other fields and cannot be written."
                problems.append(Problem(name, "computed", text))
    raise_problems(meta, problems)


def raise_problems(meta: ModelMeta, problems: list[Problem]) -> None:
    """Raise one ValidationError for all problems, if there are any."""
    if problems:
        text = "\n".join(dict.fromkeys(each.message for each in problems))
        raise ValidationError(text, problems=problems, model=meta.name)
