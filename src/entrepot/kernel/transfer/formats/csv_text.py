"""CSV: text with delimiters. The delimiter and the encoding are found out unless they are given."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from entrepot.kernel.transfer.formats import formulas
from entrepot.kernel.transfer.formats.sheet import (
    FileOptions,
    Row,
    Sheet,
    Unreadable,
    fitted,
    length,
    trimmed,
)

DELIMITERS = (",", ";", "\t", "|")
HEAD = 64 * 1024
"""How many bytes tell the encoding and the delimiter."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read(handle: BinaryIO, options: FileOptions) -> Sheet:
    """Open a CSV file. Raises Unreadable."""
    size = length(handle)
    head = handle.read(HEAD)
    handle.seek(0)
    encoding = encoding_of(options.encoding, head)
    text = io.TextIOWrapper(handle, encoding=encoding, newline="")
    try:
        first = text.readline(HEAD)
    except UnicodeDecodeError as error:
        raise _undecodable(error, encoding, 1) from error
    stated = _stated(first)
    delimiter = options.delimiter or stated or sniffed(first)
    if len(delimiter) != 1 or delimiter in '"\r\n':
        raise Unreadable(f"A delimiter is one letter, got {delimiter[:20]!r}.")
    skipped = 1 if stated else 0
    if not skipped:
        text.seek(0)
    numbered = _numbered(text, delimiter, encoding, skipped)
    _, header = next(numbered, (1, []))
    names = trimmed([formulas.unmarked(each) for each in header] if options.safe else header)

    def part() -> float:
        # the text layer reads ahead, which is near enough for somebody who waits
        return handle.tell() / size if size and not handle.closed else 1.0

    def close() -> None:
        if not text.closed:
            text.detach()

    return Sheet(names, _rows(numbered, len(names), safe=options.safe), part, close)


def _rows(numbered: Iterator[tuple[int, list[str]]], width: int, *, safe: bool) -> Iterator[Row]:
    for line, cells in numbered:
        if not cells:
            continue
        found: list[Any] = (
            [formulas.unmarked(each) if each[:1] == "'" else each for each in cells] if safe else cells
        )
        yield line, fitted(found, width)


def _numbered(
    text: io.TextIOWrapper, delimiter: str, encoding: str, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    """The rows with the line each begins in: a cell in quotes may go over several."""
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeDecodeError as error:
            raise _undecodable(error, encoding, line) from error
        except csv.Error as error:
            raise Unreadable(f"this is no CSV with the delimiter {delimiter!r}: {error}.", line) from error
        yield line, cells


def _undecodable(error: UnicodeDecodeError, encoding: str, line: int) -> Unreadable:
    return Unreadable(
        f"from about here the text is not {encoding} (byte {error.object[error.start]:#04x}); "
        "give the encoding, such as cp1252.",
        line,
    )


def encoding_of(given: str, head: bytes) -> str:
    """The encoding that is given, else the one that the file's first bytes tell, else UTF-8. Raises Unreadable."""
    for mark, name in _MARKS:
        if head.startswith(mark) and given.lower().replace("_", "-") in {"", "utf-8", "utf-8-sig", "utf-16"}:
            return name
    if not given:
        return "utf-8"
    try:
        "".encode(given)  # codecs that are not of text are refused by this
        return codecs.lookup(given).name
    except (LookupError, ValueError) as error:
        raise Unreadable(f"The encoding {given[:40]!r} is not known.") from error


def _stated(first: str) -> str:
    """The delimiter that Excel's own first line `sep=;` states."""
    bare = first.rstrip("\r\n")
    return bare[4] if len(bare) == len("sep=;") and bare.lower().startswith("sep=") else ""


def sniffed(first: str) -> str:
    """The delimiter that makes most columns of a header, not counting what stands in quotes."""
    outside = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


class CsvWriter:
    """Writes CSV as RFC 4180 has it: lines end in CR LF, cells are quoted where they must be."""

    def __init__(self, header: Sequence[str], options: FileOptions) -> None:
        """The header is among the first bytes."""
        self._text = io.StringIO(newline="")
        self._encoder = codecs.getincrementalencoder(encoding_of(options.encoding, b""))("replace")
        self._writer = csv.writer(self._text, delimiter=options.delimiter or ",")
        self._safe = options.safe
        self._writer.writerow(header)

    def rows(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """See `Writer`."""
        safe = self._safe
        self._writer.writerows([[_spelled(cell, safe=safe) for cell in row] for row in rows])
        return self._taken()

    def end(self) -> Iterator[bytes]:
        """See `Writer`."""
        yield self._taken()

    def _taken(self) -> bytes:
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return self._encoder.encode(text)


def _spelled(cell: Any, *, safe: bool) -> Any:
    if isinstance(cell, str):
        return formulas.marked(cell) if safe else cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else cell
