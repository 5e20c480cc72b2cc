"""What a `read_group` asks for, read from the texts of callers and checked: its keys, its aggregates and its order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud import periods
from entrepot.kernel.domain.expand import DATE_PARTS, field_of
from entrepot.kernel.fields.base import shown

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

_NUMBERS = frozenset({"integer", "float", "monetary"})
_PLAIN = _NUMBERS | {
    "boolean",
    "char",
    "text",
    "html",
    "selection",
    "reference",
    "date",
    "datetime",
    "many2one",
}
AGGREGATORS = {
    "sum": _NUMBERS,
    "avg": _NUMBERS,
    "min": _PLAIN - {"boolean"},
    "max": _PLAIN - {"boolean"},
    "count": _PLAIN | {"binary", "json"},
    "count_distinct": _PLAIN,
    "array_agg": _PLAIN,
    "bool_and": frozenset({"boolean"}),
    "bool_or": frozenset({"boolean"}),
}
"""Function -> the types of field it can take."""
COUNT = "__count"
_SPEC = re.compile(r"(\w+)(?::(\w+)(?:\((\w+)\))?)?", re.ASCII)
_ORDER = re.compile(r"\s*([\w:]+)(\s+(?:asc|desc))?\s*", re.ASCII | re.IGNORECASE)
_MAX_TERMS = 100
_MAX_FIGURES = 1000
"""SQL answers no more than some 1,600 columns."""


@dataclass(frozen=True, slots=True)
class Key:
    """One term of `groupby`: the text it was given as, its field, and how dates are cut (`grain`) or read (`part`)."""

    text: str
    field: Field[Any]
    grain: str = ""
    part: str = ""

    @property
    def linked(self) -> bool:
        """Whether its values are records."""
        return self.field.kind in {"many2one", "many2many"}


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One figure of each group. `hidden`: only to order by."""

    name: str
    function: str
    field: Field[Any]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class By:
    """One term of `orderby`: the name of a key, of an aggregate, or `COUNT`."""

    name: str
    descending: bool = False


def keys_of(env: Environment, meta: ModelMeta, groupby: Any) -> list[Key]:
    """The terms of `groupby`, each once. Raises ValidationError naming the one that cannot be used, AccessError."""
    terms = [groupby] if groupby and isinstance(groupby, str) else groupby or []
    if not isinstance(terms, (list, tuple)) or not all(isinstance(term, str) for term in terms):
        raise bad("groupby", f"groupby is a list of fields, got {shown(groupby)}")
    if len(terms) > _MAX_TERMS:
        raise bad("groupby", f"at most {_MAX_TERMS} groups at once")
    return [_key(env, meta, term) for term in dict.fromkeys(terms)]


def _key(env: Environment, meta: ModelMeta, term: str) -> Key:
    name, colon, cut = term.partition(":")
    field = field_of(env, meta, name)
    dated = field.kind in {"date", "datetime"}
    if colon and not (dated and (cut in periods.GRAINS or cut in DATE_PARTS)):
        known = ", ".join((*periods.GRAINS, *sorted(DATE_PARTS)))
        raise bad("groupby", f"{term[:80]!r}: {cut[:40]!r} is none of {known}, or {name} is no date")
    if not groupable(meta, field):
        raise bad("groupby", f"{name!r} of {meta.name} cannot be grouped by: it is not stored as one value")
    if cut in DATE_PARTS:
        return Key(term, field, part=cut)
    return Key(term, field, grain=(cut or "month") if dated else "")


def groupable(meta: ModelMeta, field: Field[Any]) -> bool:
    """Whether records can be grouped by a field: a column, or links that a chain of many2ones leads to."""
    if field.kind != "many2many":
        return meta.sql_able(field) and field.kind not in {"one2many", "binary", "json"}
    if not field.path:
        return field.stored
    return field.path[-1].stored and all(meta.sql_able(step) for step in field.path[:-1])


def aggregates_of(env: Environment, meta: ModelMeta, fields: Any, keys: Sequence[Key]) -> list[Aggregate]:
    """The figures asked for, each once; without any, those of every field that has a usual one.

    Raises ValidationError for a text that cannot be read, an unknown field or function, a function that the field's
    type does not have, and a name used twice; AccessError for a hidden field.
    """
    grouped = {key.field.name for key in keys}
    if not fields:
        return [
            Aggregate(field.name, field.aggregator or "", field)
            for field in meta.fields.values()
            if _usual(meta, field) and field.name not in grouped and check.may_field(env, field)
        ]
    if not isinstance(fields, (list, tuple)) or not all(isinstance(spec, str) for spec in fields):
        raise bad("fields", f"fields is a list of texts, got {shown(fields)}")
    if len(fields) > _MAX_FIGURES:
        raise bad("fields", f"at most {_MAX_FIGURES} figures at once")
    found: dict[str, Aggregate] = {}
    taken = {key.text for key in keys}
    for spec in dict.fromkeys(fields):
        aggregate = _aggregate(env, meta, spec, grouped)
        if aggregate is None:
            continue
        if aggregate.name in found or aggregate.name in taken or aggregate.name.startswith("__"):
            raise bad("fields", f"the name {aggregate.name!r} cannot be used, or not twice")
        found[aggregate.name] = aggregate
    return [*found.values()]


def _usual(meta: ModelMeta, field: Field[Any]) -> bool:
    return (
        bool(field.aggregator)
        and meta.sql_able(field)
        and field.kind in AGGREGATORS.get(field.aggregator or "", ())
    )


def _aggregate(env: Environment, meta: ModelMeta, spec: str, grouped: set[str]) -> Aggregate | None:
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise bad("fields", f"cannot read {spec[:60]!r}; write name, name:sum or alias:sum(name)")
    alias, function, name = match.group(1), match.group(2), match.group(3) or match.group(1)
    if alias in {COUNT, "id"} and function is None:
        return None
    field = field_of(env, meta, name)
    if function is None:
        return (
            None
            if name in grouped or not _usual(meta, field)
            else Aggregate(name, field.aggregator or "", field)
        )
    if function not in AGGREGATORS:
        raise bad("fields", f"unknown aggregate {function[:40]!r}; known: {', '.join(sorted(AGGREGATORS))}")
    if not meta.sql_able(field):
        raise bad("fields", f"{name!r} is not stored, so it cannot be aggregated")
    if field.kind not in AGGREGATORS[function]:
        raise bad("fields", f"a {field.kind} such as {name!r} has no {function}")
    return Aggregate(alias, function, field)


def order_of(
    env: Environment, meta: ModelMeta, orderby: Any, keys: Sequence[Key], aggregates: Sequence[Aggregate]
) -> tuple[list[By], list[Aggregate]]:
    """The order of groups, keys that it does not name last; and the aggregates it needs besides those asked for.

    Raises ValidationError for a term that is neither a group nor something that can be aggregated.
    """
    if orderby and not isinstance(orderby, str):
        raise bad("orderby", f"orderby is a text, got {shown(orderby)}")
    terms: list[By] = []
    more: list[Aggregate] = []
    for part in orderby.split(",")[:_MAX_TERMS] if orderby else []:
        match = _ORDER.fullmatch(part)
        if match is None:
            raise bad("orderby", f"cannot read {part[:60]!r}")
        name = _named(env, meta, match.group(1), keys, [*aggregates, *more])
        if isinstance(name, Aggregate):
            more.append(name)
            name = name.name
        terms.append(By(name, (match.group(2) or "").strip().lower() == "desc"))
    chosen = {by.name for by in terms}
    return [*terms, *(By(key.text) for key in keys if key.text not in chosen)], more


def _named(
    env: Environment, meta: ModelMeta, text: str, keys: Sequence[Key], aggregates: Sequence[Aggregate]
) -> str | Aggregate:
    name, _, function = text.partition(":")
    if text == COUNT or (keys and text == f"{keys[0].field.name}_count"):
        return COUNT
    for key in keys:
        if text == key.text or (not function and name == key.field.name):
            return key.text
    for known in aggregates:
        if known.name in (text, name) and function in ("", known.function) and known.function != "array_agg":
            return known.name
    field = field_of(env, meta, name)
    function = function or field.aggregator or ""
    usable = field.kind in AGGREGATORS.get(function, ()) and function != "array_agg"
    if not usable or not meta.sql_able(field):
        raise bad("orderby", f"{text[:60]!r} is neither a group nor an aggregate of this call")
    return Aggregate(f"{name}:{function}", function, field, hidden=True)


def bad(path: str, message: str) -> ValidationError:
    """The error of a call that cannot be answered."""
    return ValidationError(problems=[Problem(path, "bad_group", f"read_group: {message}")])
