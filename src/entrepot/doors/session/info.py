"""What a client is told of its session: the model's answer, and what only this server knows."""

from __future__ import annotations

from typing import Any

from entrepot.call import Call, Session
from entrepot.doors.abc import House
from entrepot.doors.credentials import session_id, tenant
from entrepot.doors.http import NoSuchPage, Request
from entrepot.doors.version import SERVER_VERSION, version_info
from entrepot.errors import SessionExpired


def session_call(
    house: House, request: Request, model: str, method: str, args: tuple[Any, ...] = (), **more: Any
) -> Call:
    """A call as the session of a request.

    Raises NoSuchPage when no database is chosen, SessionExpired when one is but the request has no session.
    """
    sid = session_id(request)
    database = tenant(house, request)
    if database is None:
        raise NoSuchPage("No database is chosen: log in first, or name it with ?db=.")
    if sid is None:
        raise SessionExpired
    return Call(
        tenant=database,
        credentials=Session(sid),
        model=model,
        method=method,
        args=args,
        door="session",
        address=request.address,
        request_id=request.request_id,
        **more,
    )


def session_info(house: House, request: Request) -> dict[str, Any]:
    """The info of the session a request comes with. Raises like `session_call`."""
    call = session_call(house, request, "res.users", "session_info")
    return _completed(house, request, call.tenant, house.answer(call))


def info_of(house: House, request: Request, database: str, sid: str) -> dict[str, Any]:
    """The info of a session that has just begun."""
    call = Call(
        tenant=database,
        credentials=Session(sid),
        model="res.users",
        method="session_info",
        door="session",
        address=request.address,
        request_id=request.request_id,
    )
    return _completed(house, request, database, house.answer(call))


def _completed(house: House, request: Request, database: str, info: dict[str, Any]) -> dict[str, Any]:
    origin = f"{request.scheme}://{request.headers.get(b'host', b'localhost').decode('latin-1')}"
    return {
        "web.base.url": origin,
        **info,
        "db": database,
        "server_version": SERVER_VERSION,
        "server_version_info": version_info(),
        "max_file_upload_size": house.settings.max_body_bytes,
    }
