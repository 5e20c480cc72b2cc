"""What may go wrong, as a small tree of errors with stable codes.

Every error that may reach a client is one of these, raised with data; its message tells what to do.
`doors/error_map.py` turns the class into the answer of each wire. Anything else is our fault and leaves
the server as `InternalError` with an id that leads to the log.

    EntrepotError
    ├── BadRequest            bytes or arguments that cannot be understood
    │   ├── BadQuery          a filter, an order or a selection that cannot be used
    │   ├── TooLarge          past a bound
    │   └── UnknownMethod     no such model method, or not callable from outside
    ├── AccessDenied          nobody is who they say
    │   └── SessionExpired    was known, is no longer
    ├── AccessError           known, but may not
    ├── MissingError          model, record, file or tenant is not there
    ├── UserError             the business says no
    │   ├── ValidationError   a constraint says no; carries every problem
    │   └── ConflictError     someone was faster
    ├── RateLimited           too many tries
    └── TenantUnavailable     starting, suspended, restoring
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one value: where (`path`, dotted), a stable `code`, and what to do."""

    path: str
    code: str
    message: str


class EntrepotError(Exception):
    """The server could not do what was asked."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str = "", **data: Any) -> None:
        """Keep the message (default: the class docstring's first line) and the data behind it."""
        self.message = message or (type(self).__doc__ or "").partition("\n")[0]
        self.data: Mapping[str, Any] = data
        super().__init__(self.message)

    def __str__(self) -> str:
        return self.message


class BadRequest(EntrepotError):  # noqa: N818 - the field's names (HTTP, Odoo), known to clients
    """The request cannot be understood."""

    code = "bad_request"


class BadQuery(BadRequest):
    """The query cannot be used.

    `problems` holds everything that is wrong with it.
    """

    code = "bad_query"

    def __init__(self, message: str = "", problems: Sequence[Problem] = (), **data: Any) -> None:
        """Make the message from the problems when none is given."""
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(message or "\n".join(problem.message for problem in self.problems), **data)


class TooLarge(BadRequest):
    """The request is larger than this server accepts."""

    code = "too_large"


class UnknownMethod(BadRequest):
    """There is no such method, or it cannot be called from outside."""

    code = "unknown_method"


class AccessDenied(EntrepotError):  # noqa: N818 - known to clients by this name
    """Access Denied"""

    code = "access_denied"


class SessionExpired(AccessDenied):
    """Session expired"""

    code = "session_expired"


class AccessError(EntrepotError):
    """You are not allowed to do this."""

    code = "access_error"


class MissingError(EntrepotError):
    """Record does not exist or has been deleted."""

    code = "missing"


class UserError(EntrepotError):
    """The operation cannot be completed."""

    code = "user_error"


class ValidationError(UserError):
    """The values are not valid.

    `problems` holds every problem found, not only the first; the message lists them, a line each.
    """

    code = "validation_error"

    def __init__(self, message: str = "", problems: Sequence[Problem] = (), **data: Any) -> None:
        """Make the message from the problems when none is given."""
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(message or "\n".join(problem.message for problem in self.problems), **data)


class ConflictError(UserError):
    """Somebody else changed this at the same time; try again.

    `problems` tells what contradicts what, where a new try will not help: a step backwards, a name of several records.
    """

    code = "conflict"

    def __init__(self, message: str = "", problems: Sequence[Problem] = (), **data: Any) -> None:
        """Make the message from the problems when none is given."""
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(message or "\n".join(problem.message for problem in self.problems), **data)


class RateLimited(EntrepotError):  # noqa: N818 - RFC 6585's term
    """Too many attempts; wait and try again."""

    code = "rate_limited"


class TenantUnavailable(EntrepotError):  # noqa: N818 - a state, as HTTP 503
    """This database is not available at the moment."""

    code = "tenant_unavailable"
