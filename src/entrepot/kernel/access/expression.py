"""Domains of record rules, written as text with a few names: parsed once, never executed as code."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from entrepot.errors import ValidationError

NAMES = frozenset({"uid", "company_id", "company_ids", "partner_id", "today", "now"})
TIMED = frozenset({"today", "now"})
Evaluate: TypeAlias = Callable[[Mapping[str, Any]], Any]


def compile_domain(text: str) -> tuple[Evaluate, frozenset[str]]:
    """Return a function from the names' values to the domain, and the names it uses.

    Allowed: lists, tuples, texts, numbers, True, False, None, `+` of lists, and NAMES. Raises ValidationError.
    """
    try:
        tree = ast.parse(text.strip() or "[]", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValidationError(f"A rule's domain cannot be read: {text[:200]}") from error
    used: set[str] = set()
    evaluate = _compile(tree, used, text)
    return evaluate, frozenset(used)


def _compile(node: ast.expr, used: set[str], text: str) -> Evaluate:
    match node:
        case ast.Constant(value=value) if value is None or isinstance(value, (bool, int, float, str)):
            return lambda _: value
        case ast.Name(id=name) if name in NAMES:
            used.add(name)
            return lambda names: names[name]
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            parts = [_compile(each, used, text) for each in elements]
            return lambda names: [part(names) for part in parts]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _compile(operand, used, text)
            return lambda names: -inner(names)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            one, two = _compile(left, used, text), _compile(right, used, text)
            return lambda names: [*one(names), *two(names)]
        case _:
            allowed = ", ".join(sorted(NAMES))
            raise ValidationError(
                f"A rule's domain may hold values and {allowed}, not: {ast.unparse(node)[:100]}"
            )
