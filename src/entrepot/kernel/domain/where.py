"""An expanded domain -> the SQL of a WHERE clause.

Called once a shape; values become `Slot`s numbered in the order in which `shape` collected them. Every piece is two-valued where it
stands under a NOT: unset columns count as "does not match" (`spec/odoo-protocol.md` section 9).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from entrepot.kernel.domain.expand import DATE_PARTS
from entrepot.kernel.domain.operand import contains, operand, operands, pattern
from entrepot.kernel.domain.parse import And, Leaf, Node, Not
from entrepot.storage.sql import SQL, Slot, ident

if TYPE_CHECKING:
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.query import Query
    from entrepot.kernel.registry import ModelMeta

_COMPARE = {"<": "{} < {}", "<=": "{} <= {}", ">": "{} > {}", ">=": "{} >= {}"}
_TEXTS = frozenset({"char", "text", "html", "selection", "reference", "binary", "json"})


class Where:
    """Compiles one domain into one query."""

    def __init__(self, first_slot: int = 0) -> None:
        """`first_slot`: the index of the first value."""
        self._slots = count(first_slot)

    def compile(self, query: Query, node: Node) -> SQL:
        """The condition of a node on a query's rows."""
        if type(node) is Leaf:
            return self._leaf(query, node)
        if isinstance(node, Not):
            return SQL("NOT COALESCE({}, FALSE)", self.compile(query, node.part))
        if isinstance(node, Leaf):  # pragma: no cover - Leaf has no subclasses
            raise TypeError(node)
        if not node.parts:
            return SQL("TRUE" if isinstance(node, And) else "FALSE")
        parts = [self.compile(query, part) for part in node.parts]
        return SQL("({})", SQL(" AND " if isinstance(node, And) else " OR ").join(parts))

    def _leaf(self, query: Query, leaf: Leaf) -> SQL:
        name, dot, part = leaf.field.partition(".")
        field = query.meta.fields[name]
        if dot and part in DATE_PARTS:
            column = query.dialect.date_part(query.column(field), part, None)
            return self._plain(query, _PART, column, leaf)
        if leaf.operator in {"child_of", "parent_of"}:
            return self._hierarchy(query, field, leaf)
        if field.kind in {"one2many", "many2many"}:
            return self._to_many(query, field, leaf)
        column = query.column(field)
        if leaf.node is not None:
            inner = query.sub(query.registry.models[field.comodel])
            ids = self._select(inner, inner.id(), leaf.node)
            if leaf.operator == "any":
                return SQL("{} IN ({})", column, ids)
            return SQL("({} IS NULL OR {} NOT IN ({}))", column, column, ids)
        return self._plain(query, field, column, leaf)

    def _select(self, inner: Query, what: SQL, node: Node) -> SQL:
        condition = self.compile(inner, node)
        return SQL("SELECT {} FROM {} WHERE {}", what, inner.source(), condition)

    # plain columns ---------------------------------------------------------------------------------------------

    def _plain(self, query: Query, field: Field[Any], column: SQL, leaf: Leaf) -> SQL:
        slot, operator, value = next(self._slots), leaf.operator, leaf.value
        convert = operand(field, operator, exact=query.dialect.exact_decimals)
        if field.kind == "boolean":
            return _boolean(column, operator, value)
        if operator in {"in", "not in"}:
            return self._among(query, field, column, operator, value, slot, convert)
        if operator in {"=", "!="}:
            return _equal(field, column, operator, value, Slot(slot, convert))
        if operator in _COMPARE:
            if value is None or value is False:
                return SQL("FALSE")
            return SQL(_COMPARE[operator], column, Slot(slot, convert))
        return _like(query, field, column, operator, value, slot)

    def _among(
        self,
        query: Query,
        field: Field[Any],
        column: SQL,
        operator: str,
        value: Any,
        slot: int,
        convert: Callable[[Any], Any],
    ) -> SQL:
        negative = operator == "not in"
        unset = any(each is None or each is False for each in value)
        wanted = [each for each in value if each is not None and each is not False]
        if field.kind == "integer" and not field.nullable and field.name != "id":
            unset = unset or 0 in wanted
        if "" in wanted and field.kind in _TEXTS:
            unset = True
        if not value:
            return SQL("TRUE" if negative else "FALSE")
        kind = field.column_kind or "integer"
        parts = []
        if wanted:
            parts.append(query.dialect.among(column, Slot(slot, operands(convert)), kind))
        if unset:
            parts.append(_unset(field, column))
        found = parts[0] if len(parts) == 1 else SQL("({})", SQL(" OR ").join(parts))
        if not negative:
            return found
        if unset:
            return SQL("NOT COALESCE({}, FALSE)", found)
        return SQL("({} IS NULL OR NOT {})", column, found)

    # relations -------------------------------------------------------------------------------------------------

    def _to_many(self, query: Query, field: Field[Any], leaf: Leaf) -> SQL:
        alias = query.alias
        if field.path and not field.stored:
            for step in field.path[:-1]:
                alias = query.join(step, alias)
            field = field.path[-1]
        negative = leaf.operator in {"!=", "not in", "not any"}
        owners: SQL
        if leaf.node is not None:
            owners = self._owners(
                query, field, lambda inner: self.compile(inner, leaf.node) if leaf.node else SQL("TRUE")
            )
            return SQL("{} {} ({})", ident(alias, "id"), SQL("NOT IN" if negative else "IN"), owners)
        slot, value = next(self._slots), leaf.value
        if value is None or value is False:
            owners = self._owners(query, field, None)
            return SQL("{} {} ({})", ident(alias, "id"), SQL("IN" if negative else "NOT IN"), owners)
        values = value if isinstance(value, list) else [value]
        convert = operand(field, "=", exact=True)
        bound = Slot(slot, operands(convert) if isinstance(value, list) else (lambda each: [convert(each)]))
        owners = self._owners(query, field, lambda inner: query.dialect.among(inner.id(), bound, "integer"))
        parts = [SQL("{} IN ({})", ident(alias, "id"), owners)]
        if any(each is None or each is False for each in values):
            parts.append(SQL("{} NOT IN ({})", ident(alias, "id"), self._owners(query, field, None)))
        found = SQL("({})", SQL(" OR ").join(parts))
        if not values:
            found = SQL("FALSE")
        return SQL("NOT {}", found) if negative else found

    def _owners(self, query: Query, field: Field[Any], condition: Callable[[Query], SQL] | None) -> SQL:
        """The ids that have a linked record for which a condition holds (None: any linked record)."""
        comodel = query.registry.models[field.comodel]
        if field.kind == "one2many":
            inner = query.sub(comodel)
            owner = inner.column(comodel.fields[field.inverse_name])  # type: ignore[attr-defined]  # a One2many
            holds = SQL("TRUE") if condition is None else condition(inner)
            return SQL("SELECT {} FROM {} WHERE {} IS NOT NULL AND {}", owner, inner.source(), owner, holds)
        alias = query.names.next()
        links = SQL("{} {}", ident(field.table), ident(alias))  # type: ignore[attr-defined]  # a Many2many
        mine, other = ident(alias, field.column), ident(alias, field.other)  # type: ignore[attr-defined]  # a Many2many
        if condition is None:
            return SQL("SELECT {} FROM {}", mine, links)
        inner = query.sub(comodel)
        holds = condition(inner)
        joined = SQL("{} JOIN {} ON {} = {}", links, inner.source(), other, inner.id())
        return SQL("SELECT {} FROM {} WHERE {}", mine, joined, holds)

    def _hierarchy(self, query: Query, field: Field[Any], leaf: Leaf) -> SQL:
        slot = next(self._slots)
        meta = query.registry.models[field.comodel] if field.relational else query.meta
        walk, base, step = query.names.next(), query.names.next(), query.names.next()
        seed = query.dialect.among(ident(base, "id"), Slot(slot, list), "integer")
        parent = meta.parent
        if leaf.operator == "child_of":
            grow = SQL(
                "SELECT {} FROM {} {} JOIN {} ON {} = {}",
                ident(step, "id"),
                ident(meta.table),
                ident(step),
                ident(walk),
                ident(step, parent),
                ident(walk, "id"),
            )
        else:
            grow = SQL(
                "SELECT {} FROM {} {} JOIN {} ON {} = {} WHERE {} IS NOT NULL",
                ident(step, parent),
                ident(meta.table),
                ident(step),
                ident(walk),
                ident(step, "id"),
                ident(walk, "id"),
                ident(step, parent),
            )
        first = SQL("SELECT {} FROM {} {} WHERE {}", ident(base, "id"), ident(meta.table), ident(base), seed)
        family = SQL(
            "WITH RECURSIVE {} (id) AS ({} UNION {}) SELECT id FROM {}", ident(walk), first, grow, ident(walk)
        )
        if field.kind in {"one2many", "many2many"}:
            owners = self._owners(query, field, lambda inner: SQL("{} IN ({})", inner.id(), family))
            return SQL("{} IN ({})", query.id(), owners)
        return SQL("{} IN ({})", query.column(field), family)


class _Part:
    """The number that a date part is compared as."""

    kind = "integer"
    column_kind = "integer"
    name = "date part"
    nullable = True
    scale = 0


_PART: Any = _Part()


def _unset(field: Field[Any], column: SQL) -> SQL:
    if field.kind in _TEXTS and field.kind not in {"json", "binary"}:
        return SQL("({} IS NULL OR {} = '')", column, column)
    if field.kind in {"integer", "float", "monetary"} and not field.nullable and field.name != "id":
        return SQL("({} IS NULL OR {} = 0)", column, column)
    return SQL("{} IS NULL", column)


def _equal(field: Field[Any], column: SQL, operator: str, value: Any, bound: Slot) -> SQL:
    numeric = field.kind in {"integer", "float", "monetary"} and not field.nullable and field.name != "id"
    unset = value is None or value is False or (value == "" and field.kind in _TEXTS)
    if unset or (numeric and not isinstance(value, str) and value == 0):
        return _unset(field, column) if operator == "=" else SQL("NOT {}", _unset(field, column))
    if operator == "=":
        return SQL("{} = {}", column, bound)
    return SQL("({} <> {} OR {} IS NULL)", column, bound, column)


def _boolean(column: SQL, operator: str, value: Any) -> SQL:
    wanted = {bool(each) for each in value} if isinstance(value, list) else {bool(value)}
    if operator in {"!=", "not in"}:
        wanted = {True, False} - wanted
    if len(wanted) != 1:
        return SQL("TRUE" if wanted else "FALSE")
    return SQL("{} = TRUE", column) if wanted == {True} else SQL("({} IS NULL OR {} = FALSE)", column, column)


def _like(query: Query, field: Field[Any], column: SQL, operator: str, value: Any, slot: int) -> SQL:
    negative = operator.startswith("not ")
    word = operator.removeprefix("not ")
    if value is None or value is False or value == "":
        if word in {"=like", "=ilike"}:
            return _unset(field, column)
        return SQL("FALSE") if negative else SQL("TRUE")
    if field.kind not in _TEXTS:
        column = SQL("CAST({} AS TEXT)", column)
    bound = Slot(slot, pattern if word.startswith("=") else contains)
    ascii_only = not isinstance(value, str) or value.isascii()
    found = query.dialect.like(column, bound, case=word in {"like", "=like"}, ascii_only=ascii_only)
    return SQL("({} IS NULL OR NOT ({}))", column, found) if negative else found


def select_ids(query: Query, node: Node, first_slot: int = 0) -> SQL:
    """SELECT the ids of a model's rows for which a node holds."""
    condition = Where(first_slot).compile(query, node)
    return SQL("SELECT {} FROM {} WHERE {}", query.id(), query.source(), condition)


def table_rows(meta: ModelMeta) -> SQL:
    """All rows of a model's table."""
    return SQL("SELECT id FROM {}", ident(meta.table))
