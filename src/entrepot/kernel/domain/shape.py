"""The shape of a domain: everything that decides its SQL, apart from its values.

Two domains of one shape share one compiled plan. `shape` returns the shape and appends the values, one a leaf, in the
order in which `where` meets the leaves. Of a value, `where` sees nothing but its `facts`, so no two domains that need
different SQL can have one shape.
"""

from __future__ import annotations

from typing import Any

from entrepot.kernel.domain.parse import And, Leaf, Node, Not

Shape = Any
_IDS = {int}
"""The types of a list that needs no second look: reading passes thousands of ids."""

LIST, UNSET, SET, EMPTY, ZERO, TRUE, WIDE = (1 << bit for bit in range(7))
"""A list of values; one is unset (None or False); one is not; one is ""; one is 0; one is True; one has letters beyond
ASCII."""


def shape(node: Node, values: list[Any]) -> Shape:
    """The hashable shape of a tree; its values go to the end of `values`."""
    if type(node) is Leaf:
        if node.node is not None:
            return (node.field, node.operator, shape(node.node, values))
        values.append(node.value)
        found = (node.field, node.operator, facts(node.value))
        return (*found, node.zone) if node.zone else found
    if isinstance(node, Not):
        return ("!", shape(node.part, values))
    if isinstance(node, Leaf):  # pragma: no cover - Leaf has no subclasses
        raise TypeError(node)
    return ("&" if isinstance(node, And) else "|", *[shape(part, values) for part in node.parts])


def facts(value: Any) -> int:
    """What the SQL of a condition depends on besides field and operator, as flags."""
    if type(value) is list:
        if value and set(map(type, value)) == _IDS:
            return LIST | SET | (ZERO if 0 in value else 0)
        found = LIST
        for each in value:
            found |= _facts(each)
        return found
    return _facts(value)


def _facts(value: Any) -> int:
    if value is None or value is False:
        return UNSET
    if value is True:
        return SET | TRUE
    if isinstance(value, str):
        return SET | (EMPTY if not value else 0 if value.isascii() else WIDE)
    return SET if value else SET | ZERO
