"""The shape of a domain: everything that decides its SQL, apart from its values.

Two domains of one shape share one compiled plan; `shape` returns the shape and appends the values, one a leaf, in
the order in which `where` meets the leaves.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from entrepot.kernel.domain.parse import And, Leaf, Node, Not

Shape = Any


def shape(node: Node, values: list[Any]) -> Shape:
    """The hashable shape of a tree; its values go to the end of `values`."""
    if type(node) is Leaf:
        if node.node is not None:
            return (node.field, node.operator, shape(node.node, values))
        values.append(node.value)
        return (node.field, node.operator, tag(node.value))
    if isinstance(node, Not):
        return ("!", shape(node.part, values))
    if isinstance(node, Leaf):  # pragma: no cover - Leaf has no subclasses
        raise TypeError
    return ("&" if isinstance(node, And) else "|", *[shape(part, values) for part in node.parts])


def tag(value: Any) -> Any:
    """What the SQL of a condition depends on besides field and operator."""
    if value is None or value is False:
        return "unset"
    if value is True:
        return "true"
    kind = type(value)
    if kind is str:
        return ("ascii" if value.isascii() else "text") if value else "empty"
    if kind is int:
        return "int" if value else "zero"
    if kind is list:
        unset = any(each is None or each is False for each in value)
        return (
            "list",
            bool(value),
            unset,
            unset and all(each is None or each is False for each in value),
            "" in value,
            any(type(each) in {int, float} and each == 0 for each in value),
            any(each is True for each in value),
            any(type(each) is str for each in value),
        )
    if isinstance(value, date):
        return "date"
    if isinstance(value, bytes):
        return "bytes"
    return "number" if value else "zero"
