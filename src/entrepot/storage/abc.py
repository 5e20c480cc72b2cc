"""What a store promises to the kernel, whichever database stands behind it.

Raw values are the same on every store: int, float, str, bytes, None; booleans as bool or 0/1; dates as
"YYYY-MM-DD"; datetimes as "YYYY-MM-DD HH:MM:SS" in UTC; JSON as text. Only decimals differ: `Decimal` where the
database has exact decimals, otherwise an int scaled by 10**scale of the column. Both ways: `Transaction.fetch` answers these and
parameters are given as these (the kernel's fields convert; drivers are set up not to).

Text compares and orders by code point on both stores (`COLLATE "C"` / BINARY).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from entrepot.storage.sql import SQL

Row: TypeAlias = tuple[Any, ...]
Kind: TypeAlias = Literal[
    "integer", "bigint", "float", "text", "boolean", "decimal", "date", "datetime", "json", "bytes"
]
Grain: TypeAlias = Literal["hour", "day", "week", "month", "quarter", "year"]


class Dialect(Protocol):
    """Where two databases spell one thing differently. Pure: no connection behind it."""

    name: Literal["sqlite", "postgres"]
    exact_decimals: bool
    """True: raw decimals are `Decimal`. False: ints scaled by the column's scale."""

    def placeholder(self, position: int) -> str:
        """How the n-th parameter (from 1) is spelled."""

    def column_type(self, kind: Kind) -> str:
        """The type name in DDL."""

    def primary_key(self) -> str:
        """The DDL of an `id` column that numbers itself and never gives a number twice."""

    def like(self, column: SQL, value: Any, *, case: bool, ascii_only: bool) -> SQL:
        r"""`column LIKE value` with `%`, `_` and backslash escapes.

        `value` is a `Slot` or constant holding a LIKE pattern (the dialect may compose a conversion onto a Slot).
        `case`: whether case counts. `ascii_only`: the pattern is ASCII, so a cheaper comparison is exact.
        """

    def among(self, column: SQL, value: Any, kind: Kind) -> SQL:
        """`column IN (...)` for a parameter that holds a list, in one text however long the list."""

    def unindexed(self, column: SQL) -> SQL:
        """The column, so spelled that no index is chosen for it where the database chooses badly without statistics."""

    def json_get(self, column: SQL, key: str) -> SQL:
        """The text under one key of a JSON object."""

    def truncate(self, column: SQL, grain: Grain, *, week_start: int, tz: str | None, is_date: bool) -> SQL:
        """The first moment of the period as raw text (date or datetime form like the column's), in time zone `tz`.

        `week_start`: 0 Monday … 6 Sunday.
        """

    def date_part(self, column: SQL, part: str, tz: str | None) -> SQL:
        """An integer: year_number quarter_number month_number iso_week_number day_of_year day_of_month day_of_week
        hour_number minute_number second_number (day_of_week: 0 Sunday … 6 Saturday).
        """

    def aggregate(self, function: str, column: SQL) -> SQL:
        """sum avg min max count count_distinct array_agg (JSON text of a list) bool_and bool_or."""

    def insert_ignoring(self, table: str, columns: Sequence[str]) -> str:
        """INSERT of one row with positional parameters that skips a row which is already there."""

    def lock_rows(self) -> SQL:
        """The clause that keeps selected rows for this transaction (`FOR UPDATE`), or nothing where one writer rules."""


class Transaction(Protocol):
    """One unit of work. Readonly ones never change a row; writing ones commit whole or not at all."""

    dialect: Dialect
    readonly: bool
    statements: int
    """How many statements ran so far: tests count them."""

    def fetch(self, text: str, params: Sequence[Any] = (), *, alone: bool = False) -> list[Row]:
        """Run a query and return all rows.

        `alone` promises that one statement is all this call needs of one snapshot, so a readonly transaction that
        has not begun may run it in autocommit.
        Raises the errors of `storage.violations`.
        """

    def execute(self, text: str, params: Sequence[Any] = ()) -> int:
        """Run a statement; return how many rows it touched."""

    def execute_many(self, text: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement once a row."""

    def insert(
        self, table: str, columns: Sequence[str], kinds: Sequence[Kind], rows: Sequence[Sequence[Any]]
    ) -> list[int]:
        """Insert rows into a table with a self-numbering `id`; return the ids in the order of the rows."""

    def update(
        self,
        table: str,
        columns: Sequence[str],
        kinds: Sequence[Kind],
        ids: Sequence[int],
        rows: Sequence[Sequence[Any]],
    ) -> None:
        """Set columns of rows of a table, each to values of its own, in one statement where the store can."""

    def savepoint(self) -> AbstractContextManager[None]:
        """A part that can be undone alone: an exception leaving the block undoes it."""

    def lock(self, names: Iterable[str]) -> None:
        """Keep names to this transaction until it ends: it sees all that those did who held one of them before.

        Raises SerializationFailure when somebody else holds one; the next try should be given `error.locks`.
        """

    def notify(self, channel: str) -> None:
        """Announce to other processes, at commit, that something of this tenant changed (a no-op where they look themselves)."""


class Store(Protocol):
    """One tenant's database."""

    name: str
    dialect: Dialect

    def transaction(
        self, *, readonly: bool, locks: frozenset[int] = frozenset()
    ) -> AbstractContextManager[Transaction]:
        """A transaction that commits when the block ends and rolls back when an exception leaves it.

        `locks`: the slots that a former try asked for in vain; they are waited for before anything is read.

        Commit errors surface as the errors of `storage.violations`. Retrying is `storage.retry`'s.
        """

    def close(self) -> None:
        """Close every connection of this store in this process."""


class Engine(Protocol):
    """A place where databases live: a folder of SQLite files, or a PostgreSQL cluster."""

    dialect: Dialect

    def names(self) -> list[str]:
        """The databases of this server, sorted; templates are not among them."""

    def exists(self, name: str) -> bool:
        """Whether a database of that name is there."""

    def open(self, name: str) -> Store:
        """The store of a database; the same object for the same name. Raises MissingError."""

    def create(self, name: str, *, template: str | None = None) -> None:
        """Make a database: empty, or as a copy of a template made by `freeze`. Raises ConflictError if the name is taken.

        All or nothing: a name that appears in `names` is complete.
        """

    def freeze(self, name: str, template: str) -> None:
        """Turn a database into the template of that name (replacing an older one); the database itself is gone."""

    def has_template(self, template: str) -> bool:
        """Whether a template of that name is there."""

    def duplicate(self, name: str, new: str) -> None:
        """Copy a database, consistent even while it is being written. Raises MissingError, ConflictError."""

    def rename(self, name: str, new: str) -> None:
        """Give a database another name. Raises MissingError, ConflictError."""

    def drop(self, name: str) -> None:
        """Delete a database and its data; connections to it are ended. Raises MissingError."""

    def dump(self, name: str, path: Path) -> None:
        """Write the content of a database into a file that `restore` of the same kind of engine can read."""

    def restore(self, name: str, path: Path) -> None:
        """Make a database from a dumped file, all or nothing. Raises ConflictError, ValidationError for a bad file."""

    def close(self) -> None:
        """Close every connection of this engine in this process."""
