"""The formats by their names: opening a file to read, and a writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import BinaryIO

from entrepot.kernel.transfer.formats import csv_text, ndjson, workbook_read, workbook_write
from entrepot.kernel.transfer.formats.sheet import FileOptions, Format, Sheet, Writer

_READERS: Mapping[Format, Callable[[BinaryIO, FileOptions], Sheet]] = MappingProxyType(
    {"csv": csv_text.read, "xlsx": workbook_read.read, "ndjson": ndjson.read}
)
_WRITERS: Mapping[Format, Callable[[Sequence[str], FileOptions], Writer]] = MappingProxyType(
    {"csv": csv_text.CsvWriter, "xlsx": workbook_write.WorkbookWriter, "ndjson": ndjson.NdjsonWriter}
)
MEDIA_TYPES: Mapping[Format, str] = MappingProxyType(
    {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ndjson": "application/x-ndjson",
    }
)


def open_sheet(handle: BinaryIO, options: FileOptions) -> Sheet:
    """Open a file for reading, from its beginning. The file stays the caller's to close. Raises Unreadable."""
    return _READERS[options.format](handle, options)


def writer(header: Sequence[str], options: FileOptions) -> Writer:
    """A writer of rows under a header."""
    return _WRITERS[options.format](header, options)
