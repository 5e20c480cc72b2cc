"""Values and errors → XML-RPC bytes.

None goes as boolean 0, at any depth: clients of Odoo's wires know no nil. Integers past 32 bit go as `<i8>`,
decimals as doubles, moments as text in UTC, bytes as base64 text, keys as text, every other iterable as an
array.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from entrepot.doors.values import spell_bytes, spell_datetime
from entrepot.doors.xmlrpc.markup import FALSE, INT_MAX, INT_MIN, TRUE, escape, seal
from entrepot.doors.xmlrpc.rows import clean_rows_text, rows_text
from entrepot.kept import Kept
from entrepot.table import Table
from entrepot.tree import Tree

_HEAD = "<?xml version='1.0'?>\n<methodResponse>\n"
_FOOT = "</methodResponse>\n"
_OPEN = f"{_HEAD}<params>\n<param>\n"
_CLOSE = f"</param>\n</params>\n{_FOOT}"


def response(value: Any) -> bytes:
    """The document that answers a call. Raises TypeError for what is no `Value`."""
    if type(value) is Kept:
        return value.spelled("xmlrpc", lambda: seal(f"{_OPEN}{element(dict(value))}{_CLOSE}"))
    rows = clean_rows_text(value, element) if type(value) is Table else None
    if rows is not None:
        return f"{_OPEN}<value><array><data>{rows}</data></array></value>{_CLOSE}".encode()
    return seal(f"{_OPEN}{element(value)}{_CLOSE}")


def fault(code: int | str, text: str) -> bytes:
    """The document that refuses a call; `code` is a number on version 2 and a text on version 1."""
    return seal(f"{_HEAD}<fault>\n{element({'faultCode': code, 'faultString': text})}</fault>\n{_FOOT}")


def element(value: Any) -> str:
    """One value as a `<value>` element."""
    out: list[str] = []
    _write(value, out.append)
    return "".join(out)


def _write(value: Any, put: Callable[[str], None]) -> None:
    """Put the pieces of a value. One frame a level, so that depth costs as little of the stack as it can."""
    kind = type(value)
    if kind is str:
        put(f"<value><string>{escape(value)}</string></value>")
    elif value is None or value is False:
        put(FALSE)
    elif value is True:
        put(TRUE)
    elif kind is int:
        put(_integer(value))
    elif kind is dict:
        put("<value><struct>")
        for key, item in value.items():
            put(f"<member><name>{escape(key if type(key) is str else str(key))}</name>")
            _write(item, put)
            put("</member>")
        put("</struct></value>")
    elif kind is list or kind is tuple:
        put("<value><array><data>")
        for item in value:
            _write(item, put)
        put("</data></array></value>")
    elif kind is Table:
        put(f"<value><array><data>{rows_text(value, element)}</data></array></value>")
    else:
        simple = _simplified(value)
        put(simple) if type(simple) is str else _write(simple, put)


def _integer(value: int) -> str:
    tag = "int" if INT_MIN <= value <= INT_MAX else "i8"
    return f"<value><{tag}>{value}</{tag}></value>"


def _double(value: float) -> str:
    return f"<value><double>{value!r}</double></value>" if math.isfinite(value) else FALSE


def _simplified(value: Any) -> str | list[Any] | dict[Any, Any]:
    """The markup of a rarer scalar, or the plain container of a rarer container."""
    match value:
        case str():
            return f"<value><string>{escape(str(value))}</string></value>"
        case int():
            return _integer(int(value))
        case float() | Decimal():
            return _double(float(value))
        case datetime():
            return f"<value><string>{spell_datetime(value)}</string></value>"
        case date():
            return f"<value><string>{value.isoformat()}</string></value>"
        case bytes() | bytearray() | memoryview():
            return f"<value><string>{spell_bytes(value)}</string></value>"
        case Mapping():
            return dict(value)
        case Tree():
            return list(value.dicts())
        case Iterable():
            return list(value)
        case _:
            raise TypeError(f"{type(value).__name__} is not a value that crosses a door")
