"""Rows as they came from the store, with what a codec needs to spell them.

`search_read` and `read` answer a `Table`: the driver's tuples untouched, and a `Column` a field that says which
positions of the tuple hold it and in which raw form. Codecs walk it straight to bytes; everybody else calls `dicts`.

Raw forms (the same on every store, see `storage/abc.py`):

    kind        at              raw
    ---------   -------------   ---------------------------------------------------------------
    integer     at              int | None
    float       at              float | None
    decimal     at              Decimal | None, or int scaled by 10**scale where the store has no decimals
    boolean     at              bool | 0 | 1 | None
    text        at              str | None           (char, text, html, selection, reference)
    date        at              str "YYYY-MM-DD" | None
    datetime    at              str "YYYY-MM-DD HH:MM:SS" in UTC | None
    json        at              str of JSON | None
    many2one    at, at + 1      int | None, str | None (id and display name)
    ids         at              list[int]
    size        at              str "<key>.<bytes>" | None (a file of which only the size is told)
    value       at              any `Value`, already in its inside form
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """One field of the rows. `nullable` numbers stay empty when unset; other numbers read as zero."""

    name: str
    kind: str
    at: int
    scale: int = 0
    nullable: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of one shape. Not a `Sequence`, so that no codec walks it by accident."""

    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def dicts(self) -> Iterator[dict[str, Any]]:
        """Yield each row as inside values: None for empty, Decimal, date, aware datetime, (id, name) pairs."""
        readers = [(column.name, reader(column)) for column in self.columns]
        for row in self.rows:
            yield {name: read(row) for name, read in readers}


def from_dicts(rows: list[dict[str, Any]]) -> Table:
    """Make a table of ready values from dicts that all have the first one's keys."""
    names = list(rows[0]) if rows else []
    columns = tuple(Column(name, "value", at) for at, name in enumerate(names))
    return Table(columns, [tuple(row[name] for name in names) for row in rows])


def reader(column: Column) -> Callable[[tuple[Any, ...]], Any]:
    """Return the function that reads one column of a raw row as an inside value."""
    at = column.at
    empty = None if column.nullable else 0
    match column.kind:
        case "integer":
            return lambda row: empty if row[at] is None else row[at]
        case "float":
            nothing = None if column.nullable else 0.0
            return lambda row: nothing if row[at] is None else row[at]
        case "decimal":
            zero = None if column.nullable else Decimal(0)
            return lambda row: zero if row[at] is None else decimal(row[at], column.scale)
        case "boolean":
            return lambda row: bool(row[at])
        case "date":
            return lambda row: None if row[at] is None else date.fromisoformat(row[at])
        case "datetime":
            return lambda row: None if row[at] is None else moment(row[at])
        case "json":
            return lambda row: None if row[at] is None else json.loads(row[at])
        case "many2one":
            return lambda row: None if row[at] is None else (row[at], row[at + 1])
        case "size":
            return lambda row: None if row[at] is None else size(row[at])
        case _:
            return lambda row: row[at]


def size(raw: str) -> int:
    """Read how many bytes a stored file has."""
    return int(raw.partition(".")[2])


def decimal(raw: Decimal | int, scale: int) -> Decimal:
    """Read a raw decimal: an int is scaled by 10**scale, a Decimal is itself."""
    return Decimal(raw).scaleb(-scale) if isinstance(raw, int) else raw


def moment(raw: str) -> datetime:
    """Read a raw datetime as aware UTC."""
    return datetime.fromisoformat(raw).replace(tzinfo=UTC)
