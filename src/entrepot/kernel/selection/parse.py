"""The text of a selection -> its tree. Every refusal says at which character and why.

    query      := arguments? '{' [item (',' item)*] '}'
    item       := name query | name | '-' name | '*'
    arguments  := '(' name ':' value (',' name ':' value)* ')'
    value      := word | 'text' | "text" | JSON list
    name       := letters, digits, underscore

Blanks and newlines are free between tokens, but not after '-'. In a quoted text a backslash before the quote or before
another backslash takes it as it is. Source: `spec/rest-and-exchange.md` section A4.
"""

from __future__ import annotations

import json
import re

from entrepot.errors import BadQuery, Problem
from entrepot.kernel.selection.tree import ALL, Everything, Item, Leave, Nest, Selection, Take

MAX_LENGTH = 32_768
"""Characters of a query."""
MAX_DEPTH = 10
"""Braces inside each other."""
MAX_ITEMS = 1000
"""Items of a query at all its levels together."""
SHOWN = 20
_BLANK = re.compile(r"[ \t\r\n]*")
_NAME = re.compile(r"[A-Za-z0-9_]+")
_WORD = re.compile(r"[+-]?[A-Za-z0-9_.]+")
_QUOTED = {
    "'": re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL),
    '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL),
}
_ESCAPED = {"'": re.compile(r"\\(['\\])"), '"': re.compile(r'\\(["\\])')}
_JSON = json.JSONDecoder()


def parse(text: str) -> Selection:
    """Read a selection; an empty text is `{*}`. Raises BadQuery with the position of what cannot be read."""
    if len(text) > MAX_LENGTH:
        message = f"The query has {len(text)} characters; at most {MAX_LENGTH} are read."
        raise BadQuery(problems=[Problem("query", "too_long", message)])
    if not text.strip():
        return ALL
    reader = _Reader(text)
    found = reader.query(1)
    reader.end()
    return found


class _Reader:
    """One pass over a text: `at` is the next character, and only ever grows."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.count = 0

    def query(self, depth: int) -> Selection:
        """Arguments and the items between braces."""
        arguments = self._arguments() if self._peek() == "(" else ()
        if self._peek() != "{":
            raise self._expected("'{'", "fields stand between braces, as in {id, name}")
        if depth > MAX_DEPTH:
            raise self._refused(f"relations are nested at most {MAX_DEPTH} deep", "too_deep")
        self.at += 1
        items: list[Item] = []
        if self._peek() == "}":
            self.at += 1
            return Selection((), arguments)
        while True:
            items.append(self._item(depth))
            end = self._peek()
            if end not in {",", "}"}:
                raise self._expected("',' or '}'", self._hint(end))
            self.at += 1
            if end == "}":
                return Selection(tuple(items), arguments)
            if self._peek() == "}":
                raise self._refused("there is no field after the last ','", "trailing_comma")

    def end(self) -> None:
        """Nothing may follow."""
        if self._peek():
            raise self._expected("the end", "the query ended with its last brace")

    def _item(self, depth: int) -> Item:
        self.count += 1
        if self.count > MAX_ITEMS:
            raise self._refused(f"a query names at most {MAX_ITEMS} fields", "too_long")
        first = self._peek()
        start = self.at
        if first == "*":
            self.at += 1
            if self._peek() in {"{", "("}:
                raise self._refused(
                    "'*' takes all fields as they are; name the relation to look into", "syntax"
                )
            return Everything()
        if first == "-":
            return self._left_out()
        name = self._name("a field, '-field' or '*'")
        if self._peek() in {"{", "("}:
            return Nest(name, self.query(depth + 1), start)
        return Take(name, start)

    def _left_out(self) -> Leave:
        start = self.at
        self.at += 1
        if _NAME.match(self.text, self.at) is None:
            raise self._refused("the name of the field to leave out follows '-' at once", "syntax")
        name = self._name("a field")
        if self._peek() in {"{", "("}:
            text = f"'-{name[:SHOWN]}' leaves the field out, so nothing can be taken of it"
            raise self._refused(text, "nested_exclusion")
        return Leave(name, start)

    def _arguments(self) -> tuple[tuple[str, str], ...]:
        self.at += 1
        found: dict[str, str] = {}
        while True:
            self._peek()
            start = self.at
            name = self._name("the name of an argument")
            if name in found:
                raise self._refused(f"the argument '{name[:SHOWN]}' is given twice", "twice", start)
            if self._peek() != ":":
                raise self._expected("':'", "arguments are written as name: value")
            self.at += 1
            found[name] = self._value()
            end = self._peek()
            if end not in {",", ")"}:
                raise self._expected("',' or ')'", "arguments are written as (name: value, name: value)")
            self.at += 1
            if end == ")":
                return tuple(found.items())

    def _value(self) -> str:
        first = self._peek()
        if first in _QUOTED:
            match = _QUOTED[first].match(self.text, self.at)
            if match is None:
                raise self._refused(f"the text that begins here has no closing {first}", "syntax")
            self.at = match.end()
            return _ESCAPED[first].sub(r"\1", match[1])
        if first == "[":
            return self._list()
        match = _WORD.match(self.text, self.at)
        if match is None:
            raise self._expected("a value", "other values than words and numbers stand between quotes")
        self.at = match.end()
        return match[0]

    def _list(self) -> str:
        start = self.at
        try:
            _, self.at = _JSON.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            raise self._refused(f"the list is no JSON: {error.msg}", "syntax", error.pos) from error
        except (ValueError, RecursionError) as error:
            raise self._refused("the list is no JSON: it nests too deeply", "too_deep") from error
        return self.text[start : self.at]

    def _name(self, what: str) -> str:
        self._peek()
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self._expected(what, "")
        self.at = match.end()
        return match[0]

    def _peek(self) -> str:
        """The next character that is no blank, "" at the end; `at` moves there."""
        blank = _BLANK.match(self.text, self.at)
        assert blank is not None  # noqa: S101 - it matches nothing too
        self.at = blank.end()
        return self.text[self.at : self.at + 1]

    def _hint(self, found: str) -> str:
        hints = {
            ".": "fields of a relation stand in braces behind it, as in partner_id{name}",
            ":": "fields have no other names here",
            "": "a brace is not closed",
        }
        return hints.get(found, "")

    def _expected(self, what: str, hint: str) -> BadQuery:
        found = self.text[self.at : self.at + 1]
        met = f"found {found!r}" if found else "the query ends"
        return self._refused(f"expected {what}, {met}{'; ' if hint else ''}{hint}", "syntax")

    def _refused(self, why: str, code: str, at: int | None = None) -> BadQuery:
        position = self.at if at is None else at
        message = f"The query cannot be read at character {position + 1}: {why}."
        return BadQuery(problems=[Problem("query", code, message)], position=position)
