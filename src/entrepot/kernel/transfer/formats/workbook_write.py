"""XLSX written: one sheet, by openpyxl's writer that keeps no cells."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from entrepot.kernel.transfer.formats import formulas
from entrepot.kernel.transfer.formats.sheet import FileOptions

CHUNK = 256 * 1024
LONGEST = 32_767
"""Letters that a cell of a workbook may have."""
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class WorkbookWriter:
    """Writes one sheet; its rows go to the disk, and to the client when they are all there, as a zip wants it."""

    def __init__(self, header: Sequence[str], options: FileOptions) -> None:
        """The first row is the header."""
        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet((options.sheet or "Export")[:31])
        self._safe = options.safe
        self._sheet.freeze_panes = "A2"
        self._sheet.append([self._text(name) for name in header])

    def rows(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """See `Writer`."""
        append = self._sheet.append
        for row in rows:
            append([self._cell(cell) for cell in row])
        return b""

    def end(self) -> Iterator[bytes]:
        """See `Writer`."""
        with tempfile.TemporaryFile() as file:
            self._book.save(file)
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(formulas.marked(value) if self._safe else value) if value else None
        if isinstance(value, datetime):
            return value.replace(tzinfo=None)
        if isinstance(value, Decimal):
            return float(value) if value == Decimal(repr(float(value))) else str(value)
        return value

    def _text(self, value: str) -> Any:
        """A text as a text: one that begins with `=` is no formula either way."""
        value = _UNWRITABLE.sub("\ufffd", value[:LONGEST])
        if not value.startswith("="):
            return value
        cell = WriteOnlyCell(self._sheet, value)
        cell.data_type = "s"
        return cell
