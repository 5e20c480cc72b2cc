"""Conditions of partial indexes that come from a file: let through only what can do nothing but compare
columns.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_TOKEN = re.compile(
    r"""\s+|(?P<text>'(?:[^'\\]|'')*')|(?P<name>"(?:[^"]|"")+")|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<cast>::)|(?P<mark><=|>=|<>|!=|=|<|>|\(|\)|\[|\]|,)"""
)
_KEYWORDS = frozenset(("AND", "OR", "NOT", "IS", "NULL", "TRUE", "FALSE", "IN", "ANY", "ARRAY"))
_BEFORE_PARENTHESIS = frozenset(("AND", "OR", "NOT", "IN", "ANY"))
_TYPES = frozenset(("text", "integer", "bigint", "boolean", "numeric", "date"))


def is_harmless(condition: str, columns: Collection[str]) -> bool:
    """Whether a condition is made of these columns, constants, comparisons and AND, OR, NOT alone: no call,
    no query.
    """
    at = 0
    last, may_be_function = "", False
    while at < len(condition):
        found = _TOKEN.match(condition, at)
        if found is None:
            return False
        at = found.end()
        piece = found.group()
        if found.lastgroup is None:
            continue
        if piece == "(" and may_be_function:
            return False
        may_be_function = False
        if found.lastgroup == "word":
            keyword = piece.upper() in _KEYWORDS
            if not (piece in _TYPES if last == "::" else keyword or piece in columns):
                return False
            may_be_function = piece.upper() not in _BEFORE_PARENTHESIS
        elif found.lastgroup == "name":
            if piece[1:-1].replace('""', '"') not in columns:
                return False
            may_be_function = True
        last = piece
    return True
