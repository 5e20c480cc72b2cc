"""An order as callers write it -> ORDER BY, always ending in a unique key so that pages never repeat or lose a row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, UserError, ValidationError
from entrepot.kernel.domain.expand import field_of
from entrepot.kernel.fields.base import shown
from entrepot.storage.sql import SQL

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.query import Query
    from entrepot.kernel.registry import ModelMeta
    from entrepot.storage.abc import Dialect

_TERM = re.compile(
    r"\s*([a-zA-Z_][a-zA-Z0-9_.]*)(\s+(?:asc|desc))?(\s+nulls\s+(?:first|last))?\s*", re.IGNORECASE
)
_MAX_TERMS = 20
_MAX_JOINS = 3
"""How many many2ones a default order may lead through."""
_UNSORTED = frozenset({"one2many", "many2many", "binary", "json"})


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
    """The order to use: the caller's when they may see all its fields, the model's own when they give none.

    Raises UserError (cannot be read), ValidationError (a field that is not there or has no order), AccessError.
    """
    if order is None or order is False or order == "":
        return meta.order
    if not isinstance(order, str):
        text = f"order is a text, got {shown(order)}"
        raise ValidationError(problems=[Problem("order", "bad_order", text)])
    for term in parse(order):
        field = field_of(env, meta, term.field)
        if not sortable(meta, field):
            text = f"Cannot order {meta.name} by {term.field!r}: it is not stored."
            raise ValidationError(problems=[Problem("order", "not_sortable", text)])
    return order


def sortable(meta: ModelMeta, field: Field[Any]) -> bool:
    """Whether records can be ordered by a field."""
    return meta.sql_able(field) and field.kind not in _UNSORTED


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a finished ORDER BY.

    `nulls_first` None: the usual place (last ascending, first descending). `sure`: the column has none.
    """

    column: SQL
    descending: bool = False
    nulls_first: bool | None = None
    sure: bool = False

    @property
    def begins_with_nulls(self) -> bool:
        """Whether rows without a value come first."""
        return self.descending if self.nulls_first is None else self.nulls_first

    def text(self, dialect: Dialect) -> SQL:
        """The term with its NULLs where they belong."""
        text = SQL("{} DESC", self.column) if self.descending else self.column
        # PostgreSQL puts them so by itself, and a plain term can use an index on both stores
        if self.nulls_first is None and (self.sure or dialect.name == "postgres"):
            return text
        return SQL("{} NULLS FIRST" if self.begins_with_nulls else "{} NULLS LAST", text)


def order_by(query: Query, order: str) -> SQL:
    """The ORDER BY terms of a checked order."""
    return SQL(", ").join(each.text(query.dialect) for each in order_keys(query, order))


def order_keys(query: Query, order: str) -> list[Key]:
    """The keys of a checked order, the id last: no two rows have the same values in all of them."""
    keys = _Keys(query)
    keys.add(query.meta, query.alias, parse(order), (), reverse=False)
    keys.take(query.alias, query.meta.fields["id"], Key(query.id(), sure=True))
    return keys.keys


class _Keys:
    """The keys of one ORDER BY; a column that is there already adds nothing."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.keys: list[Key] = []
        self._seen: set[tuple[str, str]] = set()

    def take(self, alias: str, field: Field[Any], key: Key) -> None:
        if (alias, field.name) not in self._seen:
            self._seen.add((alias, field.name))
            self.keys.append(key)

    def add(
        self,
        meta: ModelMeta,
        alias: str,
        terms: tuple[Term, ...],
        through: tuple[Field[Any], ...],
        *,
        reverse: bool,
    ) -> None:
        """The keys of an order on a model that was reached through many2ones."""
        for term in terms:
            field = meta.fields[term.field]
            if not sortable(meta, field):
                continue  # a model's own order may name what only sorts where it is stored
            descending = term.descending != reverse
            nulls_first = None if term.nulls_first is None else term.nulls_first != reverse
            if field.kind == "many2one" and field not in through and len(through) < _MAX_JOINS:
                self._linked(alias, Term(term.field, descending, nulls_first), field, through)
                continue
            sure = not through and (field.name == "id" or (field.required and field.has_column))
            self.take(alias, field, Key(self.query.column(field, alias), descending, nulls_first, sure))

    def _linked(self, alias: str, term: Term, field: Field[Any], through: tuple[Field[Any], ...]) -> None:
        """By the comodel's own order. Unset links have no row there: they stand where nulls of its first key do."""
        target = self.query.registry.models[field.comodel]
        inner = tuple(each for each in parse(target.order) if sortable(target, target.fields[each.field]))
        joined = self.query.join(field, alias)
        nulls_first = term.descending if term.nulls_first is None else term.nulls_first
        if _first_nulls(inner, reverse=term.descending) != nulls_first:
            unset = SQL("({} IS NULL)", self.query.column(field, alias))
            self.take(alias, field, Key(unset, nulls_first, sure=True))
        self.add(target, joined, inner or (Term("id"),), (*through, field), reverse=term.descending)


def _first_nulls(terms: tuple[Term, ...], *, reverse: bool) -> bool:
    """Whether rows without any value come first in an order."""
    first = terms[0] if terms else Term("id")
    return (first.descending if first.nulls_first is None else first.nulls_first) != reverse
