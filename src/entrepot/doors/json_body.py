"""JSON bytes → values, within bounds that are checked before memory is spent."""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

from entrepot.errors import BadRequest, TooLarge

# A value costs the parser up to 64 bytes whatever it costs the sender (`[],` is three), so their number is
# bounded too: four million is 256 MB at worst, and only a body past this many bytes can hold enough of them
# to matter.
COUNT_FROM = 1 << 20
MAX_VALUES = 4_000_000

# Digits to "0", all else to blank: nineteen in a row may be an integer that orjson would read as a float.
_DIGITS = bytes(48 if 48 <= code <= 57 else 32 for code in range(256))
_LONG = b"0" * 19


def parse(body: bytes, max_depth: int) -> Any:
    """Read JSON. Integers keep every digit; of doubled keys the last counts.

    Raises BadRequest for bytes that are no JSON, NaN or Infinity, or nesting deeper than `max_depth`;
    TooLarge for more values than a request may hold.
    """
    if len(body) > COUNT_FROM and body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        raise TooLarge(f"The request holds more than {MAX_VALUES} values; send it in parts.")
    try:
        value = orjson.loads(body)
        if _LONG in body.translate(_DIGITS):
            value = json.loads(body, parse_float=_finite, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is not valid JSON: {_reason(error)}.") from error
    if body.count(b"[") + body.count(b"{") > max_depth:
        _check_depth(value, max_depth)
    return value


def _check_depth(value: Any, max_depth: int) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(max_depth):
        level = [
            child
            for item in level
            for child in (item.values() if isinstance(item, dict) else item)
            if isinstance(child, dict | list)
        ]
        if not level:
            return
    raise BadRequest(f"The values are nested deeper than {max_depth} levels.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not a JSON value")


def _reason(error: Exception) -> str:
    """The parser's complaint. It may name a position, never the body, which may hold a password."""
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
