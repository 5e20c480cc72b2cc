"""The parameters of a REST address: one that means nothing there is refused, on every verb alike, as it may be misspelled."""

from __future__ import annotations

import difflib
from urllib.parse import unquote_plus

from entrepot.doors.http import Request, fields
from entrepot.errors import BadQuery, Problem

COMMON = frozenset({"session_id", "db", "context", "datetime_format", "strict_status"})
"""What every address of records and methods takes."""
MAX_SHOWN = 40
MAX_PROBLEMS = 20


def parameters(request: Request, known: frozenset[str]) -> dict[str, str]:
    """The parameters of an address. Raises BadQuery for those that are unknown, with near matches, or given twice."""
    if not request.query:
        return {}
    given = fields(request.query)
    problems = [_unknown(name, known) for name in given if name not in known]
    problems += [
        Problem(
            name[:MAX_SHOWN], "twice", f"The parameter {name[:MAX_SHOWN]!r} is given twice; give it once."
        )
        for name in _doubled(request.query)
    ]
    if problems:
        raise BadQuery(problems=problems[:MAX_PROBLEMS])
    return given


def _unknown(name: str, known: frozenset[str]) -> Problem:
    shown = name[:MAX_SHOWN]
    near = difflib.get_close_matches(shown, sorted(known), n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(sorted(known))}."
    return Problem(shown, "unknown_parameter", f"Unknown parameter {shown!r}; {hint}")


def _doubled(query: bytes) -> list[str]:
    """Parameters that stand in an address more than once: which one counts would be a guess."""
    names = [unquote_plus(part.partition(b"=")[0].decode("latin-1")) for part in query.split(b"&") if part]
    return sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
