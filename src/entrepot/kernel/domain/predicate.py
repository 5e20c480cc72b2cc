"""A domain -> those of some records for which it holds, agreeing with the SQL of `where` on every store.

Used for record sets that are in memory (`filtered_domain`): plain fields are compared here, also worked-out ones that SQL
cannot reach; relations, names and hierarchies are one question to the store for all records. A property test holds both
readings together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from entrepot.kernel.domain.expand import expand, field_of
from entrepot.kernel.domain.operand import EQUAL, LIKE, ORDERED, TEXTS, normal, unset
from entrepot.kernel.domain.parse import FALSE, NEGATIVE, TRUE, And, Leaf, Node, Not, conjunction
from entrepot.storage.dialects.patterns import fold

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

Test = Callable[[Any], bool]
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda mine, bound: bool(mine < bound),
    "<=": lambda mine, bound: bool(mine <= bound),
    ">": lambda mine, bound: bool(mine > bound),
    ">=": lambda mine, bound: bool(mine >= bound),
}
_ASCII = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def matching(env: Environment, meta: ModelMeta, node: Node, ids: tuple[int, ...]) -> set[int]:
    """Those of these records that satisfy a domain. Raises what `expand` raises."""
    if isinstance(node, Not):
        return set(ids) - matching(env, meta, node.part, ids)
    if isinstance(node, Leaf):
        return _leaf(env, meta, node, ids)
    if isinstance(node, And):
        found = set(ids)
        for part in node.parts:
            found &= matching(env, meta, part, ids)
        return found
    return set().union(*(matching(env, meta, part, ids) for part in node.parts))


def _leaf(env: Environment, meta: ModelMeta, leaf: Leaf, ids: tuple[int, ...]) -> set[int]:
    name, dot, _ = leaf.field.partition(".")
    field = field_of(env, meta, name)
    special = (
        field.relational or field.search or field.kind in {"binary", "json"} or name in {"id", "display_name"}
    )
    if special or dot or leaf.operator not in EQUAL | ORDERED | LIKE:
        ready = conjunction([meta.among(ids), expand(env, meta, leaf)])
        return set(meta.search_ids(env.derive(su=True), ready))
    ready = normal(field, leaf)
    if ready in (TRUE, FALSE):
        return set(ids) if ready == TRUE else set()
    assert isinstance(ready, Leaf)  # noqa: S101 - what is not decided is a condition still
    holds = _test(field, ready.operator, ready.value)
    return {record.ids[0] for record in meta.type(env, ids) if holds(_kept(env.value(record, field)))}


def _kept(cached: Any) -> Any:
    """A cached value as normal operands are: days and moments as text."""
    if isinstance(cached, datetime):
        return cached.isoformat(" ", "seconds")[:19]
    return cached.isoformat() if isinstance(cached, date) else cached


def _test(field: Field[Any], operator: str, value: Any) -> Test:
    positive = NEGATIVE.get(operator, operator)
    if positive != operator:
        opposite = _test(field, positive, value)
        return lambda mine: not opposite(mine)
    if field.kind == "boolean":
        wanted = set(value) if isinstance(value, list) else {value}
        return lambda mine: bool(mine) in wanted
    if operator in LIKE:
        return _like(field, operator, value)
    if operator in _COMPARE:
        compare = _COMPARE[operator]
        return lambda mine: mine is not None and not unset(value) and compare(mine, value)
    return _equal(field, value if isinstance(value, list) else [value])


def _blank(field: Field[Any]) -> set[Any]:
    """What counts as unset."""
    if field.kind in TEXTS:
        return {None, ""}
    return {None, 0} if field.kind in {"integer", "float", "monetary"} and not field.nullable else {None}


def _equal(field: Field[Any], values: list[Any]) -> Test:
    blank = _blank(field)
    wanted = {each for each in values if not unset(each)}
    if any(map(unset, values)) or wanted & blank:
        wanted |= blank
    return lambda mine: mine in wanted


def _like(field: Field[Any], operator: str, pattern: str) -> Test:
    if not pattern:
        blank = _blank(field)
        return lambda mine: mine in blank if operator.startswith("=") else True
    folded = _folding(pattern) if "ilike" in operator else str
    compiled = re.compile(regex(folded(pattern)), re.DOTALL)
    return lambda mine: mine is not None and compiled.fullmatch(folded(str(mine))) is not None


def _folding(pattern: str) -> Callable[[str], str]:
    """As stores do: a pattern in ASCII folds the letters of ASCII alone."""
    return (lambda text: text.translate(_ASCII)) if pattern.isascii() else fold


def regex(pattern: str) -> str:
    """A LIKE pattern as a regular expression: `%`, `_`, and a backslash before either."""
    found = []
    letters = iter(pattern)
    for letter in letters:
        if letter == "\\":
            found.append(re.escape(next(letters, "\\")))
        else:
            found.append({"%": ".*", "_": "."}.get(letter, re.escape(letter)))
    return "".join(found)
