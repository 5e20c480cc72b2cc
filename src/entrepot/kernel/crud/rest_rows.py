"""Levels of a selection -> a `Tree`: one statement for the rows of each level, however many parents there are.

A relation to one record is read by the ids that its parents hold; one to many by its other side, with a place within its
parent where only some are wanted. Only a relation that is worked out by a method needs its links first. Rights and rules
hold at every level: what a rule hides is not among the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.errors import TooLarge
from entrepot.kernel.access import check
from entrepot.kernel.crud import fetch, keyset, read, search
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud.rest_query import bad, known_only, told_as_query
from entrepot.kernel.crud.search import FIRST_SLOT
from entrepot.kernel.domain.expand import expand
from entrepot.kernel.domain.parse import FALSE, Node, conjunction, parse
from entrepot.kernel.domain.shape import shape
from entrepot.kernel.domain.where import Where
from entrepot.kernel.query import Query
from entrepot.kernel.selection.resolve import Level
from entrepot.storage.sql import SQL, Slot, ident
from entrepot.storage.sql import plan as render
from entrepot.table import Column
from entrepot.tree import Branch, Tree

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

MAX_ROWS = 200_000
"""Rows of one answer, at all its levels together."""
_TO_MANY = frozenset({"one2many", "many2many"})
Rows = list[tuple[Any, ...]]


class Budget:
    """How many rows an answer may still take."""

    def __init__(self, most: int = MAX_ROWS) -> None:
        """Begin with all of them."""
        self.most = self.left = most

    def take(self, rows: Rows) -> Rows:
        """Count rows. Raises TooLarge."""
        self.left -= len(rows)
        if self.left < 0:
            text = f"The answer has more than {self.most} rows; ask for it in pages, or for fewer lines of each record."
            raise TooLarge(text)
        return rows


@dataclass(frozen=True, slots=True)
class _Plan:
    """A compiled read of one level: its SQL, its columns by name, and what is appended behind each row."""

    read: read.ReadPlan
    columns: dict[str, Column]


@dataclass(frozen=True, slots=True)
class Part:
    """Which of the records that a domain finds one answer holds.

    `keyed`: rows bear the values of the order's keys behind their ids. `after`: key values of the row to go on behind.
    """

    order: str
    offset: int = 0
    limit: int | None = None
    keyed: bool = False
    after: tuple[Any, ...] | None = None
    alone: bool = False
    """Whether it is all that this call reads."""


def top(env: Environment, level: Level, node: Node, part: Part, budget: Budget) -> Tree:
    """The rows of a ready domain with all below them."""
    meta = env.registry.models[level.model]
    most = budget.left + 1 if part.limit is None else min(part.limit, budget.left + 1)
    if part.keyed:
        plan, rows = _keyed(env, meta, level, node, part, most)
    else:
        plan, rows = _selected(env, meta, level, node, part.order, (part.offset, most), alone=part.alone)
    return _completed(env, level, plan, rows, budget)


def _keyed(
    env: Environment, meta: ModelMeta, level: Level, node: Node, part: Part, most: int
) -> tuple[_Plan, Rows]:
    """Rows with the values of their order's keys behind the id, those after a row if one is given."""
    search.settle(env)
    after = part.after or ()
    values: list[Any] = [part.offset, most, *after]
    shaped = shape(node, values)
    unset = tuple(each is None for each in after)
    key = ("keyed", level.shape, env.lang, shaped, part.order, part.offset > 0, unset, env.tx.dialect.name)

    def make() -> _Plan:
        query = Query(env.registry, env.tx.dialect, env.lang, meta)
        keys = ordering.order_keys(query, part.order)
        if after and len(keys) != len(after):
            raise bad("cursor", "other_cursor", "The cursor belongs to another order; ask again without it.")
        what, plan = _layout(query, meta, level, [each.column for each in keys])
        condition = Where(FIRST_SLOT + len(after)).compile(query, node)
        if after:
            condition = SQL("{} AND {}", condition, keyset.after(keys, after, FIRST_SLOT))
        by = SQL(", ").join(each.text(query.dialect) for each in keys)
        found = SQL(
            "SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {}", what, query.source(), condition, by, Slot(1)
        )
        return plan(SQL("{} OFFSET {}", found, Slot(0)) if part.offset else found)

    plan = env.registry.plans.get(key, make)
    return plan, [] if node == FALSE else env.tx.fetch(plan.read.sql.text, plan.read.sql.bind(values))


def key_count(env: Environment, level: Level, order: str) -> int:
    """How many values of keys stand behind the id of each keyed row."""
    meta = env.registry.models[level.model]
    key = ("key count", meta.name, order, env.tx.dialect.name)

    def make() -> int:
        return len(ordering.order_keys(Query(env.registry, env.tx.dialect, env.lang, meta), order))

    return env.registry.plans.get(key, make)


def _completed(env: Environment, level: Level, plan: _Plan, rows: Rows, budget: Budget) -> Tree:
    """A level's rows with those below them."""
    meta = env.registry.models[level.model]
    budget.take(rows)
    if plan.read.extras and rows:
        rows = read.append(env, meta, rows, plan.read.extras, pairs=False)
    members: list[Column | Branch] = []
    for name in level.names:
        if name in level.nested:
            members.append(_branch(env, meta.fields[name], level.nested[name], plan, rows, budget))
        else:
            members.append(plan.columns[name])
    return Tree(tuple(members), rows)


def _branch(
    env: Environment, field: Field[Any], level: Level, plan: _Plan, rows: Rows, budget: Budget
) -> Branch:
    check.check_model(env, field.comodel, "read")
    if field.kind == "many2one":
        at = plan.columns[field.name].at
        ids = dict.fromkeys(row[at] for row in rows if row[at] is not None)
        return Branch(field.name, True, at, _behind(env, field, level, ids, budget))
    owners = list(dict.fromkeys(row[0] for row in rows))
    if field.stored and not field.path:
        return Branch(field.name, False, 0, _lines(env, field, level, owners, budget))
    at = plan.columns[field.name].at
    links = {row[0]: row[at] for row in rows}
    return Branch(field.name, False, 0, _worked_out(env, field, level, links, budget))


def _own_filter(env: Environment, comodel: ModelMeta, field: Field[Any], level: Level) -> list[Node]:
    """The resolved condition of a level's own filter, if it has one. Raises BadQuery."""
    if not level.options.domain:
        return []
    with told_as_query(f"{field.name}(filter)"), known_only(env):
        return [expand(env, comodel, parse(list(level.options.domain)))]


def _own_order(env: Environment, comodel: ModelMeta, field: Field[Any], level: Level) -> str:
    """The checked order of a level, its model's own if it has none. Raises BadQuery."""
    with told_as_query(f"{field.name}(order)"), known_only(env):
        return ordering.checked(env, comodel, level.options.order)


# one record ------------------------------------------------------------------------------------------------------


def _behind(env: Environment, field: Field[Any], level: Level, ids: Iterable[int], budget: Budget) -> Tree:
    """The records that links lead to, archived ones too."""
    comodel = env.registry.models[field.comodel]
    own = _own_filter(env, comodel, field, level)
    node = search.ruled(env, comodel, conjunction([comodel.among(tuple(ids)), *own]))
    plan, rows = _selected(env, comodel, level, node, "", (0, budget.left + 1))
    return _completed(env, level, plan, rows, budget)


def _selected(
    env: Environment,
    meta: ModelMeta,
    level: Level,
    node: Node,
    order: str,
    bounds: tuple[int, int],
    *,
    beside: bool = False,
    alone: bool = False,
) -> tuple[_Plan, Rows]:
    """The rows of a ready domain. `beside`: with a free place behind the id, for an owner."""
    search.settle(env)
    values: list[Any] = list(bounds)
    shaped = shape(node, values)
    paged = (bounds[0] > 0, True)
    key = ("tree", level.shape, env.lang, shaped, order, paged, beside, env.tx.dialect.name)

    def make() -> _Plan:
        query = Query(env.registry, env.tx.dialect, env.lang, meta)
        free = (SQL("NULL"),) if beside else ()
        what, plan = _layout(query, meta, level, free)
        return plan(search.select(query, what, node, order, paged))

    plan = env.registry.plans.get(key, make)
    if node == FALSE:
        return plan, []
    flat = alone and not plan.read.extras and not level.nested
    return plan, env.tx.fetch(plan.read.sql.text, plan.read.sql.bind(values), alone=flat)


def _layout(
    query: Query, meta: ModelMeta, level: Level, beside: Sequence[SQL]
) -> tuple[SQL, Callable[[SQL], _Plan]]:
    """What to select for a level, and the function that makes a plan of the finished statement."""
    names = [name for name in level.names if name not in level.nested or not _by_other_side(meta, name)]
    what, columns, extras = read.layout(query, meta, names, pairs=False, beside=beside, sized=level.sized)
    by_name = {each.name: each for each in columns}

    def plan(statement: SQL) -> _Plan:
        return _Plan(read.ReadPlan(render(statement, query.dialect), columns, extras), by_name)

    return what, plan


def _by_other_side(meta: ModelMeta, name: str) -> bool:
    """Whether the rows behind a relation are found by it, so that the parent's row needs nothing of it."""
    field = meta.fields[name]
    return field.kind in _TO_MANY and field.stored and not field.path


# many records ----------------------------------------------------------------------------------------------------


def _lines(env: Environment, field: Field[Any], level: Level, owners: list[int], budget: Budget) -> Tree:
    """The records on the other side of a relation, each with its owner behind its id, in order within each owner."""
    comodel = env.registry.models[field.comodel]
    order = _own_order(env, comodel, field, level)
    with told_as_query(f"{field.name}(filter)"), known_only(env):
        node = fetch.shown(env, field, parse(list(level.options.domain))) or FALSE
    search.settle(env)
    options = level.options
    first = options.offset
    last = first + options.limit if options.limit else search.MAX_OFFSET
    values: list[Any] = [owners, budget.left + 1, first, last]
    shaped = shape(node, values)
    key = ("lines", field, level.shape, env.lang, shaped, order, options.bounded, env.tx.dialect.name)

    def make() -> _Plan:
        query = Query(env.registry, env.tx.dialect, env.lang, comodel)
        return _lines_plan(query, field, level, node, order)

    plan = env.registry.plans.get(key, make)
    found = env.tx.fetch(plan.read.sql.text, plan.read.sql.bind(values)) if owners and node != FALSE else []
    return _completed(env, level, plan, found, budget)


def _lines_plan(query: Query, field: Any, level: Level, node: Node, order: str) -> _Plan:
    comodel = query.meta
    mine = field.kind == "one2many"
    owner = query.column(comodel.fields[field.inverse_name]) if mine else ident("link", field.column)
    by = ordering.order_by(query, order or "id")
    beside = [owner]
    if level.options.bounded:
        beside.append(SQL("ROW_NUMBER() OVER (PARTITION BY {} ORDER BY {}) AS {}", owner, by, ident("place")))
    what, plan = _layout(query, comodel, level, beside)
    condition = Where(4).compile(query, node)
    source = query.source()
    if field.kind == "many2many":
        on = SQL("{} = {}", ident("link", field.other), query.id())
        source = SQL("{} JOIN {} {} ON {}", source, ident(field.table), ident("link"), on)
    asked = query.dialect.among(owner, Slot(0), "integer")
    found = SQL("SELECT {} FROM {} WHERE {} AND {}", what, source, asked, condition)
    if level.options.bounded:
        place = ident("place")
        text = SQL(
            "SELECT * FROM ({}) AS found WHERE {} > {} AND {} <= {} ORDER BY {} LIMIT {}",
            found,
            place,
            Slot(2),
            place,
            Slot(3),
            place,
            Slot(1),
        )
    else:
        text = SQL("{} ORDER BY {} LIMIT {}", found, by, Slot(1))
    return plan(text)


def _worked_out(
    env: Environment, field: Field[Any], level: Level, links: dict[int, list[int]], budget: Budget
) -> Tree:
    """The records of a relation whose links a method works out: in the links' order unless another is asked for."""
    comodel = env.registry.models[field.comodel]
    asked = _own_order(env, comodel, field, level) if level.options.order else ""
    linked = comodel.among(tuple(dict.fromkeys(each for ids in links.values() for each in ids or ())))
    node = search.ruled(env, comodel, conjunction([linked, *_own_filter(env, comodel, field, level)]))
    plan, found = _selected(env, comodel, level, node, asked, (0, budget.left + 1), beside=True)
    by_id = {row[0]: row for row in found}
    rank = {each: at for at, each in enumerate(by_id)} if asked else None
    rows: Rows = []
    first, limit = level.options.offset, level.options.limit
    for owner, ids in links.items():
        mine = [each for each in ids or () if each in by_id]
        if rank is not None:
            mine.sort(key=rank.__getitem__)
        for each in mine[first : first + limit if limit else None]:
            row = by_id[each]
            rows.append((row[0], owner, *row[2:]))
    return _completed(env, level, plan, rows, budget)
