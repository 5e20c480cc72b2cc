"""XLSX read: the rows of one sheet, as a stream, by openpyxl's reader that keeps no cells.

python-calamine is faster, but holds a whole sheet and allocates for its corner cells: a file of a kilobyte with one cell
at the far end ends the process, so it is no choice for uploads. What openpyxl itself would trust, `workbook_guard` bounds.
Of a workbook only what rows need is parsed: neither its properties nor themes, charts and links to other files.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet

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
        found, size = _sheet(handle, archive, options.sheet)
    lines = _lines(found)
    _, header = next(lines, (1, []))
    names = trimmed([str(cell) for cell in header])

    def close() -> None:
        lines.close()
        archive.close()

    return Sheet(
        names,
        _rows(lines, len(names), safe=options.safe),
        lambda: min(1.0, archive.done / size) if size else 1.0,
        close,
    )


def _sheet(handle: BinaryIO, archive: workbook_guard.Archive, name: str) -> tuple[Any, int]:
    """openpyxl's sheet, and the bytes of its part. Raises Unreadable, and whatever a damaged workbook makes happen."""
    reader = ExcelReader(handle, read_only=True, data_only=True, keep_links=False)
    reader.archive = archive
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(archive, reader.wb)
    parser = reader.parser
    there = [
        each
        for each in parser.sheets
        if each.id in parser.rels and parser.rels[each.id].Type.endswith("/worksheet")
    ]
    if not there:
        raise Unreadable("The workbook has no sheet with rows.")
    chosen = next((each for each in there if each.name == name), None) if name else there[0]
    if chosen is None:
        names = ", ".join(repr(each.name[:40]) for each in there[:20])
        raise Unreadable(f"The workbook has no sheet {name[:60]!r}; it has {names}.")
    parser.sheets = [chosen]
    reader.read_worksheets()
    if not reader.wb.worksheets:
        raise Unreadable("The sheet is not in the workbook.")
    (found,) = reader.wb.worksheets
    # what the sheet says of its size is not believed: every row would be filled up to it
    found.reset_dimensions()
    return found, archive.getinfo(parser.rels[chosen.id].target).file_size


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


def _lines(sheet: Any) -> Generator[tuple[int, list[Any]], None, None]:
    """The rows that have cells, with their numbers."""
    for line, row in _numbered(sheet):
        cells = _cells(row, line)
        if cells:
            yield line, cells


def _numbered(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows that the sheet has; openpyxl makes those that it leaves out, up to the last, empty ones."""
    line = 0
    try:
        for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if row:
                yield line, row
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise _damaged(error, line + 1) from error


def _cells(row: Sequence[Any], line: int) -> list[Any]:
    """The values of a row, without the empty ones at its end. Raises Unreadable for one too far to the right."""
    if len(row) > MAX_COLUMNS + 1:
        far = row[MAX_COLUMNS + 1 :]
        if far.count(None) != len(far):
            raise Unreadable(f"a cell stands right of column {MAX_COLUMNS}.", line)
        row = row[: MAX_COLUMNS + 1]
    cells = [each if type(each) is str else "" if each is None else _plain(each) for each in row]
    while cells and cells[-1] == "":
        cells.pop()
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
