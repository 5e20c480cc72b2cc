"""Who sends a REST request and which database it means: a key, the session cookie, or the session as a parameter."""

from __future__ import annotations

import re
from typing import NamedTuple

from entrepot.call import Credentials, Session
from entrepot.doors.abc import House
from entrepot.doors.credentials import bearer, session_id
from entrepot.doors.http import Headers, NoSuchPage, Request
from entrepot.errors import SessionExpired

PARAMETER = "session_id"
_SID = re.compile(r"[A-Za-z0-9_.-]{1,200}", re.ASCII)
# RFC 9745: since when. A session in an address ends in logs, histories and referrers.
_DEPRECATED: Headers = (
    (b"deprecation", b"@1767225600"),
    (
        b"warning",
        b'299 entrepot "Send the session as a cookie, or use an API key: addresses are written into logs."',
    ),
)


class Who(NamedTuple):
    """The claim of a request, its database, and headers that its answer must bear."""

    credentials: Credentials
    tenant: str
    headers: Headers = ()


def identify(house: House, request: Request) -> Who:
    """Read the claim of a request. Raises SessionExpired when there is none, NoSuchPage when no database is chosen."""
    key = bearer(request)
    if key is not None:
        named = request.headers.get(b"x-odoo-database", b"").decode("latin-1").strip() or request.parameter(
            "db"
        )
        tenant = house.tenant_for(named=named or None, host=request.host or None)
        if tenant is None:
            raise NoSuchPage("Name the database in the header 'X-Odoo-Database'.")
        return Who(key, tenant)
    sid = session_id(request)
    headers: Headers = ()
    if sid is None:
        sid = _parameter(house, request)
        headers = () if sid is None else _DEPRECATED
    if sid is None:
        raise SessionExpired("Log in first: POST /auth/, or send an API key.")
    tenant = house.tenant_for(sid=sid, host=request.host or None)
    if tenant is None:
        raise SessionExpired
    return Who(Session(sid), tenant, headers)


def _parameter(house: House, request: Request) -> str | None:
    """The session in the address. Raises SessionExpired where the settings take none from there."""
    given = request.parameter(PARAMETER)
    if given is None:
        return None
    if not house.settings.session_parameter:
        raise SessionExpired(
            "This server takes no session from an address; send it as a cookie, or use an API key."
        )
    return given if _SID.fullmatch(given) else None
