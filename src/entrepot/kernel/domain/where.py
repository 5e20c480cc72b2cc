"""An expanded domain -> the SQL of a WHERE clause.

Called once a shape; values become `Slot`s numbered in the order in which `shape` collected them. Every piece is two-valued
where it stands under a NOT: unset columns count as "does not match" (`spec/odoo-protocol.md` section 9).
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

from entrepot.kernel.domain.compare import compare, of_field, of_part
from entrepot.kernel.domain.parse import And, Leaf, Node, Not, bad
from entrepot.kernel.domain.shape import LIST, SET, UNSET, facts
from entrepot.storage.sql import SQL, Slot, ident

if TYPE_CHECKING:
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.query import Query

_MAX_WEIGHT = 800
"""SQLite takes expressions of depth 1000, sub-queries counted anew at each level; the rest is for what surrounds ours."""
_FLAT = 4
"""How many conditions stand beside each other before they become a tree."""
_NEGATIVE = frozenset({"!=", "not in", "not any"})


def _finds_unset(node: Node) -> bool:
    """Whether a node is "unset", as record rules say "of nobody's company": it holds for most rows, so an index misleads."""
    return (
        isinstance(node, Leaf)
        and node.operator == "="
        and (node.value is None or node.value is False)
        and node.node is None
    )


class Where:
    """Compiles one domain into one query."""

    def __init__(self, first_slot: int = 0) -> None:
        """`first_slot`: the index of the first value."""
        self._slots = count(first_slot)
        self._unselective = False

    def compile(self, query: Query, node: Node) -> SQL:
        """The condition of a node on a query's rows. Raises ValidationError for one that stores cannot take."""
        own, inner = _weigh(node)
        if own + inner > _MAX_WEIGHT:
            raise bad("too_deep", "it nests too deeply")
        return self._node(query, node)

    def _node(self, query: Query, node: Node) -> SQL:
        if type(node) is Leaf:
            return self._leaf(query, node)
        if isinstance(node, Not):
            return SQL("NOT COALESCE({}, FALSE)", self._node(query, node.part))
        if isinstance(node, Leaf):  # pragma: no cover - Leaf has no subclasses
            raise TypeError(node)
        if not node.parts:
            return SQL("TRUE" if isinstance(node, And) else "FALSE")
        before = self._unselective
        self._unselective = before or (
            not isinstance(node, And) and any(_finds_unset(part) for part in node.parts)
        )
        parts = [self._node(query, part) for part in node.parts]
        self._unselective = before
        return _joined(SQL(" AND " if isinstance(node, And) else " OR "), parts)

    def _leaf(self, query: Query, leaf: Leaf) -> SQL:
        name, dot, part = leaf.field.partition(".")
        field = query.meta.fields[name]
        if dot:
            column = query.dialect.date_part(query.column(field), part, leaf.zone or None)
            return compare(
                query.dialect, of_part(column), leaf.operator, facts(leaf.value), next(self._slots)
            )
        if leaf.operator in {"child_of", "parent_of"}:
            return self._family(query, field, leaf)
        if field.kind in {"one2many", "many2many"}:
            return self._to_many(query, field, leaf)
        column = query.column(field)
        if self._unselective:
            column = query.dialect.unindexed(column)
        if leaf.node is not None:
            inner = query.sub(query.registry.models[field.comodel])
            ids = _select(inner, inner.id(), self._node(inner, leaf.node))
            if leaf.operator == "any":
                return SQL("{} IN ({})", column, ids)
            return SQL("({} IS NULL OR {} NOT IN ({}))", column, column, ids)
        left = of_field(field, column)
        return compare(query.dialect, left, leaf.operator, facts(leaf.value), next(self._slots))

    # links to many -----------------------------------------------------------------------------------------------

    def _to_many(self, query: Query, field: Field[Any], leaf: Leaf) -> SQL:
        found = self._linked(query, field, leaf)
        return SQL("NOT {}", found) if leaf.operator in _NEGATIVE else found

    def _linked(self, query: Query, field: Field[Any], leaf: Leaf) -> SQL:
        """Whether a record has a linked one as the leaf says, its negation left aside. Never NULL."""
        if leaf.node is not None:
            node = leaf.node
            return SQL(
                "{} IN ({})", query.id(), self._owners(query, field, lambda inner: self._node(inner, node))
            )
        slot, known = next(self._slots), facts(leaf.value)
        parts = []
        if known & SET:
            bound = Slot(slot, _ids if known & LIST else _one_id)
            found = self._owners(
                query, field, lambda inner: query.dialect.among(inner.id(), bound, "integer")
            )
            parts.append(SQL("{} IN ({})", query.id(), found))
        if known & UNSET:
            parts.append(SQL("{} NOT IN ({})", query.id(), self._owners(query, field, None)))
        return SQL("({})", SQL(" OR ").join(parts)) if parts else SQL("FALSE")

    def _owners(self, query: Query, field: Field[Any], condition: Callable[[Query], SQL] | None) -> SQL:
        """The ids that have a linked record for which a condition holds (None: any linked record)."""
        comodel = query.registry.models[field.comodel]
        if field.kind == "one2many":
            inner = query.sub(comodel)
            owner = inner.column(comodel.fields[field.inverse_name])  # type: ignore[attr-defined]  # a One2many
            there = SQL("{} IS NOT NULL", owner)
            holds = there if condition is None else SQL("{} AND {}", there, condition(inner))
            return _select(inner, owner, holds)
        alias = query.names.next()
        links = SQL("{} {}", ident(field.table), ident(alias))  # type: ignore[attr-defined]  # a Many2many
        mine, other = ident(alias, field.column), ident(alias, field.other)  # type: ignore[attr-defined]  # a Many2many
        if condition is None:
            return SQL("SELECT {} FROM {}", mine, links)
        inner = query.sub(comodel)
        holds = condition(inner)
        # joins that the condition asked for are part of the inner source, so it is spelled last
        joined = SQL("{} JOIN {} ON {} = {}", inner.source(), links, other, inner.id())
        return SQL("SELECT {} FROM {} WHERE {}", mine, joined, holds)

    # hierarchies -------------------------------------------------------------------------------------------------

    def _family(self, query: Query, field: Field[Any], leaf: Leaf) -> SQL:
        seeds = Slot(next(self._slots), _ids)
        meta = query.registry.models[field.comodel] if field.relational else query.meta
        if field.kind == "many2one" and field.comodel == field.model:
            # the field itself is the hierarchy: the record asked for is in its own family
            return SQL("{} IN ({})", query.id(), _walk(query.sub(meta), field, leaf.operator, seeds))
        family = _walk(query.sub(meta), meta.fields[meta.parent], leaf.operator, seeds)
        if field.kind in {"one2many", "many2many"}:
            owners = self._owners(query, field, lambda inner: SQL("{} IN ({})", inner.id(), family))
            return SQL("{} IN ({})", query.id(), owners)
        return SQL("{} IN ({})", query.column(field), family)


def _walk(base: Query, parent: Field[Any], operator: str, seeds: Slot) -> SQL:
    """The ids of records with all below (child_of) or above them; UNION ends a circle."""
    family = ident(base.names.next())
    first = _select(base, base.id(), base.dialect.among(base.id(), seeds, "integer"))
    step = base.sub(base.meta)
    above = step.column(parent)
    met, next_one = (above, step.id()) if operator == "child_of" else (step.id(), above)
    source = SQL("{} JOIN {} ON {} = {}.id", step.source(), family, met, family)
    grown = SQL("SELECT {} FROM {} WHERE {} IS NOT NULL", next_one, source, above)
    return SQL("WITH RECURSIVE {} (id) AS ({} UNION {}) SELECT id FROM {}", family, first, grown, family)


def _select(query: Query, what: SQL, condition: SQL) -> SQL:
    return SQL("SELECT {} FROM {} WHERE {}", what, query.source(), condition)


def _joined(word: SQL, parts: list[SQL]) -> SQL:
    """Many conditions as a balanced tree, since stores read a flat row of them as a deep one."""
    if len(parts) <= _FLAT:
        return SQL("({})", word.join(parts))
    half = len(parts) // 2
    return SQL("({})", word.join([_joined(word, parts[:half]), _joined(word, parts[half:])]))


def _weigh(node: Node) -> tuple[int, int]:
    """How deep a node's expression is, and what its sub-queries weigh: each its own depth and all it holds."""
    if isinstance(node, Leaf):
        if node.node is None:
            return 3, 0
        own, inner = _weigh(node.node)
        return own + 3, own + inner
    if isinstance(node, Not):
        own, inner = _weigh(node.part)
        return own + 2, inner
    weights = [_weigh(part) for part in node.parts]
    deepest = max((own for own, _ in weights), default=0)
    return deepest + _FLAT + len(weights).bit_length(), max((inner for _, inner in weights), default=0)


def _ids(values: Any) -> list[int]:
    return [each for each in values if each is not None and each is not False]


def _one_id(value: Any) -> list[int]:
    return [value]
