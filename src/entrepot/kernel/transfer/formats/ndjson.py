"""NDJSON: an object a line. A key that is missing leaves its field, null empties it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

import orjson

from entrepot.kernel.transfer.formats.sheet import (
    MAX_COLUMNS,
    FileOptions,
    Row,
    Sheet,
    Unfit,
    Unreadable,
    length,
    trimmed,
)

MAX_LINE = 16 * 1024 * 1024
"""Bytes of one object."""


def read(handle: BinaryIO, _options: FileOptions) -> Sheet:
    """Open a file of objects; it is gone through once for their keys. Raises Unreadable."""
    size = length(handle)
    names = _keys(handle)
    handle.seek(0)
    done = 0

    def rows() -> Iterator[Row]:
        nonlocal done
        for line, content in _lines(handle):
            done += len(content)
            if not content.strip():
                continue
            try:
                found = orjson.loads(content)
            except orjson.JSONDecodeError as error:
                yield line, [Unfit(f"This is no JSON: {error}.")]
                continue
            if type(found) is not dict:
                yield line, [Unfit("Each line is a JSON object.")]
                continue
            get = found.get
            yield line, [_cell(get(name, _ABSENT)) for name in names]

    return Sheet(names, rows(), lambda: done / size if size else 1.0)


class _Absent:
    """A key that an object does not have."""


_ABSENT = _Absent()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return None if value is _ABSENT else value


def _keys(handle: BinaryIO) -> list[str]:
    """The keys of all objects, in the order in which they appear."""
    found: dict[str, None] = {}
    for _, content in _lines(handle):
        try:
            each = orjson.loads(content)
        except orjson.JSONDecodeError:
            continue  # told with its line when it is read
        if type(each) is dict and not found.keys() >= each.keys():
            found.update(dict.fromkeys(each))
            if len(found) > MAX_COLUMNS:
                raise Unreadable(f"The objects have more than {MAX_COLUMNS} different keys.")
    if not found:
        raise Unreadable("The file holds no JSON object.", 1)
    return trimmed([*found]) if "" not in found else [*found]


def _lines(handle: BinaryIO) -> Iterator[tuple[int, bytes]]:
    line = 0
    while True:
        content = handle.readline(MAX_LINE + 1)
        if not content:
            return
        line += 1
        if len(content) > MAX_LINE:
            raise Unreadable(f"an object has more than {MAX_LINE} bytes.", line)
        yield line, content.removeprefix(b"\xef\xbb\xbf") if line == 1 else content


class NdjsonWriter:
    """Writes an object a row."""

    def __init__(self, header: Sequence[str], _options: FileOptions) -> None:
        """The header becomes the keys."""
        self._names = tuple(header)

    def rows(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """See `Writer`."""
        names = self._names
        options = orjson.OPT_APPEND_NEWLINE
        return b"".join(
            orjson.dumps(dict(zip(names, row, strict=True)), default=_spelled, option=options) for row in rows
        )

    def end(self) -> Iterator[bytes]:
        """See `Writer`."""
        yield b""


def _spelled(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value) if value == Decimal(repr(float(value))) else str(value)
    raise TypeError(type(value).__name__)
