"""`/jsonrpc`: the services `common`, `object` and `db` by service, method and positions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrepot.doors.abc import House
from entrepot.doors.arguments import WrongArguments, member, text
from entrepot.doors.calls import serve
from entrepot.doors.http import Request, Route
from entrepot.doors.jsonrpc.envelope import route


def routes() -> dict[str, Route]:
    """The one address."""
    return {"/jsonrpc": route("jsonrpc", dispatch)}


def dispatch(house: House, request: Request, params: Mapping[str, Any]) -> Any:
    """Run a service's method. Raises WrongArguments naming the member that is missing."""
    service, method, args = (member(params, name, "dispatch") for name in ("service", "method", "args"))
    if not isinstance(args, list):
        raise WrongArguments("dispatch(): 'args' must be a list.")
    service = text("dispatch", "service", service)
    method = text("dispatch", "method", method)
    return serve(
        house,
        service,
        method,
        args,
        door="jsonrpc",
        address=request.address,
        request_id=request.request_id,
    )
