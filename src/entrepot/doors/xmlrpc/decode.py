"""XML-RPC bytes → method name and values, within bounds that are checked before memory is spent.

The parser is the interpreter's C ElementTree. It must not see a document type: entities are how small
documents become large and how files of the server are read. Nesting, tags and the number of elements are
bounded too, because nobody has proved who they are when a body is parsed.
"""

from __future__ import annotations

import binascii
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from entrepot.errors import BadRequest, TooLarge

# An element costs about 125 bytes however short it is written: a million "<" is at most 125 MB.
MAX_MARKS = 1_000_000
# Up to this many the tree costs less than 7 MB, so the C builder may run before nesting and tags are looked
# at.
UNWATCHED_MARKS = 50_000
FIRST_PIECE = 64 * 1024
# value, array, data or value, struct, member: three elements a level; methodCall, params, param around them.
ELEMENTS_A_LEVEL = 3
ELEMENTS_AROUND = 5

_INT = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_DOUBLE = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", re.ASCII)
_DATETIME = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)(\.\d{1,9})?Z?", re.ASCII)
_METHOD = re.compile(r"[A-Za-z0-9_.:/]{1,128}", re.ASCII)
_NIL_NAMESPACE = "{http://ws.apache.org/xmlrpc/namespaces/extensions}nil"


class Builder(TreeBuilder):
    """Builds the tree; refuses a document type as soon as it begins."""

    def doctype(self, *_declared: str | None) -> NoReturn:
        """Called by the parser at `<!DOCTYPE`, before any of its declarations."""
        raise BadRequest("A document type is not allowed in XML-RPC.")


class WatchfulBuilder(Builder):
    """Also refuses unknown tags and deep nesting at the first one, for documents too large to look at
    afterwards.
    """

    def __init__(self, max_elements_deep: int) -> None:
        super().__init__()
        self.depth = 0
        self.deepest = max_elements_deep

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        """An element begins."""
        self.depth += 1
        if self.depth > self.deepest:
            raise BadRequest("The values are nested too deeply.")
        if tag not in KNOWN_TAGS:
            raise BadRequest(f"<{tag[:40]}> is no element of XML-RPC.")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        """An element ends."""
        self.depth -= 1
        return super().end(tag)


def request(body: bytes, max_depth: int) -> tuple[str, list[Any]]:
    """Read a call: its method and parameters.

    Dates come as "YYYY-MM-DD HH:MM:SS" text, base64 as bytes, nil as None. Raises BadRequest, TooLarge.
    """
    try:
        return _call(_parse(body, max_depth), max_depth)
    except RecursionError as error:
        raise BadRequest("The values are nested too deeply.") from error


def _parse(body: bytes, max_depth: int) -> Element:
    if b"\0" in body:  # UTF-16 and UTF-32, which would hide the marks counted below
        raise BadRequest("The XML must be in UTF-8 or another encoding that contains ASCII.")
    marks = body.count(b"<")
    if marks > MAX_MARKS:
        raise TooLarge(f"The request holds more than {MAX_MARKS // 2} elements; send it in parts.")
    watched = marks > UNWATCHED_MARKS
    builder: TreeBuilder
    if watched:
        builder = WatchfulBuilder(max_depth * ELEMENTS_A_LEVEL + ELEMENTS_AROUND)
    else:
        # The parser builds faster for a builder that is nobody's class; a document type begins with these two marks in
        # every encoding that it takes.
        builder = Builder() if b"<!" in body else TreeBuilder()
    parser = XMLParser(target=builder)  # noqa: S314 - the builder refuses what makes this parser unsafe
    try:
        for piece in pieces(body) if watched else (body,):
            parser.feed(piece)
        return parser.close()
    except ParseError as error:
        raise BadRequest(f"The body is not well-formed XML: {error}.") from error
    except (LookupError, ValueError) as error:
        # An encoding that is unknown or not an extension of ASCII.
        raise BadRequest("The encoding of the XML is not supported.") from error


def pieces(body: bytes) -> Iterator[memoryview]:
    """Cut a large document into pieces, each twice as long as the one before.

    A refusal takes effect at the end of a piece, until when expat goes on remembering open elements. Equal
    pieces would let one long token be read again from its start with each of them.
    """
    view = memoryview(body)
    start, length = 0, FIRST_PIECE
    while start < len(body):
        yield view[start : start + length]
        start += length
        length *= 2


def _call(root: Element, max_depth: int) -> tuple[str, list[Any]]:
    if root.tag != "methodCall":
        raise BadRequest("The XML is no XML-RPC call: its root must be <methodCall>.")
    name = root.find("methodName")
    method = "" if name is None else (name.text or "").strip()
    if not _METHOD.fullmatch(method):
        raise BadRequest("The XML-RPC call has no valid <methodName>.")
    params = root.find("params")
    values = []
    for param in () if params is None else params:
        if param.tag != "param" or len(param) != 1 or param[0].tag != "value":
            raise BadRequest("Each <param> must hold one <value>.")
        values.append(_value(param[0], max_depth))
    return method, values


def _value(value: Element, depth: int) -> Any:
    """Read one `<value>`; `depth` says how many levels may follow below it."""
    count = len(value)
    if not count:
        return value.text or ""
    if count != 1:
        raise BadRequest("A <value> must hold one element.")
    typed = value[0]
    tag = typed.tag
    if tag == "string":
        if len(typed):
            _leaf(typed)
        return typed.text or ""
    if tag == "array":
        return _array(typed, depth)
    if tag == "struct":
        return _struct(typed, depth)
    reader = SCALARS.get(tag)
    if reader is None:
        raise BadRequest(f"<{tag[:40]}> is no element of XML-RPC.")
    _leaf(typed)
    return reader((typed.text or "").strip())


def _leaf(typed: Element) -> None:
    if len(typed):
        raise BadRequest(f"<{typed.tag}> must hold text only.")


def _array(array: Element, depth: int) -> list[Any]:
    if not depth:
        raise BadRequest("The values are nested too deeply.")
    if len(array) != 1 or array[0].tag != "data":
        raise BadRequest("An <array> must hold one <data>.")
    items = []
    for item in array[0]:
        if item.tag != "value":
            raise BadRequest("A <data> must hold <value> elements only.")
        items.append(_value(item, depth - 1))
    return items


def _struct(struct: Element, depth: int) -> dict[str, Any]:
    if not depth:
        raise BadRequest("The values are nested too deeply.")
    members = {}
    for member in struct:
        if member.tag != "member" or len(member) != 2 or member[0].tag != "name" or member[1].tag != "value":
            raise BadRequest("A <struct> must hold <member> elements with a <name> and a <value> each.")
        members[member[0].text or ""] = _value(member[1], depth - 1)
    return members


def _integer(text: str) -> int:
    if not _INT.fullmatch(text):
        raise BadRequest("An integer must be digits with an optional sign, at most 64 bit.")
    number = int(text)
    if not -(2**63) <= number < 2**63:
        raise BadRequest("An integer must fit into 64 bit.")
    return number


def _double(text: str) -> float:
    if not _DOUBLE.fullmatch(text) or not math.isfinite(float(text)):
        raise BadRequest("A double must be a finite decimal number.")
    return float(text)


def _boolean(text: str) -> bool:
    if text not in {"0", "1"}:
        raise BadRequest("A boolean must be 0 or 1.")
    return text == "1"


def _base64(text: str) -> bytes:
    try:
        return binascii.a2b_base64(text)
    except ValueError as error:
        raise BadRequest("A base64 value has a wrong length.") from error


def _moment(text: str) -> str:
    found = _DATETIME.fullmatch(text)
    if not found:
        raise BadRequest("A date must have the form 20261122T13:45:00.")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        return datetime(year, month, day, hour, minute, second).isoformat(" ")  # noqa: DTZ001 - the wire names no zone
    except ValueError as error:
        raise BadRequest("A date names a day or time that does not exist.") from error


def _nil(text: str) -> None:
    if text:
        raise BadRequest("A <nil> must be empty.")


SCALARS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "int": _integer,
        "i4": _integer,
        "i8": _integer,
        "boolean": _boolean,
        "double": _double,
        "base64": _base64,
        "dateTime.iso8601": _moment,
        "nil": _nil,
        _NIL_NAMESPACE: _nil,
    }
)
KNOWN_TAGS = frozenset(
    {
        "methodCall",
        "methodName",
        "params",
        "param",
        "value",
        "string",
        "array",
        "data",
        "struct",
        "member",
        "name",
        *SCALARS,
    }
)
