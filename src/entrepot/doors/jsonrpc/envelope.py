"""The JSON-RPC envelope: what is inside a request, and how a result or an error is wrapped.

Used by `/jsonrpc` and by every JSON address under `/web`. A body that is no envelope is refused by HTTP
status; all that goes wrong inside one is an error under status 200, because that is where clients look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple, TypeAlias

import orjson

from entrepot.doors.abc import House
from entrepot.doors.error_map import JSONRPC_MESSAGES, tell
from entrepot.doors.http import JSON, Headers, NoSuchPage, Reply, Request, Route, media_type
from entrepot.doors.json_body import parse
from entrepot.doors.values import to_json
from entrepot.errors import BadRequest

MEDIA_TYPES = frozenset({b"application/json", b"application/json-rpc"})


class Outcome(NamedTuple):
    """A result that brings headers along. `empty` None leaves its empty values `null`."""

    value: Any
    headers: Headers = ()
    empty: bool | None = False


Action: TypeAlias = Callable[[House, Request, Mapping[str, Any]], Any]


def route(door: str, action: Action) -> Route:
    """A route for an action: takes the params, returns the result (None: no result) or an `Outcome`."""
    return Route(door, partial(answer, action))


def answer(action: Action, house: House, request: Request) -> Reply:
    """Open the envelope, act, close it. Raises BadRequest for what is no envelope, NoSuchPage without a
    database.
    """
    identity, params = unwrap(request, house.settings.max_depth)
    try:
        value = action(house, request, named(params))
        outcome = value if isinstance(value, Outcome) else Outcome(value)
        body = result(identity, outcome.value, empty=outcome.empty)
        return Reply(200, (*JSON, *outcome.headers), body)
    except NoSuchPage:
        raise
    except Exception as error:  # noqa: BLE001 - the rim: whatever went wrong is told as an error
        return Reply(200, JSON, failure(identity, error))


def unwrap(request: Request, max_depth: int) -> tuple[Any, Any]:
    """The id and params of a request. Raises BadRequest for another content type, no JSON, or no object (a
    batch).
    """
    if media_type(request) not in MEDIA_TYPES:
        raise BadRequest("Send JSON with the content type application/json.")
    message = parse(request.body, max_depth)
    if not isinstance(message, dict):
        raise BadRequest("A JSON-RPC request must be one object; batches are not supported.")
    return message.get("id"), message.get("params", {})


def named(params: Any) -> Mapping[str, Any]:
    """Params as an object; nothing means none. Raises BadRequest."""
    if params is None:
        return {}
    if not isinstance(params, dict):
        raise BadRequest("'params' must be an object of named parameters.")
    return params


def result(identity: Any, value: Any, *, empty: bool | None = False) -> bytes:
    """The answer with a result; None at the top has no `result` member at all, inside it is `empty`."""
    head = b'{"jsonrpc":"2.0","id":' + to_json(identity, empty=None)
    return head + b"}" if value is None else head + b',"result":' + to_json(value, empty=empty) + b"}"


def failure(identity: Any, error: Exception) -> bytes:
    """The answer with an error."""
    told = tell(error)
    code = told.wire.jsonrpc
    body = orjson.dumps({"code": code, "message": JSONRPC_MESSAGES[code], "data": told.data()})
    return b'{"jsonrpc":"2.0","id":' + to_json(identity, empty=None) + b',"error":' + body + b"}"
