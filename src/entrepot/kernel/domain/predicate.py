"""A domain -> a Python test of one record, agreeing with the SQL of `where` on every store.

Used for record sets that are in memory (`filtered_domain`); a property test holds both readings together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.kernel.domain.expand import active_only, expand, field_of
from entrepot.kernel.domain.operand import operand
from entrepot.kernel.domain.parse import NEGATIVE, And, Leaf, Node, Not

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta

Holds = Callable[["Model"], bool]


def predicate(env: Environment, meta: ModelMeta, node: Node) -> Holds:
    """Whether a record satisfies a domain. Raises what `expand` raises."""
    if isinstance(node, And):
        parts = [predicate(env, meta, part) for part in node.parts]
        return lambda record: all(part(record) for part in parts)
    if isinstance(node, Not):
        inner = predicate(env, meta, node.part)
        return lambda record: not inner(record)
    if isinstance(node, Leaf):
        return _leaf(env, meta, node)
    choices = [predicate(env, meta, part) for part in node.parts]
    return lambda record: any(choice(record) for choice in choices)


def _leaf(env: Environment, meta: ModelMeta, leaf: Leaf) -> Holds:
    name, dot, rest = leaf.field.partition(".")
    field = field_of(env, meta, name)
    simple = (
        not field.relational
        and not dot
        and not field.search
        and leaf.operator not in {"child_of", "parent_of"}
    )
    if simple and name != "id":
        return _compare(field, leaf)
    if dot and field.relational:
        inner = Leaf(rest, leaf.operator, leaf.value, leaf.node)
        comodel = env.registry.models[field.comodel]
        holds = predicate(
            env, comodel, active_only(env, comodel, inner) if field.table_kind == "ids" else inner
        )
        return lambda record: any(holds(linked) for linked in getattr(record, name))
    return _asked(env, meta, leaf)


def _asked(env: Environment, meta: ModelMeta, leaf: Leaf) -> Holds:
    """Relations by id, name and hierarchy are the store's to answer."""
    ready = expand(env, meta, leaf)

    def holds(record: Model) -> bool:
        return bool(meta.search_ids(record.env.derive(su=True), And((meta.among(record.ids), ready))))

    return holds


def _compare(field: Any, leaf: Leaf) -> Holds:
    operator = leaf.operator
    positive = NEGATIVE.get(operator, operator)
    negative = positive != operator
    test = _test(field, positive, leaf.value)
    name = field.name
    if negative:
        return lambda record: not test(getattr(record, name))
    return lambda record: test(getattr(record, name))


def _test(field: Any, operator: str, value: Any) -> Callable[[Any], bool]:
    convert = operand(field, operator, exact=True)
    if field.kind == "boolean":
        wanted = {bool(each) for each in value} if isinstance(value, list) else {bool(value)}
        return lambda mine: bool(mine) in wanted
    if operator == "in":
        tests = [_test(field, "=", each) for each in value]
        return lambda mine: any(test(mine) for test in tests)
    unset = value is None or value is False or (value == "" and field.table_kind == "text")
    number = field.kind in {"integer", "float", "monetary"} and not field.nullable
    if operator == "=":
        if unset or (number and not isinstance(value, str) and value == 0):
            return lambda mine: (
                mine is None or (mine == "" if isinstance(mine, str) else number and mine == 0)
            )
        wanted_one = convert(value)
        return lambda mine: mine is not None and bool(raw(mine) == wanted_one)
    if operator in {"<", "<=", ">", ">="}:
        if value is None or value is False:
            return lambda mine: False
        bound = convert(value)
        orders: dict[str, Callable[[Any], bool]] = {
            "<": lambda mine: raw(mine) < bound,
            "<=": lambda mine: raw(mine) <= bound,
            ">": lambda mine: raw(mine) > bound,
            ">=": lambda mine: raw(mine) >= bound,
        }
        return lambda mine: mine is not None and orders[operator](mine)
    if value in (None, False, ""):
        whole = operator.startswith("=")
        return lambda mine: (mine is None or mine == "") if whole else True
    pattern = str(value) if operator.startswith("=") else f"%{value}%"
    flags = re.DOTALL | (re.IGNORECASE if "ilike" in operator else 0)
    compiled = re.compile(regex(pattern), flags)
    return lambda mine: mine is not None and compiled.fullmatch(str(raw(mine))) is not None


def raw(value: Any) -> Any:
    """A Python value as operands are: dates and moments as text."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")[:19]
    if isinstance(value, date):
        return value.isoformat()
    return value if not isinstance(value, Decimal) else value


def regex(pattern: str) -> str:
    """A LIKE pattern as a regular expression: `%`, `_`, and a backslash before either."""
    found = []
    at = 0
    while at < len(pattern):
        mark = pattern[at]
        if mark == "\\" and at + 1 < len(pattern):
            at += 1
            found.append(re.escape(pattern[at]))
        else:
            found.append({"%": ".*", "_": "."}.get(mark, re.escape(mark)))
        at += 1
    return "".join(found)
