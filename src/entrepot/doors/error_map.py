"""One table: the class of an error → how each wire spells it, looked up along the class's MRO.

What is not an `EntrepotError` is our fault: the client gets a random trace id, the log gets the traceback
under it. Messages of `EntrepotError` are written for clients; no traceback, SQL or path is ever in an answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import orjson

from entrepot.doors.arguments import WrongArguments
from entrepot.doors.body import SlowBody, UnsupportedEncoding
from entrepot.doors.http import JSON, Reply
from entrepot.errors import (
    AccessDenied,
    AccessError,
    BadQuery,
    BadRequest,
    ConflictError,
    EntrepotError,
    MissingError,
    RateLimited,
    SessionExpired,
    TenantUnavailable,
    TooLarge,
    UnknownMethod,
    UserError,
    ValidationError,
)
from entrepot.observe.events import trace, trace_id_of


class DatabaseExists(ConflictError):  # noqa: N818 - the state it names
    """The database already exists."""


class UnknownModel(MissingError):  # noqa: N818 - the state it names
    """There is no such model; `/web/dataset/call_kw` alone answers it like an unknown address."""


@dataclass(frozen=True, slots=True)
class Wire:
    """HTTP status, XML-RPC fault code, JSON-RPC error code, and the class name that clients test for."""

    http: int
    xmlrpc: int
    jsonrpc: int
    name: str


WIRES: Mapping[type, Wire] = MappingProxyType(
    {  # error          http  xmlrpc  json-rpc  data.name
        BadRequest: Wire(400, 1, 200, "builtins.ValueError"),
        BadQuery: Wire(400, 1, 200, "builtins.ValueError"),
        WrongArguments: Wire(422, 1, 200, "builtins.TypeError"),
        TooLarge: Wire(413, 1, 200, "builtins.ValueError"),
        UnsupportedEncoding: Wire(415, 1, 200, "builtins.ValueError"),
        SlowBody: Wire(408, 1, 200, "builtins.ValueError"),
        UnknownMethod: Wire(404, 1, 200, "builtins.AttributeError"),
        AccessDenied: Wire(401, 3, 200, "odoo.exceptions.AccessDenied"),
        SessionExpired: Wire(401, 3, 100, "odoo.http.SessionExpiredException"),
        AccessError: Wire(403, 4, 200, "odoo.exceptions.AccessError"),
        MissingError: Wire(404, 2, 200, "odoo.exceptions.MissingError"),
        UnknownModel: Wire(404, 2, 404, "werkzeug.exceptions.NotFound"),
        UserError: Wire(422, 2, 200, "odoo.exceptions.UserError"),
        ValidationError: Wire(422, 2, 200, "odoo.exceptions.ValidationError"),
        ConflictError: Wire(409, 2, 200, "odoo.exceptions.UserError"),
        DatabaseExists: Wire(409, 1, 200, "odoo.service.db.DatabaseExists"),
        RateLimited: Wire(429, 1, 200, "entrepot.errors.RateLimited"),
        TenantUnavailable: Wire(503, 1, 200, "entrepot.errors.TenantUnavailable"),
    }
)
INTERNAL = Wire(500, 1, 200, "entrepot.errors.InternalError")
JSONRPC_MESSAGES: Mapping[int, str] = MappingProxyType(
    {100: "Odoo Session Expired", 200: "Odoo Server Error", 404: "404: Not Found"}
)

# What Odoo's first XML-RPC says instead of numbers; the class named is Odoo's.
V1_WARNINGS: Mapping[type, str] = MappingProxyType(
    {
        AccessError: "warning -- AccessError\n\n",
        MissingError: "warning -- MissingError\n\n",
        UserError: "warning -- UserError\n\n",
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a client may know of an error. `code` is ours and stable; `line` is the one-line form "Name:
    message".
    """

    wire: Wire
    code: str
    message: str
    v1_code: str
    v1_string: str

    @property
    def line(self) -> str:
        """The exception as its last traceback line would read."""
        return f"{self.wire.name.rpartition('.')[2]}: {self.message}"

    def data(self) -> dict[str, Any]:
        """The `data` member of a JSON-RPC error, and the body of a JSON-2 one."""
        return {
            "name": self.wire.name,
            "debug": "",
            "message": self.message,
            "arguments": [self.message],
            "context": {},
        }


def wire(error: BaseException) -> Wire:
    """The row of an error's nearest class in the table."""
    return next((WIRES[kind] for kind in type(error).__mro__ if kind in WIRES), INTERNAL)


def tell(error: Exception) -> Told:
    """Say what happened in a client's words; log our own faults with their traceback under a trace id."""
    row = wire(error)
    if not isinstance(error, EntrepotError) or row is INTERNAL:
        trace_id = trace_id_of(error)
        if not trace_id:
            trace_id = trace(error)
            logging.getLogger("entrepot.doors").error("internal error %s", trace_id, exc_info=error)
        message = f"Internal server error; its trace id is {trace_id}."
        return Told(INTERNAL, "internal_error", message, message, f"InternalError: {message}")
    message = error.message
    prefix = next((V1_WARNINGS[kind] for kind in type(error).__mro__ if kind in V1_WARNINGS), None)
    if isinstance(error, AccessDenied):
        v1 = ("AccessDenied", message)
    elif prefix is not None and row.xmlrpc != 1:
        v1 = (prefix + message, "")
    else:
        v1 = (message, f"{row.name.rpartition('.')[2]}: {message}")
    return Told(row, error.code, message, *v1)


def refusal(error: Exception) -> Reply:
    """The plain HTTP form of an error, for addresses that speak no RPC."""
    told = tell(error)
    headers = JSON
    if told.wire.http == 401:
        headers = (*JSON, (b"www-authenticate", b'Bearer realm="entrepot"'))
    elif told.wire.http in {429, 503}:
        headers = (*JSON, (b"retry-after", b"5"))
    elif told.wire.http == 408:
        headers = (*JSON, (b"connection", b"close"))
    return Reply(
        told.wire.http, headers, orjson.dumps({"error": {"code": told.code, "message": told.message}})
    )
