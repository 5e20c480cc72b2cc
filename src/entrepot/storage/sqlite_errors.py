"""What SQLite refuses, in the words of `storage.violations`.

SQLite tells table and columns only inside its message; the texts below are those of its source and have not
changed in fifteen years. An error that means a mistake of ours (a syntax error, an unknown table) stays what
it is.
"""

from __future__ import annotations

import re

import apsw

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

_INDEX = re.compile(r"index '(?P<index>.*)'")
_COLUMN = re.compile(r"(?:^|, )(?P<table>[^.,]+)\.(?P<column>[^.,]+)")
_DATATYPE = re.compile(r"in \S+ column (?P<table>[^.]+)\.(?P<column>.+)$")
_TOO_MUCH = ("integer overflow", "pattern too complex", "string or blob too big")


def translate(error: Exception) -> Exception:
    """Name the refusal; answers the error itself when it is no refusal."""
    match error:
        case apsw.ConstraintError():
            return _constraint(error)
        case apsw.BusyError() | apsw.LockedError():
            return SerializationFailure(str(error))
        case apsw.ReadOnlyError():
            if _code(error) == apsw.SQLITE_READONLY_DBMOVED:
                return StoreUnavailable(str(error))
            return ReadOnlyViolation(str(error))
        case (
            apsw.FullError() | apsw.IOError() | apsw.CantOpenError() | apsw.CorruptError()
            | apsw.NotADBError() | apsw.PermissionsError() | apsw.ProtocolError()
        ):  # fmt: skip
            return StoreUnavailable(str(error))
        case (
            apsw.TooBigError()
            | apsw.RangeError()
            | apsw.MismatchError()
            | OverflowError()
            | UnicodeEncodeError()
        ):
            return OutOfRange(str(error))
        case apsw.SQLError() if any(text in str(error) for text in _TOO_MUCH):
            return OutOfRange(str(error))
        case _:
            return error


def _code(error: apsw.Error) -> int:
    """The extended result code, which apsw sets on every error of SQLite but does not declare."""
    code: int = vars(error).get("extendedresult", 0)
    return code


def _constraint(error: apsw.ConstraintError) -> Violation:
    message = str(error)
    rest = message.partition("constraint failed: ")[2]
    found = list(_COLUMN.finditer(rest))
    table = found[0]["table"] if found else ""
    columns = tuple(each["column"] for each in found)
    match _code(error):
        case apsw.SQLITE_CONSTRAINT_UNIQUE | apsw.SQLITE_CONSTRAINT_PRIMARYKEY | apsw.SQLITE_CONSTRAINT_ROWID:
            index = _INDEX.search(rest)
            return UniqueViolation(
                message, table=table, columns=columns, constraint=index["index"] if index else ""
            )
        case apsw.SQLITE_CONSTRAINT_NOTNULL:
            return NotNullViolation(message, table=table, columns=columns)
        case apsw.SQLITE_CONSTRAINT_FOREIGNKEY | apsw.SQLITE_CONSTRAINT_TRIGGER:
            # RESTRICT is reported as a trigger; there are no others (restored files with triggers are
            # refused)
            return ForeignKeyViolation(message)
        case apsw.SQLITE_CONSTRAINT_DATATYPE:
            at = _DATATYPE.search(message)
            return OutOfRange(message, table=at["table"] if at else "", columns=(at["column"],) if at else ())
        case _:
            return CheckViolation(message, constraint=rest)
