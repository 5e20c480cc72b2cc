"""Where a request says who sends it: the session cookie, the bearer key; and which database it means.

A door only reads these; whether they prove anything is decided by the house.
"""

from __future__ import annotations

import re

from entrepot.call import Anonymous, Bearer, Credentials, Session
from entrepot.doors.abc import House
from entrepot.doors.http import Request

COOKIE = "session_id"
_SID = re.compile(r"[A-Za-z0-9_.-]{1,200}", re.ASCII)
_KEY = re.compile(rb"[!-~]{1,400}")


def cookie(request: Request, name: str) -> str | None:
    """The first cookie of a name, None when there is none that looks like one of ours."""
    for pair in request.headers.get(b"cookie", b"").decode("latin-1").split(";"):
        key, _, value = pair.strip().partition("=")
        if key == name:
            value = value.strip('"')
            return value if _SID.fullmatch(value) else None
    return None


def session_id(request: Request) -> str | None:
    """The session a request comes with. A cookie only: other places can be filled by other people's pages."""
    return cookie(request, COOKIE)


def bearer(request: Request) -> Bearer | None:
    """The API key in the Authorization header."""
    scheme, _, key = request.headers.get(b"authorization", b"").strip().partition(b" ")
    key = key.strip()
    if scheme.lower() != b"bearer" or not _KEY.fullmatch(key):
        return None
    return Bearer(key.decode("ascii"))


def credentials(request: Request) -> Credentials:
    """A key if one is sent, else the session, else nobody."""
    key = bearer(request)
    if key is not None:
        return key
    sid = session_id(request)
    return Anonymous() if sid is None else Session(sid)


def tenant(house: House, request: Request) -> str | None:
    """The database of a request: its session's, else the one named by `?db=`, host or settings."""
    sid = session_id(request)
    # A session belongs to one database; only a request without one may choose.
    named = None if sid else request.parameter("db")
    return house.tenant_for(named=named or None, sid=sid, host=request.host or None)


def set_cookie(request: Request, name: str, value: str, max_age: int) -> tuple[bytes, bytes]:
    """The header that gives a browser a cookie no script can read; `max_age` 0 takes it away."""
    secure = "; Secure" if request.scheme == "https" else ""
    return b"set-cookie", f"{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}".encode(
        "ascii"
    )
