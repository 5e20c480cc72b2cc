"""An order as callers write it -> ORDER BY, always ending in a unique key so that pages never repeat or lose a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, UserError, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.domain.expand import unknown_field
from entrepot.storage.sql import SQL

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.query import Query
    from entrepot.kernel.registry import ModelMeta

_TERM = re.compile(
    r"\s*([a-zA-Z_][a-zA-Z0-9_.]*)(\s+(?:asc|desc))?(\s+nulls\s+(?:first|last))?\s*", re.IGNORECASE
)
_MAX_TERMS = 20


@dataclass(frozen=True, slots=True)
class Term:
    """One key of an order. `nulls_first` None: the usual place (last ascending, first descending)."""

    field: str
    descending: bool = False
    nulls_first: bool | None = None


def parse(text: str) -> tuple[Term, ...]:
    """Read `field [asc|desc] [nulls first|last], …`. Raises UserError with the part that cannot be read."""
    terms = []
    parts = text.split(",")
    if len(parts) > _MAX_TERMS:
        raise UserError(f"An order has at most {_MAX_TERMS} terms.")
    for part in parts:
        match = _TERM.fullmatch(part)
        if match is None:
            raise UserError(
                f'Invalid "order" specified ({text[:100]!r}). A valid "order" specification is a comma-separated list of '
                "field names, each optionally followed by asc or desc."
            )
        name, direction, nulls = match.groups()
        place = None if nulls is None else nulls.strip().lower().endswith("first")
        terms.append(Term(name, bool(direction and direction.strip().lower() == "desc"), place))
    return tuple(terms)


def checked(env: Environment, meta: ModelMeta, order: Any) -> str:
    """The order to use: the caller's when they may see all its fields, the model's own when they give none."""
    if order is None or order is False or order == "":
        return meta.order
    if not isinstance(order, str):
        raise ValidationError(
            problems=[Problem("order", "bad_order", f"order is a text, got {repr(order)[:60]}")]
        )
    for term in parse(order):
        field = meta.fields.get(term.field)
        if field is None or (term.field in meta.guarded and not check.may_field(env, field)):
            raise unknown_field(env, meta, term.field)
        if not (meta.sql_able(field)) or field.kind in {"one2many", "many2many", "binary", "json"}:
            text = f"Cannot order {meta.name} by {term.field!r}: it is not stored."
            raise ValidationError(problems=[Problem("order", "not_sortable", text)])
    return order


def order_by(query: Query, order: str) -> SQL:
    """The ORDER BY terms of a checked order."""
    terms: list[SQL] = []
    _collect(query, query.meta, query.alias, parse(order), terms, (), reverse=False)
    seen: dict[str, SQL] = {}
    for term in terms:
        seen.setdefault("".join(term.chunks).partition(" ")[0], term)
    unique = [*seen.values()]
    key = query.id().chunks[0]
    if key not in seen:
        unique.append(SQL("{}", query.id()))
    return SQL(", ").join(unique)


def _collect(
    query: Query,
    meta: ModelMeta,
    alias: str,
    terms: tuple[Term, ...],
    found: list[SQL],
    through: tuple[Field[Any], ...],
    *,
    reverse: bool,
) -> None:
    for term in terms:
        field = meta.fields[term.field]
        descending = term.descending != reverse
        if field.kind == "many2one" and field not in through and len(through) < 3:
            target = query.registry.models[field.comodel]
            joined = query.join(field, alias)
            inner = tuple(each for each in parse(target.order) if target.sql_able(target.fields[each.field]))
            _collect(query, target, joined, inner, found, (*through, field), reverse=descending)
            continue
        column = query.column(field, alias)
        text = SQL("{} DESC", column) if descending else column
        nulls_first = term.nulls_first if term.nulls_first is not None else descending
        if query.dialect.name == "sqlite":
            sure = not through and (field.name == "id" or (field.required and field.has_column))
            if not sure:
                text = SQL("{} NULLS FIRST" if nulls_first else "{} NULLS LAST", text)
        elif term.nulls_first is not None:
            text = SQL("{} NULLS FIRST" if nulls_first else "{} NULLS LAST", text)
        found.append(text)
