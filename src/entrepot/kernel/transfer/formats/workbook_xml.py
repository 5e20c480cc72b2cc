"""The parts of a workbook: what they unpack to is bounded, and each is parsed as a stream, without entities.

A workbook is a zip of XML. What it would unpack to is asked before anything is unpacked (Python's zipfile gives no more
than the directory says). A part that declares a document type is refused: no spreadsheet writes one, and entities that
multiply need one.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from xml.parsers import expat

from entrepot.kernel.transfer.formats.sheet import MAX_CELL, Unreadable

MAX_PARTS = 2000
MAX_UNPACKED = 512 * 1024 * 1024
MAX_TEXTS = 96 * 1024 * 1024
"""Bytes of the part with all texts, which has to be in memory."""
CHUNK = 64 * 1024
Attributes = dict[str, str]

_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""The number formats that show dates and need no code of their own. Source: ECMA-376 part 1, 18.8.30."""
_UNSHOWN = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


def opened(handle: BinaryIO) -> zipfile.ZipFile:
    """The zip of a workbook. Raises Unreadable for what is none, or would become too large."""
    handle.seek(0)
    try:
        archive = zipfile.ZipFile(handle)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise Unreadable("This is no workbook (XLSX) that can be read.") from error
    parts = archive.infolist()
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Unreadable(f"The workbook would unpack to more than {MAX_UNPACKED >> 20} MiB.")
    return archive


def parse(
    archive: zipfile.ZipFile,
    name: str,
    start: Callable[[str, Attributes], Any],
    end: Callable[[str], Any] | None = None,
    text: Callable[[str], Any] | None = None,
) -> Iterator[int]:
    """Parse a part, calling back with the local names of its elements; yields the bytes read so far, now and then.

    Raises Unreadable for what is no XML.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    done = 0
    try:
        with archive.open(name) as part:
            while chunk := part.read(CHUNK):
                parser.Parse(chunk, False)
                done += len(chunk)
                yield done
            parser.Parse(b"", True)
    except KeyError as error:
        raise Unreadable(f"The workbook has no part {name[:80]!r}.") from error
    except (
        expat.ExpatError,
        zipfile.BadZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        raise Unreadable(f"The part {name[:80]!r} of the workbook is damaged.") from error
    yield done


def _refuse(*_: Any) -> None:
    raise Unreadable("The workbook declares a document type, which no spreadsheet does.")


def local(name: str) -> str:
    """The name of an element or attribute without its prefix."""
    return name.rpartition(":")[2]


@dataclass(slots=True)
class Parts:
    """What a workbook says of its sheets and styles."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    """(name, part) in their order"""
    dates: frozenset[str] = frozenset()
    """The numbers of the styles that show dates."""
    from_1904: bool = False
    texts: str = ""
    """The part with the texts that cells share, "" for none."""


def parts(archive: zipfile.ZipFile) -> Parts:
    """Read the directory of a workbook. Raises Unreadable."""
    found = Parts()
    targets = _targets(archive)
    folder = "xl"
    styles = ""
    for kind, target in targets.values():
        path = (
            target.lstrip("/")
            if target.startswith("/")
            else posixpath.normpath(posixpath.join(folder, target))
        )
        if kind.endswith("/sharedStrings"):
            found.texts = path
        elif kind.endswith("/styles"):
            styles = path

    def start(name: str, attributes: Attributes) -> None:
        tag = local(name)
        if tag == "sheet":
            link = next((value for key, value in attributes.items() if local(key) == "id" and ":" in key), "")
            kind, target = targets.get(link, ("", ""))
            if kind.endswith("/worksheet"):
                path = (
                    target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{folder}/{target}")
                )
                found.sheets.append((attributes.get("name", ""), path))
        elif tag == "workbookPr":
            found.from_1904 = attributes.get("date1904", "") in {"1", "true"}

    _whole(archive, "xl/workbook.xml", start)
    if styles:
        found.dates = _date_styles(archive, styles)
    return found


def _whole(archive: zipfile.ZipFile, name: str, start: Callable[[str, Attributes], Any], **more: Any) -> None:
    for _ in parse(archive, name, start, **more):
        pass


def _targets(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Where the workbook's links lead: id -> (kind, target)."""
    found: dict[str, tuple[str, str]] = {}

    def start(name: str, attributes: Attributes) -> None:
        if local(name) == "Relationship":
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))

    _whole(archive, "xl/_rels/workbook.xml.rels", start)
    return found


def _date_styles(archive: zipfile.ZipFile, name: str) -> frozenset[str]:
    codes: dict[str, str] = {}
    used: list[str] = []
    inside = False

    def start(tag: str, attributes: Attributes) -> None:
        nonlocal inside
        tag = local(tag)
        if tag == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside = True
        elif tag == "xf" and inside:
            used.append(attributes.get("numFmtId", "0"))

    def end(tag: str) -> None:
        nonlocal inside
        inside = inside and local(tag) != "cellXfs"

    _whole(archive, name, start, end=end)
    return frozenset(str(at) for at, each in enumerate(used) if shows_date(each, codes.get(each)))


def shows_date(number: str, code: str | None) -> bool:
    """Whether a number format shows a date or time of day."""
    if code is None:
        return number.isdigit() and int(number) in _DATES
    shown = _UNSHOWN.sub("", code).partition(";")[0].lower()
    return shown != "general" and any(letter in shown for letter in "dmyhs")


def shared_texts(archive: zipfile.ZipFile, name: str) -> list[str]:
    """The texts that cells refer to by their number. Raises Unreadable."""
    if not name:
        return []
    if name in archive.NameToInfo and archive.getinfo(name).file_size > MAX_TEXTS:
        raise Unreadable(f"The texts of the workbook are more than {MAX_TEXTS >> 20} MiB.")
    texts = _Texts()
    _whole(archive, name, texts.start, end=texts.end, text=texts.text)
    return texts.found


class _Texts:
    """Collects the texts of `si` elements; how they sound (`rPh`) is no part of them."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._is_text = self._is_sound = False

    def start(self, tag: str, _attributes: Attributes) -> None:
        match local(tag):
            case "si":
                self._pieces = []
            case "t":
                self._is_text = True
            case "rPh":
                self._is_sound = True

    def end(self, tag: str) -> None:
        match local(tag):
            case "si":
                self.found.append("".join(self._pieces)[: MAX_CELL + 1])
            case "t":
                self._is_text = False
            case "rPh":
                self._is_sound = False

    def text(self, given: str) -> None:
        if self._is_text and not self._is_sound:
            self._pieces.append(given)
