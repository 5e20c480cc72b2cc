"""`POST /json/2/<model>/<method>` and `GET /doc-bearer/<model>.json`, both with a bearer API key.

The body is one object of named arguments, plus `ids` for methods of records and `context`. The answer is the
bare value; nothing is `null` here. Errors are the `data` object of JSON-RPC under a real status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import orjson

from entrepot import names
from entrepot.call import Bearer, Call
from entrepot.doors.abc import House
from entrepot.doors.arguments import WrongArguments
from entrepot.doors.calls import ask
from entrepot.doors.credentials import bearer
from entrepot.doors.error_map import tell
from entrepot.doors.http import JSON, Headers, NoSuchPage, Reply, Request, Route, media_type
from entrepot.doors.json_body import parse
from entrepot.doors.router import Find
from entrepot.doors.values import to_json
from entrepot.errors import AccessDenied, BadRequest, TooLarge, UnknownMethod

_CHALLENGE: Headers = ((b"www-authenticate", b'Bearer realm="entrepot"'),)
MAX_IDS = 1_000_000


def prefixes() -> list[tuple[str, Find]]:
    """The two families of addresses."""
    return [("/json/2/", find_method), ("/doc-bearer/", find_description)]


def find_method(path: str) -> Route | None:
    """`/json/2/<model>/<method>`."""
    model, _, method = path.removeprefix("/json/2/").partition("/")
    if not model or not method or "/" in method:
        return None
    return Route("json2", partial(_guarded, partial(run, model, method)), refuse=refuse)


def find_description(path: str) -> Route | None:
    """`/doc-bearer/<model>.json`."""
    model = path.removeprefix("/doc-bearer/").removesuffix(".json")
    if not path.endswith(".json") or not names.is_model(model):
        return None
    return Route("json2", partial(_guarded, partial(describe, model)), ("GET",), refuse=refuse)


def run(model: str, method: str, house: House, request: Request) -> Reply:
    """Call a method. Raises EntrepotError."""
    key = _key(request)
    if media_type(request) != b"application/json":
        raise BadRequest("Send JSON with the content type application/json.")
    body = parse(request.body, house.settings.max_depth)
    if not isinstance(body, dict):
        raise BadRequest("The body must be one object of named arguments.")
    args = (_ids(body.pop("ids")),) if "ids" in body else ()
    value = _ask(house, _call(house, request, key, (model, method), args=args, kwargs=body))
    return Reply(200, JSON, to_json(value, empty=None))


def describe(model: str, house: House, request: Request) -> Reply:
    """Fields and methods of a model, so that positions can be turned into names. Raises EntrepotError."""
    call = _call(house, request, _key(request), ("ir.model", "describe"), kwargs={"name": model})
    return Reply(200, JSON, to_json(_ask(house, call), empty=None))


def refuse(error: Exception) -> Reply:
    """An error under its own status, with the object that other JSON wires call `data`."""
    told = tell(error)
    headers = (*JSON, *_CHALLENGE) if told.wire.http == 401 else JSON
    return Reply(told.wire.http, headers, orjson.dumps(told.data()))


def _guarded(handler: Callable[[House, Request], Reply], house: House, request: Request) -> Reply:
    try:
        return handler(house, request)
    except Exception as error:  # noqa: BLE001 - the rim: whatever went wrong is told under a status
        return refuse(error)


def _key(request: Request) -> Bearer:
    key = bearer(request)
    if key is None:
        raise AccessDenied("Send an API key in the header 'Authorization: Bearer <key>'.")
    return key


def _ids(ids: Any) -> list[int]:
    """Ids as a list. Only numbers: a value of another shape could pass for the first argument of a method
    without records.
    """
    given = [ids] if isinstance(ids, int) else ids
    if not isinstance(given, list) or len(given) > MAX_IDS or any(type(each) is not int for each in given):
        raise WrongArguments("'ids' must be a list of record ids.")
    return given


def _call(
    house: House,
    request: Request,
    key: Bearer,
    target: tuple[str, str],
    *,
    args: tuple[Any, ...] = (),
    kwargs: Mapping[str, Any],
) -> Call:
    named = request.headers.get(b"x-odoo-database", b"").decode("latin-1").strip()
    tenant = house.tenant_for(named=named or None, host=request.host or None)
    if tenant is None:
        raise NoSuchPage("Name the database in the header 'X-Odoo-Database'.")
    return Call(
        tenant=tenant,
        credentials=key,
        model=target[0],
        method=target[1],
        args=args,
        kwargs=kwargs,
        door="json2",
        address=request.address,
        request_id=request.request_id,
    )


def _ask(house: House, call: Call) -> Any:
    """Run a call. What the house cannot understand are arguments here, since the body itself was read."""
    try:
        return ask(house, call)
    except (UnknownMethod, TooLarge):
        raise
    except BadRequest as error:
        raise WrongArguments(error.message, **error.data) from error
