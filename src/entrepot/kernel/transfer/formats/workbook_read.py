"""XLSX read: the rows of one sheet, as a stream, by openpyxl's parser of sheets.

Its read-only sheets are not between: they fill rows up to what a file says of its size, and keep the height of each.

python-calamine is faster, but holds a whole sheet and allocates for its corner cells: a file of a kilobyte with one cell
at the far end ends the process, so it is no choice for uploads. What openpyxl itself would trust, `workbook_guard` bounds.
Of a workbook only what rows need is parsed: neither its properties nor themes, charts and links to other files.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import Stylesheet
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import ARC_STYLE
from openpyxl.xml.functions import fromstring

from entrepot.kernel.transfer.formats import formulas, workbook_guard
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

EXACT = 10**15
"""Whole numbers up to here are as they were written: spreadsheets count in floating point."""
_HALF = 500_000
_LAST = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - workbooks know no zone


def read(handle: BinaryIO, options: FileOptions) -> Sheet:
    """Open a sheet of a workbook. Raises Unreadable."""
    archive = workbook_guard.opened(handle)
    with _understood():
        parser, size = _parser(handle, archive, options.sheet)
    lines = _lines(parser)
    _, header = next(lines, (1, []))
    names = trimmed([str(cell) for cell in header])

    def close() -> None:
        lines.close()
        parser.source.close()
        archive.close()

    return Sheet(
        names,
        _rows(lines, len(names), safe=options.safe),
        lambda: min(1.0, archive.done / size) if size else 1.0,
        close,
    )


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl tells no types
    """openpyxl's parser of a sheet, which keeps nothing of the rows that are behind it."""

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        """The number of a row, and its cells."""
        found: tuple[int, list[dict[str, Any]]] = super().parse_row(row)
        # their heights, which some programs write of every row
        self.row_dimensions.clear()
        return found


def _parser(handle: BinaryIO, archive: workbook_guard.Archive, name: str) -> tuple[_Parser, int]:
    """The parser of a sheet, and the bytes of its part.

    Raises Unreadable, and whatever a damaged workbook makes openpyxl raise.
    """
    reader = ExcelReader(handle, read_only=True, data_only=True, keep_links=False)
    reader.archive = archive
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    links = reader.parser.rels
    there = [
        (each.name, links[each.id].target)
        for each in reader.parser.sheets
        if each.id in links and links[each.id].Type.endswith("/worksheet")
    ]
    if not there:
        raise Unreadable("The workbook has no sheet with rows.")
    path = dict(reversed(there)).get(name) if name else there[0][1]
    if path is None:
        names = ", ".join(repr(each[:40]) for each, _ in there[:20])
        raise Unreadable(f"The workbook has no sheet {name[:60]!r}; it has {names}.")
    if path not in archive.NameToInfo:
        raise Unreadable("The sheet is not in the workbook.")
    styles = _styles(archive)
    parser = _Parser(
        archive.open(path),
        reader.shared_strings,
        data_only=True,
        epoch=reader.wb.epoch,
        date_formats=styles.date_formats,
        timedelta_formats=styles.timedelta_formats,
    )
    return parser, archive.getinfo(path).file_size


def _styles(archive: workbook_guard.Archive) -> Stylesheet:
    """What tells dates from numbers."""
    there = ARC_STYLE in archive.NameToInfo
    return Stylesheet.from_tree(fromstring(archive.read(ARC_STYLE))) if there else Stylesheet()


@contextmanager
def _understood() -> Iterator[None]:
    """Around openpyxl's work: a damaged file makes it raise anything. Raises Unreadable."""
    try:
        yield
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise _damaged(error) from error


def _damaged(error: Exception, line: int = 0) -> Unreadable:
    reason = f"{type(error).__name__}: {error}"[:120]
    return Unreadable(f"the workbook cannot be read, save it again ({reason}).", line)


def _lines(parser: _Parser) -> Generator[tuple[int, list[Any]], None, None]:
    """The rows that have cells, with their numbers."""
    for line, given in _numbered(parser):
        cells = _cells(given, line)
        if cells:
            yield line, cells


def _numbered(parser: _Parser) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    line = 0
    try:
        for line, cells in parser.parse():
            yield line, cells
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise _damaged(error, line + 1) from error


def _cells(given: list[dict[str, Any]], line: int) -> list[Any]:
    """The values of a row, each in its place. Raises Unreadable for one too far to the right."""
    cells: list[Any] = []
    for each in given:
        value = each["value"]
        if value is None or value == "":
            continue
        at = each["column"] - 1
        if at > MAX_COLUMNS:
            raise Unreadable(f"a cell stands right of column {MAX_COLUMNS}.", line)
        if at >= len(cells):
            cells.extend([""] * (at + 1 - len(cells)))
        cells[at] = value if type(value) is str else _plain(value)
    return cells


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


def _plain(value: Any) -> Any:
    """A value as the importer takes it. Workbooks know no time zone: moments are taken as UTC."""
    match value:
        case bool():
            return value
        case int() if abs(value) < EXACT:
            return value
        case int():
            return _inexact(value)
        case float():
            return int(value) if value.is_integer() and abs(value) < EXACT else value
        case datetime():
            moment = _second(value)
            return moment.date().isoformat() if moment.time() == time.min else moment.isoformat(" ")
        case date():
            return value.isoformat()
        case time():
            return _second(datetime.combine(date.min, value)).time().isoformat()
        case timedelta():
            return _hours(value)
        case _:
            return str(value)


def _inexact(value: int) -> Any:
    try:
        return float(value)
    except OverflowError:
        return str(value)


def _second(moment: datetime) -> datetime:
    """The nearest whole second: days in floating point miss it by a little."""
    whole = moment.replace(microsecond=0)
    return whole + timedelta(seconds=1) if moment.microsecond >= _HALF and whole < _LAST else whole


def _hours(value: timedelta) -> str:
    """A length of time in hours, minutes and seconds, which may be more hours than a day has."""
    minutes, seconds = divmod(round(abs(value).total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{'-' if value < timedelta() else ''}{hours:02}:{minutes:02}:{seconds:02}"
