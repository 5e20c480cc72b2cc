"""What is around a REST request's arguments and around its answer.

GET and DELETE have no body; their answers are plain JSON under a real status. POST and PUT speak JSON-RPC: arguments under
`params`, an `id` that comes back, errors under status 200 with their own status in `X-Error-Status`, unless the address
says `strict_status=1`. Source: `spec/rest-and-exchange.md` section A2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import orjson

from entrepot.doors.abc import House
from entrepot.doors.error_map import Told, tell
from entrepot.doors.http import JSON, Headers, Reply, Request, Route, media_type
from entrepot.doors.json_body import parse
from entrepot.doors.rest.identity import Who, identify
from entrepot.doors.values import to_json
from entrepot.errors import BadRequest, EntrepotError

DOOR = "rest"
MAX_QUERY_BYTES = 64 * 1024
_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"0", "false", "no", "off", ""})
_CHALLENGE: Headers = ((b"www-authenticate", b'Bearer realm="entrepot"'),)
_LATER: Headers = ((b"retry-after", b"5"),)

Plain: TypeAlias = Callable[[House, Request, Who], Reply]
"""Answers a request without a body."""


class Answer(NamedTuple):
    """A result with what stands beside it. `empty` is what None becomes inside the result."""

    result: Any
    meta: Mapping[str, Any] = {}
    empty: bool | None = False
    headers: Headers = ()


Action: TypeAlias = Callable[[House, Request, Mapping[str, Any]], Answer]
"""Answers the parameters of a JSON-RPC body."""


def plain(handler: Plain, house: House, request: Request) -> Reply:
    """Answer a request without a body; errors under their own status."""
    try:
        check_length(request)
        who = identify(house, request)
        reply = handler(house, request, who)
        return reply._replace(headers=(*reply.headers, *who.headers)) if who.headers else reply
    except Exception as error:  # noqa: BLE001 - the rim: whatever went wrong is told under a status
        return refuse(error)


def enveloped(action: Action, house: House, request: Request, **beside: Any) -> Reply:
    """Open a JSON-RPC body, act on its parameters, wrap the result or the error; `beside` stands next to an error."""
    identity: Any = None
    try:
        check_length(request)
        message = body_of(request, house.settings.max_depth)
        identity = message.get("id")
        answer = action(house, request, params_of(message))
        return Reply(200, (*JSON, *answer.headers), wrapped(identity, answer))
    except Exception as error:  # noqa: BLE001 - the rim: whatever went wrong is told in the envelope
        return _refused(request, identity, error, **beside)


def route(handler: Callable[[House, Request], Reply], methods: tuple[str, ...]) -> Route:
    """A route of this door."""
    return Route(DOOR, handler, methods, refuse=refuse)


def posted(action: Action) -> Route:
    """A route for an action that takes POST alone."""
    return route(partial(enveloped, action), ("POST",))


def check_length(request: Request) -> None:
    """Refuse an address past its bound. Raises BadRequest."""
    if len(request.query) > MAX_QUERY_BYTES:
        raise BadRequest(
            f"The address has {len(request.query)} bytes behind '?'; at most {MAX_QUERY_BYTES} are read."
        )


def body_of(request: Request, max_depth: int) -> dict[str, Any]:
    """The JSON object of a body. Raises BadRequest, which says line and column of what cannot be read."""
    if media_type(request) not in {b"application/json", b"application/json-rpc"}:
        raise BadRequest("Send JSON with the content type application/json.")
    message = parse(request.body, max_depth)
    if not isinstance(message, dict):
        raise BadRequest('The body must be one object: {"params": {…}}.')
    return message


def params_of(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a body, names without blanks around them. Raises BadRequest."""
    if "params" not in message:
        raise BadRequest('Wrap your arguments in params: {"params": {…}}.')
    params = message["params"]
    if not isinstance(params, dict):
        raise BadRequest("'params' must be an object of named parameters.")
    return {name.strip(): value for name, value in params.items()}


def flag(request: Request, name: str) -> bool:
    """A yes-or-no parameter of the address; no when it is not there. Raises BadRequest."""
    text = (request.parameter(name) or "").lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise BadRequest(f"{name} is 1 or 0.")


def wrapped(identity: Any, answer: Answer) -> bytes:
    """The JSON-RPC answer with a result."""
    head = b'{"jsonrpc":"2.0","id":' + to_json(identity, empty=None)
    result = b',"result":' + (
        b"null" if answer.result is None else to_json(answer.result, empty=answer.empty)
    )
    meta = b',"meta":' + to_json(answer.meta, empty=None) if answer.meta else b""
    return head + result + meta + b"}"


def refuse(error: Exception) -> Reply:
    """An error under its own status."""
    told, body = _failure(None, error)
    return Reply(told.wire.http, _headers(told), body)


def _refused(request: Request, identity: Any, error: Exception, **beside: Any) -> Reply:
    told, body = _failure(identity, error, **beside)
    status = told.wire.http
    if _strict(request):
        return Reply(status, _headers(told), body)
    return Reply(200, (*_headers(told), (b"x-error-status", str(status).encode("ascii"))), body)


def _strict(request: Request) -> bool:
    try:
        return flag(request, "strict_status")
    except EntrepotError:
        return False


def _headers(told: Told) -> Headers:
    if told.wire.http == 401:
        return (*JSON, *_CHALLENGE)
    return (*JSON, *_LATER) if told.wire.http in {429, 503} else JSON


def _failure(identity: Any, error: Exception, **beside: Any) -> tuple[Told, bytes]:
    told = tell(error)
    problems = getattr(error, "problems", ()) if isinstance(error, EntrepotError) else ()
    data = {
        **told.data(),
        "exception_type": told.wire.name.rpartition(".")[2],
        "code": told.code,
        "problems": [{"path": each.path, "code": each.code, "message": each.message} for each in problems],
    }
    position = error.data.get("position") if isinstance(error, EntrepotError) else None
    if isinstance(position, int):
        data["position"] = position
    expired = told.wire.jsonrpc == 100
    body = {
        "jsonrpc": "2.0",
        "id": identity,
        **beside,
        "error": {
            "code": told.wire.jsonrpc,
            "message": "Session Expired" if expired else told.message,
            "data": data,
        },
    }
    try:
        return told, orjson.dumps(body)
    except TypeError:  # an id or a message that only the slower speller knows
        return told, to_json(body, empty=None)
