"""What every format reads and writes: a header and numbered rows of cells.

A cell is a text, a number, a boolean, a list (NDJSON) or one of two kinds of nothing: `""` is an empty cell, which
empties a field, and None is no cell at all, which leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal, Protocol, TypeAlias, get_args

from entrepot.errors import ValidationError

Format: TypeAlias = Literal["csv", "xlsx", "ndjson"]
FORMATS: tuple[Format, ...] = get_args(Format)

MAX_COLUMNS = 500
MAX_CELL = 128 * 1024
"""Characters of one cell of a table; NDJSON holds more."""

Row: TypeAlias = tuple[int, list[Any]]
"""The line of the file where it begins (from 1), and its cells."""


class Unreadable(ValidationError):  # noqa: N818 - what the file is
    """The file cannot be read. `line` in its data says where."""

    code = "unreadable"

    def __init__(self, message: str, line: int = 0) -> None:
        """Say where, when it is known."""
        super().__init__(f"Line {line}: {message}" if line else message, line=line)
        self.line = line


@dataclass(frozen=True, slots=True)
class Unfit:
    """A row that is there but cannot be understood; those around it can."""

    message: str


@dataclass(slots=True)
class Sheet:
    """A file that is open for reading. `part` tells how much of it was read, from 0 to 1."""

    header: list[str]
    rows: Iterator[Row]
    """In a row that cannot be understood the only cell is an `Unfit`."""
    part: Callable[[], float] = field(default=lambda: 0.0)
    close: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileOptions:
    """How a file is to be read or written; what is empty is found out (reading) or usual (writing)."""

    format: Format = "csv"
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    """The name of the sheet of a workbook; default: the first."""
    safe: bool = True
    """Texts that a spreadsheet would take for a formula are marked with an apostrophe, which reading takes off."""


class Writer(Protocol):
    """Makes a file of rows, a piece at a time."""

    def rows(self, rows: Sequence[Sequence[Any]]) -> bytes:
        """The bytes of these rows, as far as they are ready."""

    def end(self) -> Iterator[bytes]:
        """The rest of the file."""


def format_of(name: str) -> Format:
    """The format that the end of a file's name tells. Raises ValidationError when it tells none."""
    end = name.lower().rpartition(".")[2]
    found: dict[str, Format] = {
        "csv": "csv",
        "tsv": "csv",
        "txt": "csv",
        "xlsx": "xlsx",
        "xlsm": "xlsx",
        "ndjson": "ndjson",
        "jsonl": "ndjson",
    }
    if end not in found:
        raise ValidationError(f"The name {name[-80:]!r} tells no format; choose one: {', '.join(FORMATS)}.")
    return found[end]


def length(handle: BinaryIO) -> int:
    """How many bytes a file has; it is rewound."""
    size = handle.seek(0, 2)
    handle.seek(0)
    return size


def trimmed(header: list[str]) -> list[str]:
    """A header without the empty cells at its end. Raises Unreadable for none, or for too many columns."""
    cells = [each.strip() for each in header]
    while cells and not cells[-1]:
        cells.pop()
    if not cells:
        raise Unreadable("The file has no header: its first row names the columns.", 1)
    if len(cells) > MAX_COLUMNS:
        raise Unreadable(f"The file has {len(cells)} columns; at most {MAX_COLUMNS} are taken.", 1)
    return cells


def fitted(cells: list[Any], width: int) -> list[Any]:
    """The cells of a row, as many as the header has; missing ones are no cells."""
    have = len(cells)
    if have == width:
        return cells
    if have < width:
        return cells + [None] * (width - have)
    more = [each for each in cells[width:] if each not in (None, "")]
    if more:
        return [Unfit(f"The row has {have} cells, the header {width}.")]
    return cells[:width]
