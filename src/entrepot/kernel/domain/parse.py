"""A domain as callers write it -> a tree of nodes.

The prefix notation: terms `[field, operator, value]`, `'&'` and `'|'` before two operands, `'!'` before one, neighbours
and-ed. Source: `spec/odoo-protocol.md` section 9.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.fields.base import shown

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
_SPELLINGS = {"<>": "!=", "==": "="}
_LISTS = frozenset({"in", "not in", "child_of", "parent_of"})
MAX_DEPTH = 100
"""Connectives inside each other; sub-domains of `any` count on from where they stand."""
MAX_LEVELS = 20
"""Relations behind each other, as dots or as `any`."""
MAX_TERMS = 5000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition.

    `node`: the sub-domain of `any` and `not any`. `zone`: the time zone in which a part of a moment is read.
    """

    field: str
    operator: str
    value: Any
    node: Node | None = None
    zone: str = ""


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
    parts = _flat(And, nodes)
    return TRUE if not parts else parts[0] if len(parts) == 1 else And(tuple(parts))


def disjunction(nodes: Iterable[Node]) -> Node:
    """Any of these nodes."""
    parts = _flat(Or, nodes)
    return FALSE if not parts else parts[0] if len(parts) == 1 else Or(tuple(parts))


def negation(node: Node) -> Node:
    """The opposite; two negations are none."""
    return node.part if isinstance(node, Not) else Not(node)


def _flat(kind: type[And | Or], nodes: Iterable[Node]) -> list[Node]:
    parts: list[Node] = []
    for node in nodes:
        if isinstance(node, kind):
            parts.extend(node.parts)
        else:
            parts.append(node)
    return parts


def parse(domain: Any) -> Node:
    """Read a domain (list or tuple; None and False are empty). Raises ValidationError naming the term and its place."""
    return _Reader().domain(domain, 0)[0]


class _Reader:
    """Reads one domain with its sub-domains, and counts what they hold together."""

    __slots__ = ("terms",)

    def __init__(self) -> None:
        self.terms = 0

    def domain(self, domain: Any, level: int) -> tuple[Node, int]:
        """The tree, and how many connectives stand inside each other."""
        if domain is None or domain is False or domain == "":
            return TRUE, 0
        if not isinstance(domain, (list, tuple)):
            raise bad("not_a_list", f"a domain is a list of terms, got {shown(domain)}")
        if level > MAX_LEVELS:
            raise bad("too_deep", f"a domain follows at most {MAX_LEVELS} relations in a row")
        self.terms += len(domain)
        if self.terms > MAX_TERMS:
            raise bad("too_long", f"a domain has at most {MAX_TERMS} terms")
        stack: list[tuple[Node, int]] = []
        for index in range(len(domain) - 1, -1, -1):
            item = domain[index]
            if isinstance(item, str):
                _operate(item, stack, index)
            else:
                stack.append(self._term(item, index, level))
        deepest = max((deep for _, deep in stack), default=0)
        return conjunction(node for node, _ in reversed(stack)), deepest

    def _term(self, item: Any, index: int, level: int) -> tuple[Node, int]:
        if not isinstance(item, (list, tuple)) or len(item) != 3:
            raise bad("bad_term", f"a term is [field, operator, value], got {shown(item)}", index)
        field, operator, value = item
        if isinstance(field, int) and operator in ("=", "!=") and field in (0, 1) and value in (0, 1):
            return (TRUE if (field == value) is (operator == "=") else FALSE), 0
        if not isinstance(field, str) or not isinstance(operator, str):
            raise bad("bad_term", f"field and operator are texts, got {shown(item)}", index)
        if field.count(".") > MAX_LEVELS:
            raise bad("too_deep", f"a path follows at most {MAX_LEVELS} relations", index)
        operator = _operator(field, operator, index)
        if operator in {"any", "not any"}:
            node, deep = self.domain(value, level + 1)
            return Leaf(field, operator, None, node), deep + 1
        if isinstance(value, (list, tuple, set, frozenset)):
            return _listed(field, operator, list(value), index), 0
        return _single(field, operator, value, index), 0


def _operate(operator: str, stack: list[tuple[Node, int]], index: int) -> None:
    if operator not in {"&", "|", "!"}:
        raise bad("unknown_operator", f"expected a term, '&', '|' or '!', got {operator[:80]!r}", index)
    needed = 1 if operator == "!" else 2
    if len(stack) < needed:
        raise bad("missing_operand", f"{operator!r} needs {needed} operand{'s'[: needed - 1]}", index)
    one, deep = stack.pop()
    if operator == "!":
        # a negation of a negation is none, so a long row of them is no depth
        stack.append((negation(one), deep if isinstance(one, Not) else deep + 1))
        return
    two, deeper = stack.pop()
    same: type = And if operator == "&" else Or
    grown = max(deep + (not isinstance(one, same)), deeper + (not isinstance(two, same)))
    if grown > MAX_DEPTH:
        raise bad("too_deep", f"a domain nests at most {MAX_DEPTH} levels", index)
    stack.append((conjunction([one, two]) if operator == "&" else disjunction([one, two]), grown))


def _operator(field: str, given: str, index: int) -> str:
    operator = given if given in OPERATORS else given.strip().lower()
    operator = _SPELLINGS.get(operator, operator)
    if operator not in OPERATORS:
        known = ", ".join(sorted(OPERATORS))
        text = f"unknown operator {given[:40]!r} for {field[:80]!r}; known: {known}"
        raise bad("unknown_operator", text, index)
    return operator


def _listed(field: str, operator: str, value: list[Any], index: int) -> Leaf:
    if operator in {"=", "!=", "=?"}:
        operator = "not in" if operator == "!=" else "in"
    elif operator not in _LISTS:
        raise bad("bad_value", f"{operator!r} of {field[:80]!r} takes one value, not a list", index)
    if any(isinstance(each, (list, tuple, dict, set)) for each in value):
        raise bad("bad_value", f"{field[:80]!r}: a list of values must be flat", index)
    return Leaf(field, operator, value)


def _single(field: str, operator: str, value: Any, index: int) -> Leaf:
    if isinstance(value, dict):
        raise bad("bad_value", f"{field[:80]!r}: an object cannot be compared", index)
    if operator in {"in", "not in"}:
        if not isinstance(value, bool) and value is not None:
            text = f"{operator!r} of {field[:80]!r} takes a list, got {shown(value)}"
            raise bad("bad_value", text, index)
        return Leaf(field, "=" if operator == "in" else "!=", value)
    if operator == "=?" and value is not None and value is not False:
        return Leaf(field, "=", value)
    return Leaf(field, operator, value)


def bad(code: str, message: str, index: int | None = None) -> ValidationError:
    """The error of a domain that cannot be used."""
    where = "domain" if index is None else f"domain[{index}]"
    text = f"Invalid domain: {message}" if index is None else f"Invalid domain term {index + 1}: {message}"
    return ValidationError(problems=[Problem(where, code, text)])


def mentions(node: Node, field: str) -> bool:
    """Whether any condition of the tree is about a field of the model itself."""
    if isinstance(node, Leaf):
        return node.field == field
    parts: Sequence[Node] = (node.part,) if isinstance(node, Not) else node.parts
    return any(mentions(part, field) for part in parts)
