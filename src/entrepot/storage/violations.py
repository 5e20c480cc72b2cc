"""What a database refuses, in our words: drivers' errors are translated into these where they enter.

None of these leaves the kernel: `kernel/crud/refusals.py` turns them into a ValidationError that names the field,
`storage/retry.py` repeats what can be repeated.
"""

from __future__ import annotations


class Violation(Exception):  # noqa: N818 - the database's word
    """The database refused a statement."""

    def __init__(
        self, message: str = "", *, table: str = "", constraint: str = "", columns: tuple[str, ...] = ()
    ) -> None:
        """Keep what the database told, as far as it tells (`columns` may be empty)."""
        super().__init__(message)
        self.table = table
        self.constraint = constraint
        self.columns = columns


class UniqueViolation(Violation):
    """Two rows with one unique key."""


class ForeignKeyViolation(Violation):
    """A reference to a row that is not there, or removal of a row that is referenced."""


class NotNullViolation(Violation):
    """A required column is empty."""


class CheckViolation(Violation):
    """A check of the table does not hold."""


class OutOfRange(Violation):
    """A value does not fit its column (a number too big, a NUL in a text)."""


class SerializationFailure(Violation):
    """Concurrent transactions collided (also a deadlock or a busy database): the whole call may be repeated."""

    locks: frozenset[int] = frozenset()
    """The slots that the next try should hold before it begins; see `storage.locks`."""


class StoreUnavailable(Exception):  # noqa: N818 - a state
    """The database cannot be reached at the moment."""

    def __init__(self, message: str = "", *, repeatable: bool = False) -> None:
        """`repeatable`: nothing of the transaction was committed, so the whole call may be tried again."""
        super().__init__(message)
        self.repeatable = repeatable


class ReadOnlyViolation(Violation):
    """A readonly transaction was asked to change something."""
