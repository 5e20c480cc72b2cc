"""`POST /auth/`: log in, and be told the session in the answer as well as in a cookie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrepot.doors.abc import House
from entrepot.doors.credentials import COOKIE, session_id, set_cookie
from entrepot.doors.http import Request, Route
from entrepot.doors.rest.envelope import Answer, posted
from entrepot.doors.rest.parameters import COMMON, parameters
from entrepot.doors.session.info import info_of
from entrepot.errors import AccessDenied, BadRequest, MissingError


def routes() -> dict[str, Route]:
    """Both spellings of the one address."""
    found = posted(log_in)
    return {"/auth": found, "/auth/": found}


def log_in(house: House, request: Request, params: Mapping[str, Any]) -> Answer:
    """Open a session; its id is `session_id` of the result.

    Raises AccessDenied that says which of login, password and db is missing or wrong.
    """
    parameters(request, COMMON)
    login, password = (_given(params, name) for name in ("login", "password"))
    tenant = _tenant(house, request, params.get("db"))
    try:
        sid, _ = house.log_in(tenant, login, password, request.address)
    except MissingError as error:
        raise AccessDenied(f"There is no database named '{tenant[:80]}'.") from error
    except AccessDenied as error:
        raise AccessDenied("Wrong login or password.") from error
    before = session_id(request)
    if before is not None and before != sid:
        house.log_out(before)
    info = info_of(house, request, tenant, sid)
    cookie = set_cookie(request, COOKIE, sid, house.settings.session_seconds)
    company = (info.get("user_companies") or {}).get("current_company")
    return Answer({"company_id": company, **info, "session_id": sid}, headers=(cookie,))


def _given(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name)
    if value is None or value == "":
        raise AccessDenied(f"`{name}` is required.")
    if not isinstance(value, str):
        raise BadRequest(f"`{name}` must be a text.")
    return value


def _tenant(house: House, request: Request, named: Any) -> str:
    """The database to log in to: named, or the one that host and settings choose."""
    if named:
        if not isinstance(named, str):
            raise BadRequest("`db` must be a text.")
        return named
    found = house.tenant_for(host=request.host or None)
    if found is None:
        raise AccessDenied("`db` is required.")
    return found
