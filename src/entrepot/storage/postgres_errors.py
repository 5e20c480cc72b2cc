"""What PostgreSQL refuses, in the words of `storage.violations`.

Source: PostgreSQL documentation, appendix A (error codes). An error that means a mistake of ours stays a
`psycopg.Error` of its own class.
"""

from __future__ import annotations

import re

import psycopg
from psycopg.pq import DiagnosticField
from psycopg.pq.abc import PGresult

from entrepot.storage.violations import (
    CheckViolation,
    ForeignKeyViolation,
    NotNullViolation,
    OutOfRange,
    ReadOnlyViolation,
    SerializationFailure,
    StoreUnavailable,
    UniqueViolation,
    Violation,
)

_VIOLATIONS: dict[str, type[Violation]] = {
    "23505": UniqueViolation,
    "23P01": UniqueViolation,
    "23503": ForeignKeyViolation,
    "23001": ForeignKeyViolation,  # ON DELETE RESTRICT has its own code since PostgreSQL 18
    "23502": NotNullViolation,
    "23514": CheckViolation,
    "25006": ReadOnlyViolation,
    "40001": SerializationFailure,
    "40P01": SerializationFailure,
    "55P03": SerializationFailure,
    "54000": OutOfRange,
}
_UNAVAILABLE = ("08", "53", "57P", "58")
STALE_PLAN = "0A000"
"""Also the code of a prepared statement whose columns changed type under it."""


class StalePlan(SerializationFailure):
    """A prepared statement answers other columns than when it was prepared: the connection is of no more
    use.
    """


_KEY = re.compile(r"\((?P<columns>[^()]+)\)=\(")


def refusal(result: PGresult, *, lost: bool) -> Exception:
    """The error of a failed result. `lost`: the connection went with it."""
    state = _text(result, DiagnosticField.SQLSTATE)
    message = _text(result, DiagnosticField.MESSAGE_PRIMARY)
    if lost or state.startswith(_UNAVAILABLE):
        return StoreUnavailable(message, repeatable=True)
    if state == STALE_PLAN and "cached plan" in message:
        return StalePlan(message)
    kind = OutOfRange if state.startswith("22") else _VIOLATIONS.get(state)
    if kind is None:
        return _mistake(state)(message)
    table = _text(result, DiagnosticField.TABLE_NAME)
    constraint = _text(result, DiagnosticField.CONSTRAINT_NAME)
    return kind(message, table=table, constraint=constraint, columns=_columns(result, table, constraint))


def _mistake(state: str) -> type[psycopg.Error]:
    try:
        return psycopg.errors.lookup(state)
    except KeyError:
        return psycopg.DatabaseError


def _columns(result: PGresult, table: str, constraint: str) -> tuple[str, ...]:
    column = _text(result, DiagnosticField.COLUMN_NAME)
    if column:
        return (column,)
    if constraint.startswith(f"{table}_") and constraint.endswith("_fkey"):
        return (constraint[len(table) + 1 : -len("_fkey")],)
    key = _KEY.search(_text(result, DiagnosticField.MESSAGE_DETAIL))
    return tuple(each.strip('" ') for each in key["columns"].split(",")) if key else ()


def _text(result: PGresult, field: DiagnosticField) -> str:
    return (result.error_field(field) or b"").decode(errors="replace")
