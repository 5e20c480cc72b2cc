"""What a workbook may make of us: its zip is looked at before it is opened, its XML while it is read.

openpyxl trusts a file: it parses whole parts, and keeps every element that it does not know. So each part is followed
by a parser of the standard library that keeps nothing, a piece before openpyxl sees that piece. A part that declares a
document type is refused there: no spreadsheet writes one, and entities, within or from elsewhere, need one. defusedxml,
which openpyxl uses where it is installed, bounds none of the rest and costs 40 % more.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from types import TracebackType
from typing import IO, Any, BinaryIO, Literal, Self
from xml.parsers import expat

from entrepot.kernel.transfer.formats.sheet import Unreadable

MAX_PARTS = 2000
MAX_UNPACKED = 512 * 1024 * 1024
MAX_RATIO = 200
"""How many times its packed size a part may have, unless it is small."""
MAX_WHOLE = 32 * 1024 * 1024
"""Bytes of a part that is read at once, of a row, and of what stands between two rows."""
MAX_TEXTS = 96 * 1024 * 1024
"""Bytes of the part with the texts that cells share, which has to be in memory."""
MAX_LINE = 1_048_576
"""The last row that a sheet can have. Source: Excel specifications and limits."""
MAX_SHARED = 2_000_000
MAX_IN_ROW = 50_000
MAX_BESIDE = 100_000
"""Elements of one row (or one shared text), and of a part apart from those."""
_PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_OLE = b"\xd0\xcf\x11\xe0"
_STRICT = b"http://purl.oclc.org/ooxml/spreadsheetml/main"


def opened(handle: BinaryIO) -> Archive:
    """The zip of a workbook. Raises Unreadable for what is none, or would become too large."""
    handle.seek(0)
    if handle.read(len(_OLE)) == _OLE:
        raise Unreadable("The workbook has a password or an old format: save it as XLSX without a password.")
    try:
        archive = Archive(handle)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise Unreadable("This is no workbook (XLSX) that can be read.") from error
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        raise Unreadable(f"The workbook has {len(parts)} parts; at most {MAX_PARTS} are taken.")
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable(f"The workbook would unpack to more than {MAX_UNPACKED >> 20} MiB.")
    if len({part.filename for part in parts}) < len(parts):
        raise Unreadable("The workbook has two parts of one name, which no spreadsheet writes.")
    for part in parts:
        if part.flag_bits & _ENCRYPTED or part.compress_type not in _PACKED:
            raise Unreadable("The workbook is packed in a way that no spreadsheet packs: save it again.")
        if part.file_size > MAX_WHOLE and part.file_size > MAX_RATIO * part.compress_size:
            raise Unreadable("A part of the workbook would unpack to far more than it holds.")
    return archive


class Archive(zipfile.ZipFile):
    """A zip whose parts are followed while they are read. `done`: bytes read of the part that was opened last."""

    done = 0

    def open(  # type: ignore[override]  # a reader of bytes, which is all that is asked of it
        self,
        name: str | zipfile.ZipInfo,
        mode: Literal["r", "w"] = "r",
        pwd: bytes | None = None,
        *,
        force_zip64: bool = False,
    ) -> Part:
        """A part, for reading alone. Raises KeyError where there is none, Unreadable when its content means harm."""
        info = name if isinstance(name, zipfile.ZipInfo) else self.getinfo(name)
        self.done = 0
        return Part(self, info, super().open(info))


class Part:
    """A part on its way to openpyxl."""

    def __init__(self, archive: Archive, info: zipfile.ZipInfo, content: IO[bytes]) -> None:
        """`content`: the bytes as they unpack."""
        self._archive = archive
        self._info = info
        self._content = content
        self._watch = _Watch(info.file_size)

    def read(self, size: int = -1) -> bytes:
        """Some bytes, which have been looked at. Raises Unreadable."""
        whole = size < 0
        if whole and self._info.file_size > MAX_WHOLE:
            raise Unreadable(f"A part of the workbook is larger than {MAX_WHOLE >> 20} MiB.")
        try:
            found = self._content.read(-1 if whole else size)
            self._watch.feed(found, last=whole or not found)
        except (
            expat.ExpatError,
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            EOFError,
            OSError,
        ) as error:
            raise Unreadable(f"The part {self._info.filename[:80]!r} of the workbook is damaged.") from error
        self._archive.done += len(found)
        return found

    def close(self) -> None:
        """Let go of it."""
        self._content.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Watch:
    """Counts what a part holds, without keeping it. A unit is a row of a sheet, or one of the shared texts."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._done = self._since = 0
        self._line = self._shared = self._inside = self._beside = 0
        self._in_unit = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = _refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def feed(self, content: bytes, *, last: bool) -> None:
        """Go on. Raises Unreadable, ExpatError."""
        if not self._done and _STRICT in content:
            raise Unreadable("The workbook is a 'Strict Open XML' one: save it as 'Excel Workbook (.xlsx)'.")
        self._parser.Parse(content, last)
        self._done += len(content)
        if self._done - self._since > MAX_WHOLE:
            raise Unreadable(f"A row has more than {MAX_WHOLE >> 20} MiB.", self._line)

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "row":
            self._row(attributes.get("r"))
        elif tag == "si":
            self._text()
        elif self._in_unit:
            self._inside += 1
            if self._inside > MAX_IN_ROW:
                raise Unreadable(f"A row has more than {MAX_IN_ROW} elements.", self._line)
        else:
            self._beside += 1
            if self._beside > MAX_BESIDE:
                raise Unreadable(
                    f"A part of the workbook has more than {MAX_BESIDE} elements beside its rows."
                )

    def _end(self, tag: str) -> None:
        if tag == "row" or tag == "si" or (":" in tag and tag.rpartition(":")[2] in {"row", "si"}):  # noqa: PLR1714 - for every element
            self._in_unit = False
            self._since = self._done

    def _row(self, number: str | None) -> None:
        before = self._line
        if number is None:
            self._line = before + 1
        else:
            self._line = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
        if not before < self._line <= MAX_LINE:
            raise Unreadable(f"the row behind it has the number {(number or '')[:20]!r}.", before)
        self._unit()

    def _text(self) -> None:
        self._shared += 1
        if self._size > MAX_TEXTS:
            raise Unreadable(f"The texts of the workbook are more than {MAX_TEXTS >> 20} MiB.")
        if self._shared > MAX_SHARED:
            raise Unreadable(f"The workbook has more than {MAX_SHARED} texts.")
        self._unit()

    def _unit(self) -> None:
        if self._in_unit:
            raise Unreadable("A row stands within a row, or a text within a text.", self._line)
        self._in_unit = True
        self._inside = 0
        self._since = self._done


def _refuse(*_: Any) -> None:
    raise Unreadable("The workbook declares a document type, which no spreadsheet does.")
