"""A domain as callers write it -> a tree of nodes.

The prefix notation: terms `[field, operator, value]`, `'&'` and `'|'` before two operands, `'!'` before one, neighbours
and-ed. Source: `spec/odoo-protocol.md` section 9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from entrepot.errors import Problem, ValidationError

OPERATORS = frozenset(
    {
        "=",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "=?",
        "like",
        "ilike",
        "=like",
        "=ilike",
        "not like",
        "not ilike",
        "in",
        "not in",
        "child_of",
        "parent_of",
        "any",
        "not any",
    }
)
NEGATIVE = {"!=": "=", "not like": "like", "not ilike": "ilike", "not in": "in", "not any": "any"}
MAX_DEPTH = 100
MAX_TERMS = 5000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition. `node` is the parsed sub-domain of `any` and `not any`."""

    field: str
    operator: str
    value: Any
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All of its parts hold."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of its parts holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Its part does not hold."""

    part: Node


Node: TypeAlias = Leaf | And | Or | Not
TRUE: Node = And(())
FALSE: Node = Or(())


def conjunction(nodes: Iterable[Node]) -> Node:
    """All of these nodes."""
    parts: list[Node] = []
    for node in nodes:
        if isinstance(node, And):
            parts.extend(node.parts)
        else:
            parts.append(node)
    return TRUE if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))


def disjunction(nodes: Iterable[Node]) -> Node:
    """Any of these nodes."""
    parts: list[Node] = []
    for node in nodes:
        if isinstance(node, Or):
            parts.extend(node.parts)
        else:
            parts.append(node)
    return FALSE if not parts else parts[0] if len(parts) == 1 else Or(tuple(parts))


def negation(node: Node) -> Node:
    """The opposite; two negations are none."""
    return node.part if isinstance(node, Not) else Not(node)


def parse(domain: Any, *, depth: int = 0) -> Node:
    """Read a domain (list or tuple; None and False are empty). Raises ValidationError naming the term and its place."""
    if domain is None or domain is False or domain == "":
        return TRUE
    if not isinstance(domain, (list, tuple)):
        raise bad("not_a_list", f"a domain is a list of terms, got {repr(domain)[:80]}")
    if depth > MAX_DEPTH:
        raise bad("too_deep", f"a domain nests at most {MAX_DEPTH} levels")
    if len(domain) > MAX_TERMS:
        raise bad("too_long", f"a domain has at most {MAX_TERMS} terms, got {len(domain)}")
    stack: list[tuple[Node, int]] = []
    for index in range(len(domain) - 1, -1, -1):
        item = domain[index]
        if isinstance(item, str):
            _operate(item, stack, index)
        else:
            stack.append((_term(item, index, depth), 0))
    return conjunction(node for node, _ in reversed(stack))


def _operate(operator: str, stack: list[tuple[Node, int]], index: int) -> None:
    if operator not in {"&", "|", "!"}:
        raise bad("unknown_operator", f"expected a term, '&', '|' or '!', got {operator[:80]!r}", index)
    needed = 1 if operator == "!" else 2
    if len(stack) < needed:
        raise bad("missing_operand", f"{operator!r} needs {needed} operands", index)
    one, deep = stack.pop()
    if operator == "!":
        stack.append((negation(one), deep + 1))
        return
    two, deeper = stack.pop()
    same: type = And if operator == "&" else Or
    grown = max(deep + (not isinstance(one, same)), deeper + (not isinstance(two, same)))
    if grown > MAX_DEPTH:
        raise bad("too_deep", f"a domain nests at most {MAX_DEPTH} levels", index)
    stack.append((conjunction([one, two]) if operator == "&" else disjunction([one, two]), grown))


def _term(item: Any, index: int, depth: int) -> Node:
    if not isinstance(item, (list, tuple)) or len(item) != 3:
        raise bad("bad_term", f"a term is [field, operator, value], got {repr(item)[:80]}", index)
    field, operator, value = item
    if isinstance(field, int) and operator in {"=", "!="} and field in {0, 1} and value in {0, 1}:
        return TRUE if (field == value) is (operator == "=") else FALSE
    if not isinstance(field, str) or not isinstance(operator, str):
        raise bad("bad_term", f"field and operator are texts, got {repr(item)[:80]}", index)
    operator = "!=" if operator == "<>" else operator if operator in OPERATORS else operator.strip().lower()
    operator = "=" if operator == "==" else operator
    if operator not in OPERATORS:
        known = ", ".join(sorted(OPERATORS))
        raise bad(
            "unknown_operator",
            f"unknown operator {operator[:40]!r} for {field[:80]!r}; known: {known}",
            index,
        )
    if operator in {"any", "not any"}:
        return Leaf(field, operator, None, parse(value, depth=depth + 1))
    if operator == "=?":
        return TRUE if value is None or value is False else Leaf(field, "=", value)
    if isinstance(value, (list, tuple, set, frozenset)):
        value = list(value)
        if operator in {"=", "!="}:
            operator = "in" if operator == "=" else "not in"
        elif operator not in {"in", "not in", "child_of", "parent_of"}:
            raise bad("bad_value", f"{operator!r} of {field[:80]!r} takes one value, not a list", index)
        if any(isinstance(each, (list, tuple, dict, set)) for each in value):
            raise bad("bad_value", f"{field[:80]!r}: a list of values must be flat", index)
    elif operator in {"in", "not in"}:
        if not isinstance(value, bool) and value is not None:
            raise bad(
                "bad_value", f"{operator!r} of {field[:80]!r} takes a list, got {repr(value)[:60]}", index
            )
        operator = "=" if operator == "in" else "!="
    elif isinstance(value, dict):
        raise bad("bad_value", f"{field[:80]!r}: an object cannot be compared", index)
    return Leaf(field, operator, value)


def bad(code: str, message: str, index: int | None = None) -> ValidationError:
    """The error of a domain that cannot be read."""
    where = "domain" if index is None else f"domain[{index}]"
    text = f"Invalid domain: {message}" if index is None else f"Invalid domain term {index + 1}: {message}"
    return ValidationError(problems=[Problem(where, code, text)])


def mentions(node: Node, field: str) -> bool:
    """Whether any condition of the tree is about a field of the model itself."""
    if isinstance(node, Leaf):
        return node.field == field
    if isinstance(node, Not):
        return mentions(node.part, field)
    return any(mentions(part, field) for part in node.parts)
