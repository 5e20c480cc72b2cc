"""The doors as these tests knock on them: a call in; the plain value, or the refusal's shared name, out."""

from __future__ import annotations

import http.client
import json
import re
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from server_fixtures import Tenant


class Refused(Exception):  # noqa: N818 - it is an answer
    """The server said no: `kind` is the name that all doors share."""

    def __init__(self, kind: str, message: str, spelled: Any) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.message = message
        self.spelled = spelled


class Door(Protocol):
    """One wire for one user."""

    name: str

    def call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        """The answer with None as False and every key a text. Raises Refused."""

    def close(self) -> None:
        """End the connection."""


@dataclass(frozen=True)
class User:
    """Who knocks: everything that one of the doors asks for."""

    tenant: Tenant
    uid: int
    login: str
    password: str
    key: str


# How each wire spells an error: XML-RPC 2 by number, version 1 by text, JSON by class name, JSON-2 by status.
V2 = {1: "BadRequest", 2: "UserError", 3: "AccessDenied", 4: "AccessError"}
V1 = {"AccessError": "AccessError", "MissingError": "MissingError", "UserError": "UserError"}
JSON2 = {401: "AccessDenied", 403: "AccessError", 404: "MissingError", 422: "UserError", 400: "BadRequest"}
BUILTINS = {"TypeError", "ValueError", "AttributeError", "KeyError", "IndexError", "AssertionError"}


def class_name(dotted: str) -> str:
    """The shared name of an error class that JSON names."""
    name = dotted.rpartition(".")[2]
    return "BadRequest" if name in BUILTINS else name


def plain(value: Any) -> Any:
    """A value as every door gives it once None is False and keys are texts."""
    match value:
        case None:
            return False
        case list() | tuple():
            return [plain(each) for each in value]
        case dict():
            return {str(key): plain(each) for key, each in value.items()}
        case _:
            return value


class XmlRpc:
    """`/xmlrpc/2`, or version 1 of the same."""

    def __init__(self, user: User, *, first: bool = False) -> None:
        self.name = "xmlrpc-v1" if first else "xmlrpc"
        self.user = user
        path = "xmlrpc/object" if first else "xmlrpc/2/object"
        self.proxy = xmlrpc.client.ServerProxy(f"{user.tenant.url}/{path}", allow_none=True)

    def call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        user = self.user
        try:
            return plain(
                self.proxy.execute_kw(
                    user.tenant.db, user.uid, user.password, model, method, args, dict(kwargs)
                )
            )
        except xmlrpc.client.Fault as fault:
            raise self.refused(fault) from fault

    def refused(self, fault: xmlrpc.client.Fault) -> Refused:
        code, text = fault.faultCode, fault.faultString
        if self.name == "xmlrpc":
            assert isinstance(code, int), fault
            return Refused(V2[code], text, fault)
        assert isinstance(code, str), fault
        if code == "AccessDenied":
            return Refused("AccessDenied", text, fault)
        warning = re.match(r"warning -- (\w+)\n\n(.*)", code, re.DOTALL)
        return Refused(V1[warning[1]], warning[2], fault) if warning else Refused("BadRequest", code, fault)

    def close(self) -> None:
        self.proxy("close")()


class Json:
    """What the JSON doors have in common: one kept connection."""

    name = "json"

    def __init__(self, user: User) -> None:
        self.user = user
        self.connection = http.client.HTTPConnection("127.0.0.1", user.tenant.server.port, timeout=60)
        self.headers = {"Content-Type": "application/json"}

    def post(self, path: str, body: Any) -> tuple[int, Any]:
        """The status and the decoded answer of one POST."""
        self.connection.request("POST", path, json.dumps(body).encode(), self.headers)
        answer = self.connection.getresponse()
        for each in answer.headers.get_all("Set-Cookie") or ():
            self.headers["Cookie"] = each.partition(";")[0]
        return answer.status, json.loads(answer.read() or b"null")

    def rpc(self, path: str, params: Any) -> Any:
        """The result of one JSON-RPC call."""
        status, answer = self.post(path, {"jsonrpc": "2.0", "id": 7, "method": "call", "params": params})
        assert (status, answer["jsonrpc"], answer["id"]) == (200, "2.0", 7)
        if "error" in answer:
            data = answer["error"]["data"]
            assert data["debug"] == ""
            raise Refused(class_name(data["name"]), data["message"], answer["error"])
        return plain(answer.get("result"))

    def close(self) -> None:
        self.connection.close()


class JsonRpc(Json):
    """`/jsonrpc`."""

    name = "jsonrpc"

    def call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        user = self.user
        sent = [user.tenant.db, user.uid, user.password, model, method, args, dict(kwargs)]
        return self.rpc("/jsonrpc", {"service": "object", "method": "execute_kw", "args": sent})


class WebSession(Json):
    """`/web/dataset/call_kw` behind a session."""

    name = "session"

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.rpc(
            "/web/session/authenticate",
            {"db": user.tenant.db, "login": user.login, "password": user.password},
        )

    def call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        params = {"model": model, "method": method, "args": args, "kwargs": dict(kwargs)}
        return self.rpc(f"/web/dataset/call_kw/{model}/{method}", params)


# JSON-2 has names only. Record methods take `ids` first; these are the positions of the others.
PARAMETERS = {
    "search": ("domain", "offset", "limit", "order"),
    "search_count": ("domain", "limit"),
    "search_read": ("domain", "fields", "offset", "limit", "order"),
    "create": ("vals_list",),
    "name_create": ("name",),
    "name_search": ("name", "args", "operator", "limit"),
    "default_get": ("fields",),
    "fields_get": ("allfields", "attributes"),
    "read_group": ("domain", "fields", "groupby", "offset", "limit", "orderby", "lazy"),
    "load": ("fields", "data"),
    "check_access_rights": ("operation", "raise_exception"),
    "check_object_reference": ("module", "xml_id", "raise_on_access_error"),
    "web_search_read": ("domain", "specification", "offset", "limit", "order"),
    "context_get": (),
    "get_param": ("key", "default"),
    "read": ("ids", "fields", "load"),
    "write": ("ids", "vals"),
    "unlink": ("ids",),
    "copy": ("ids", "default"),
    "exists": ("ids",),
    "get_metadata": ("ids",),
    "get_external_id": ("ids",),
    "has_access": ("ids", "operation"),
    "check_access": ("ids", "operation"),
    "has_group": ("ids", "group_ext_id"),
    "web_read": ("ids", "specification"),
    "web_save": ("ids", "vals", "specification"),
    "action_archive": ("ids",),
    "action_unarchive": ("ids",),
    "toggle_active": ("ids",),
    "change_password": ("old_passwd", "new_passwd"),
    "send_patient_summary": ("ids",),
}


class Json2(Json):
    """`/json/2/<model>/<method>` with an API key."""

    name = "json2"

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.headers |= {"Authorization": f"bearer {user.key}", "X-Odoo-Database": user.tenant.db}

    def call(self, model: str, method: str, args: list[Any], kwargs: Mapping[str, Any]) -> Any:
        named = dict(zip(PARAMETERS.get(method, ("ids",)), args, strict=False)) | dict(kwargs)
        status, answer = self.post(f"/json/2/{model}/{method}", named)
        if status != 200:
            name = class_name(answer["name"])
            assert answer["debug"] == ""
            kind = name if JSON2.get(status) in {"UserError", "MissingError", "BadRequest"} else JSON2[status]
            raise Refused(kind, answer["message"], answer)
        return plain(answer)


def open_door(name: str, user: User) -> Door:
    """A door of that name, opened by a user."""
    match name:
        case "xmlrpc":
            return XmlRpc(user)
        case "xmlrpc-v1":
            return XmlRpc(user, first=True)
        case "jsonrpc":
            return JsonRpc(user)
        case "session":
            return WebSession(user)
        case _:
            return Json2(user)
