"""`/xmlrpc/2/<service>` with numbered faults and `/xmlrpc/<service>` with texts for faults.

Every refusal but that of the HTTP method is a fault under status 200: clients read nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from entrepot.doors.abc import House
from entrepot.doors.calls import serve
from entrepot.doors.error_map import tell
from entrepot.doors.http import Headers, Reply, Request, Route
from entrepot.doors.xmlrpc.decode import request as decode
from entrepot.doors.xmlrpc.encode import fault, response

HEADERS: Headers = ((b"content-type", b"text/xml; charset=utf-8"),)


def find(path: str) -> Route | None:
    """The route of a path under `/xmlrpc/`; services are looked up by the call, so that a wrong one is a
    fault.
    """
    first, _, rest = path.removeprefix("/xmlrpc/").partition("/")
    if first == "2" and rest and "/" not in rest:
        return _route("xmlrpc", rest, refuse_v2)
    if first and not rest and not first.isdigit():
        return _route("xmlrpc1", first, refuse_v1)
    return None


def routes() -> dict[str, Route]:
    """The addresses of the three services."""
    paths = [
        f"{base}/{service}" for base in ("/xmlrpc/2", "/xmlrpc") for service in ("common", "object", "db")
    ]
    return {path: route for path in paths if (route := find(path)) is not None}


def _route(door: str, service: str, refuse: Callable[[Exception], Reply]) -> Route:
    return Route(door, partial(answer, service, refuse), refuse=refuse)


def answer(service: str, refuse: Callable[[Exception], Reply], house: House, request: Request) -> Reply:
    """Decode, call, encode."""
    try:
        method, args = decode(request.body, house.settings.max_depth)
        value = serve(
            house,
            service,
            method,
            args,
            door="xmlrpc",
            address=request.address,
            request_id=request.request_id,
        )
        return Reply(200, HEADERS, response(value))
    except Exception as error:  # noqa: BLE001 - the rim: whatever went wrong is told as a fault
        return refuse(error)


def refuse_v2(error: Exception) -> Reply:
    """A fault with Odoo's numbers: 1 cannot be done, 2 warning, 3 access denied, 4 no right."""
    told = tell(error)
    return Reply(200, HEADERS, fault(told.wire.xmlrpc, told.line if told.wire.xmlrpc == 1 else told.message))


def refuse_v1(error: Exception) -> Reply:
    """A fault whose code is a text."""
    told = tell(error)
    return Reply(200, HEADERS, fault(told.v1_code, told.v1_string))
