"""SQLite's spelling. Dates and datetimes are text there, decimals are scaled ints, booleans 0 and 1.

`entrepot_fold` and `entrepot_local` are functions of ours, registered by `storage/sqlite_connection.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import orjson

from entrepot.storage.abc import Grain, Kind
from entrepot.storage.dialects.patterns import converted, folded_glob, glob
from entrepot.storage.dialects.zones import zone
from entrepot.storage.sql import SQL, ident, literal_text
from entrepot.storage.violations import OutOfRange

_TYPES: Mapping[Kind, str] = {
    "integer": "INTEGER",
    "bigint": "INTEGER",
    "float": "REAL",
    "text": "TEXT",
    "boolean": "INTEGER",
    "decimal": "INTEGER",
    "date": "TEXT",
    "datetime": "TEXT",
    "json": "TEXT",
    "bytes": "BLOB",
}
_PARTS = {
    "year_number": "%Y",
    "month_number": "%m",
    "iso_week_number": "%V",
    "day_of_year": "%j",
    "day_of_month": "%d",
    "day_of_week": "%w",
    "hour_number": "%H",
    "minute_number": "%M",
    "second_number": "%S",
}
_AGGREGATES = {
    "sum": "sum({})",
    "avg": "avg({})",
    "min": "min({})",
    "max": "max({})",
    "count": "count({})",
    "count_distinct": "count(DISTINCT {})",
    "array_agg": "json_group_array({})",
    "bool_and": "min({})",
    "bool_or": "max({})",
}


class SqliteDialect:
    """The `Dialect` of SQLite."""

    name: Literal["sqlite", "postgres"] = "sqlite"
    exact_decimals = False

    def placeholder(self, position: int) -> str:
        """`?`."""
        return "?"

    def column_type(self, kind: Kind) -> str:
        """A type of a STRICT table."""
        return _TYPES[kind]

    def primary_key(self) -> str:
        """AUTOINCREMENT remembers the highest id ever given, so that no id comes twice."""
        return '"id" INTEGER PRIMARY KEY AUTOINCREMENT'

    def like(self, column: SQL, value: Any, *, case: bool, ascii_only: bool) -> SQL:
        """GLOB where case counts or letters beyond ASCII must fold; LIKE folds ASCII by itself."""
        if case:
            return SQL("{} GLOB {}", column, converted(value, glob))
        if ascii_only:
            return SQL("{} LIKE {} ESCAPE '\\'", column, value)
        return SQL("entrepot_fold({}) GLOB {}", column, converted(value, folded_glob))

    def among(self, column: SQL, value: Any, kind: Kind) -> SQL:
        """One JSON parameter however long the list."""
        return SQL("{} IN (SELECT value FROM json_each({}))", column, converted(value, json_list))

    def unindexed(self, column: SQL) -> SQL:
        """The column behind a unary plus, which SQLite's planner takes as a sign to leave its indexes alone."""
        return SQL("+{}", column)

    def json_get(self, column: SQL, key: str) -> SQL:
        """The `->>` operator with a constant key."""
        return SQL("({} ->> {})", column, literal_text(key))

    def truncate(self, column: SQL, grain: Grain, *, week_start: int, tz: str | None, is_date: bool) -> SQL:
        """Cut the text; only a change of zone needs a function."""
        moment = column if is_date else _local(column, tz)
        match grain:
            case "hour" if not is_date:
                return SQL("(substr({}, 1, 13) || ':00:00')", moment)
            case "hour" | "day":
                day = SQL("substr({}, 1, 10)", moment)
            case "week":
                # strftime's %w counts from Sunday; 13 keeps the difference positive
                back = SQL("(strftime('%w', {}) + {}) % 7", moment, SQL(str(13 - week_start % 7)))
                day = SQL("date({}, '-' || ({}) || ' days')", moment, back)
            case "month":
                day = SQL("(substr({}, 1, 7) || '-01')", moment)
            case "quarter":
                first = SQL("(CAST(substr({}, 6, 2) AS INTEGER) - 1) / 3 * 3 + 1", moment)
                # a NULL must stay NULL: printf would make text of it
                day = SQL("(substr({}, 1, 5) || printf('%02d-01', {}))", moment, first)
            case "year":
                day = SQL("(substr({}, 1, 4) || '-01-01')", moment)
        return day if is_date else SQL("({} || ' 00:00:00')", day)

    def date_part(self, column: SQL, part: str, tz: str | None) -> SQL:
        """`strftime` read as an integer."""
        moment = _local(column, tz)
        if part == "quarter_number":
            return SQL("((CAST(substr({}, 6, 2) AS INTEGER) + 2) / 3)", moment)
        return SQL("CAST(strftime({}, {}) AS INTEGER)", literal_text(_PARTS[part]), moment)

    def aggregate(self, function: str, column: SQL) -> SQL:
        """Booleans are numbers here, so `and` is the least and `or` the greatest."""
        return SQL(_AGGREGATES[function], column)

    def insert_ignoring(self, table: str, columns: Sequence[str]) -> str:
        """ON CONFLICT, since OR IGNORE would also swallow an empty required column."""
        names = SQL(", ").join(ident(name) for name in columns).chunks[0]
        marks = ", ".join("?" * len(columns))
        return f"INSERT INTO {ident(table).chunks[0]} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"

    def lock_rows(self) -> SQL:
        """Nothing: there is one writer."""
        return SQL("")


def json_list(values: Iterable[Any]) -> str:
    """Spell a list as JSON. Raises OutOfRange for what JSON of 64-bit numbers cannot hold."""
    try:
        return orjson.dumps(values if isinstance(values, list | tuple) else list(values)).decode()
    except TypeError as error:
        raise OutOfRange(str(error)) from error


def _local(column: SQL, tz: str | None) -> SQL:
    if tz is None or zone(tz).key == "UTC":
        return column
    return SQL("entrepot_local({}, {})", column, literal_text(tz))
