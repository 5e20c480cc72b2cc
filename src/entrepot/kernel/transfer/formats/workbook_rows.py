"""XLSX read: the rows of one sheet, as a stream.

openpyxl needs 20 µs for a cell here, this 2. python-calamine is as fast, but holds a whole sheet and allocates for its
corner cells: a file of a kilobyte with one cell at the far end ends the process, so it is no choice for uploads.
Written files are openpyxl's (`workbook_write`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from entrepot.kernel.transfer.formats import formulas, workbook_xml
from entrepot.kernel.transfer.formats.sheet import (
    MAX_CELL,
    MAX_COLUMNS,
    FileOptions,
    Row,
    Sheet,
    Unfit,
    Unreadable,
    fitted,
    trimmed,
)
from entrepot.kernel.transfer.formats.workbook_xml import Attributes, Parts

MAX_NUMBER = 40
LAST_DAY = 2_958_465
"""31 December 9999, as spreadsheets count days."""
_BEGINNING = datetime(1899, 12, 30)  # noqa: DTZ001 - workbooks know no zone
_MAC_DAYS = 1462
_LEAP_BUG = 60
"""Before this day spreadsheets are a day off: they believe in a 29 February 1900."""


def read(handle: BinaryIO, options: FileOptions) -> Sheet:
    """Open a sheet of a workbook. Raises Unreadable."""
    archive = workbook_xml.opened(handle)
    parts = workbook_xml.parts(archive)
    name = _chosen(parts, options.sheet)
    reader = _Reader(parts, workbook_xml.shared_texts(archive, parts.texts))
    try:
        size = archive.getinfo(name).file_size
    except KeyError as error:
        raise Unreadable("The sheet is not in the workbook.") from error
    lines = reader.rows(archive, name)
    _, header = next(lines, (1, []))
    names = trimmed([str(cell) for cell in header])
    return Sheet(
        names,
        _rows(lines, len(names), safe=options.safe),
        lambda: min(1.0, reader.done / size) if size else 1.0,
        archive.close,
    )


def _chosen(parts: Parts, name: str) -> str:
    if not parts.sheets:
        raise Unreadable("The workbook has no sheet with rows.")
    found = dict(parts.sheets)
    if name and name not in found:
        names = ", ".join(repr(each[:40]) for each, _ in parts.sheets[:20])
        raise Unreadable(f"The workbook has no sheet {name[:60]!r}; it has {names}.")
    return found[name] if name else parts.sheets[0][1]


def _rows(lines: Iterator[tuple[int, list[Any]]], width: int, *, safe: bool) -> Iterator[Row]:
    for line, cells in lines:
        if safe:
            for at, each in enumerate(cells):
                if type(each) is str and each[:1] == "'":
                    cells[at] = formulas.unmarked(each)
        if any(type(each) is str and len(each) > MAX_CELL for each in cells):
            yield line, [Unfit(f"A cell has more than {MAX_CELL} characters.")]
        else:
            # what a spreadsheet leaves out of a row is empty
            yield line, fitted(cells + [""] * (width - len(cells)), width)


class _Reader:
    """Collects cells as the parser meets them."""

    def __init__(self, parts: Parts, texts: list[str]) -> None:
        self.done = 0
        self._texts = texts
        self._dates = parts.dates
        self._shift = _MAC_DAYS if parts.from_1904 else 0
        self._ready: list[tuple[int, list[Any]]] = []
        self._line = 0
        self._cells: list[Any] = []
        self._at = 0
        self._kind = ""
        self._is_date = False
        self._pieces: list[str] = []
        self._listening = False

    def rows(self, archive: zipfile.ZipFile, name: str) -> Iterator[tuple[int, list[Any]]]:
        """The rows that have cells, with their numbers."""
        for done in workbook_xml.parse(archive, name, self._start, self._end, self._text):
            self.done = done
            if self._ready:
                ready, self._ready = self._ready, []
                yield from ready

    def _start(self, tag: str, attributes: Attributes) -> None:
        if ":" in tag:
            tag = workbook_xml.local(tag)
        if tag == "c":
            place = attributes.get("r", "")
            self._at = _column(place) if place else len(self._cells)
            self._kind = attributes.get("t", "n")
            self._is_date = attributes.get("s", "") in self._dates
            self._pieces = []
        elif tag in {"v", "t"}:
            self._listening = True
        elif tag == "row":
            number = attributes.get("r", "")
            self._line = (
                int(number) if number.isascii() and number.isdigit() and len(number) < 9 else self._line + 1
            )
            self._cells = []

    def _text(self, given: str) -> None:
        if self._listening:
            self._pieces.append(given)

    def _end(self, tag: str) -> None:
        if ":" in tag:
            tag = workbook_xml.local(tag)
        if tag == "c":
            if self._pieces:
                self._place("".join(self._pieces))
        elif tag in {"v", "t"}:
            self._listening = False
        elif tag == "row" and any(each != "" for each in self._cells):
            self._ready.append((self._line, self._cells))

    def _place(self, text: str) -> None:
        at, cells = self._at, self._cells
        if at > MAX_COLUMNS:
            raise Unreadable(f"a cell stands right of column {MAX_COLUMNS}.", self._line)
        if at >= len(cells):
            cells.extend([""] * (at + 1 - len(cells)))
        cells[at] = self._value(text)

    def _value(self, text: str) -> Any:
        kind = self._kind
        if kind == "s":
            number = int(text) if text.isascii() and text.isdigit() and len(text) < MAX_NUMBER else -1
            if not 0 <= number < len(self._texts):
                raise Unreadable("a cell refers to a text that is not there.", self._line)
            return self._texts[number]
        if kind == "b":
            return text == "1"
        if kind != "n":
            return text[: MAX_CELL + 1]
        return _date(text, self._shift) if self._is_date else number_of(text)


def _column(place: str) -> int:
    """The position, from 0, of a cell such as `AB12`."""
    found = 0
    for letter in place:
        if not "A" <= letter <= "Z":
            break
        found = found * 26 + ord(letter) - 64
        if found > MAX_COLUMNS + 1:
            break
    return found - 1 if found else 0


def number_of(text: str) -> Any:
    """A number as it is written; what is none stays a text."""
    try:
        if len(text) > MAX_NUMBER:
            return text[:MAX_CELL]
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _date(text: str, shift: int) -> Any:
    """The text of a day or moment (workbooks know no time zone: they are taken as UTC), or a time of day."""
    number = number_of(text)
    if isinstance(number, str):
        return number
    days = number + shift
    if not 0 <= days < LAST_DAY + 1:
        return number
    if not shift and 1 <= days < _LEAP_BUG:
        days += 1
    moment = _BEGINNING + timedelta(seconds=round(days * 86_400))
    if days < 1:
        return moment.strftime("%H:%M:%S")
    return f"{moment:%Y-%m-%d}" if moment.time() == datetime.min.time() else f"{moment:%Y-%m-%d %H:%M:%S}"
