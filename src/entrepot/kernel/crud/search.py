"""Domain + rules -> ids in order, or their count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.domain.expand import active_only, expand
from entrepot.kernel.domain.parse import FALSE, TRUE, Node, conjunction, parse
from entrepot.kernel.domain.shape import shape
from entrepot.kernel.domain.where import Where
from entrepot.kernel.fields.base import shown
from entrepot.kernel.query import Query
from entrepot.storage.sql import SQL, Plan, Slot
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

MAX_OFFSET = 2**53
FIRST_SLOT = 2
"""Of a domain's values: offset and limit stand before them."""


def prepared(env: Environment, meta: ModelMeta, domain: Any) -> Node:
    """The tree of a caller's domain with archived records hidden and the caller's record rules joined in.

    Raises AccessError when the caller may not read the model, ValidationError for a domain that cannot be used.
    """
    check.check_model(env, meta.name, "read")
    return ruled(env, meta, expand(env, meta, active_only(env, meta, parse(domain))))


def ruled(env: Environment, meta: ModelMeta, node: Node) -> Node:
    """A ready tree with the caller's read rules joined in."""
    tree = check.rule_tree(env, meta.name, "read")
    if tree is TRUE:
        return node
    return conjunction([node, expand(env.derive(su=True), meta, tree)])


def bounds(offset: Any, limit: Any) -> tuple[int, int | None]:
    """Checked offset and limit; 0, False and None mean no limit. Raises ValidationError."""
    for name, value in (("offset", offset), ("limit", limit)):
        if value is None or value is False:
            continue
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_OFFSET:
            text = f"{name} must be a whole number from 0, got {shown(value)}"
            raise ValidationError(problems=[Problem(name, "bad_bound", text)])
    return (offset or 0), (limit or None)


def search(
    env: Environment, meta: ModelMeta, domain: Any, offset: Any = 0, limit: Any = None, order: Any = None
) -> list[int]:
    """The ids of the records that a domain finds and the caller may read, in order."""
    node = prepared(env, meta, domain)
    return ids(env, meta, node, *bounds(offset, limit), ordering.checked(env, meta, order))


def ids(
    env: Environment, meta: ModelMeta, node: Node, offset: int = 0, limit: int | None = None, order: str = ""
) -> list[int]:
    """The ids of the records of a ready domain; without an order, in any."""
    if node == FALSE:
        return []
    settle(env)
    values: list[Any] = [offset, limit]
    shaped = shape(node, values)
    paged = (offset > 0, limit is not None)
    key = ("ids", meta.name, env.lang, shaped, order, paged, env.tx.dialect.name)

    def make() -> Plan:
        query = Query(env.registry, env.tx.dialect, env.lang, meta)
        return render(select(query, query.id(), node, order, paged), env.tx.dialect)

    plan = env.registry.plans.get(key, make)
    return [row[0] for row in env.tx.fetch(plan.text, plan.bind(values))]


def select(query: Query, what: SQL, node: Node, order: str, paged: tuple[bool, bool]) -> SQL:
    """SELECT the rows of a ready domain; slots 0 and 1 are offset and limit. `paged`: which of the two there are."""
    offset, limit = paged
    condition = Where(FIRST_SLOT).compile(query, node)
    by = ordering.order_by(query, order) if order else None
    found = SQL("SELECT {} FROM {} WHERE {}", what, query.source(), condition)
    if by is not None:
        found = SQL("{} ORDER BY {}", found, by)
    if limit:
        found = SQL("{} LIMIT {}", found, Slot(1))
    elif offset and query.dialect.name == "sqlite":
        found = SQL("{} LIMIT -1", found)
    return SQL("{} OFFSET {}", found, Slot(0)) if offset else found


def count(env: Environment, meta: ModelMeta, domain: Any, limit: Any = None) -> int:
    """How many records a domain finds, counted up to `limit`."""
    node = prepared(env, meta, domain)
    _, most = bounds(0, limit)
    return counted(env, meta, node, most, alone=not env.su)


def counted(
    env: Environment, meta: ModelMeta, node: Node, most: int | None = None, *, alone: bool = False
) -> int:
    """How many records a ready domain finds, counted up to `most`. `alone`: nothing else is read in this call."""
    settle(env)
    values: list[Any] = [0, most]
    shaped = shape(node, values)
    key = ("count", meta.name, env.lang, shaped, most is not None, env.tx.dialect.name)

    def make() -> Plan:
        query = Query(env.registry, env.tx.dialect, env.lang, meta)
        if most is None:
            return render(select(query, SQL("COUNT(*)"), node, "", (False, False)), env.tx.dialect)
        some = select(query, query.id(), node, "", (False, True))
        return render(SQL("SELECT COUNT(*) FROM ({}) AS found", some), env.tx.dialect)

    plan = env.registry.plans.get(key, make)
    return int(env.tx.fetch(plan.text, plan.bind(values), alone=alone)[0][0])


def settle(env: Environment) -> None:
    """Send unwritten values to the store before it is asked."""
    if env.cache.dirty or env.cache.pending:
        env.flush()
