"""Attacks over the wire on a real server: refused under a status or fault, and no reply tells of its insides."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from xmlrpc.client import Binary, dumps

import pytest

from security.clinic import LEAKS
from server_process import ServerProcess

JSON = {"Content-Type": "application/json"}
XML = {"Content-Type": "text/xml"}


@dataclass(frozen=True)
class Knock:
    """One request, the statuses it may end with, and what its reply must not hold."""

    title: str
    path: str
    body: bytes = b""
    statuses: tuple[int, ...] = (400, 401, 403, 404, 405, 415, 422)
    headers: dict[str, str] = field(default_factory=lambda: JSON)
    method: str = "POST"
    holds: str = ""

    def __str__(self) -> str:
        return self.title


def xml(title: str, method: str, *params: Any, path: str = "object", holds: str = "<fault>") -> Knock:
    body = dumps(params, method, allow_none=True).encode()
    return Knock(f"xmlrpc: {title}", f"/xmlrpc/2/{path}", body, (200,), XML, holds=holds)


def rpc(title: str, service: str, method: str, *args: Any) -> Knock:
    params = {"service": service, "method": method, "args": args}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "call", "params": params}).encode()
    return Knock(f"jsonrpc: {title}", "/jsonrpc", body, (200, 400), holds='"error"')


def execute(
    uid: Any, password: Any, model: Any = "res.partner", method: Any = "search", db: Any = "demo"
) -> tuple[Any, ...]:
    return (db, uid, password, model, method, [[]])


UIDS: tuple[Any, ...] = (True, False, 0, -1, 1, 1.0, 2.5, "2 ", "0x2", "\u0662", [2], {"uid": 2}, "")
PASSWORDS: tuple[Any, ...] = (5, 0, True, [], ["admin"], {}, "", "x" * 100_000, "%", "admin' OR 1=1 --")
KNOCKS = [
    *(xml(f"user {uid!r}", "execute_kw", *execute(uid, "admin")) for uid in UIDS),
    *(rpc(f"user {uid!r}", "object", "execute_kw", *execute(uid, "admin")) for uid in (*UIDS, None, 2**70, "\0")),
    *(xml(f"password {word!r:.20}", "execute_kw", *execute(2, word)) for word in (*PASSWORDS, None, Binary(b"admin"))),
    *(rpc(f"password {word!r:.20}", "object", "execute_kw", *execute(2, word)) for word in (*PASSWORDS, None, "admin\0")),
    *(xml(f"login with {word!r:.20}", "login", "demo", "admin", word, path="common", holds="<") for word in PASSWORDS),
    *(
        rpc(f"database {name!r:.30}", "object", "execute_kw", *execute(2, "admin", db=name))
        for name in ("", "no-such", "../demo", "demo\0", "DEMO", "demo'", "a" * 9999, 5, None, True, ["demo"], "\ud800")
    ),
    *(
        rpc(f"{model!r:.20}.{method!r:.20}", "object", "execute_kw", *execute(2, "admin", model, method))
        for model, method in (
            ("res.partner", "_private"), ("res.partner", "__class__"), ("res.partner", "sudo"), ("res.partner", "\0"),
            ("res.partner", "\ud800"), ("res.partner\0", "search"), ("\ud800", "search"), ("a" * 9999, "search"),
            ("../x", "search"), (5, "search"), ("res.partner", None), (["res.partner"], "search"), ("", ""),
        )
    ),
    *(
        rpc(f"{method} with {word!r}", "db", method, word, "stolen")
        for method in ("create_database", "duplicate_database", "drop", "dump", "restore", "rename", "change_admin_password")
        for word in ("", "admin", "master", None, True, 0, ["x"])
    ),
    Knock("json-2 without a key", "/json/2/res.partner/search", b"{}"),
    Knock("json-2 with a password", "/json/2/res.partner/search", b"{}", headers={**JSON, "Authorization": "Bearer admin"}),
    Knock("json-2 with a key of nobody, another tenant", "/json/2/res.partner/search", b"{}",
          headers={**JSON, "Authorization": "Bearer " + "a" * 40, "X-Odoo-Database": "no-such"}),
    Knock("json-2 by GET", "/json/2/res.partner/unlink", method="GET"),
    Knock("json-2 as a form", "/json/2/res.partner/unlink", b"ids=1",
          headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Knock("json-2 as plain text", "/json/2/res.partner/unlink", b"{}", headers={"Content-Type": "text/plain"}),
    Knock("json-rpc by GET", "/jsonrpc", method="GET"),
    Knock("json-rpc as a form", "/jsonrpc", b"a=1", headers={"Content-Type": "application/x-www-form-urlencoded"}),
    Knock("10,000 lists in each other", "/jsonrpc", b"[" * 10_000 + b"]" * 10_000, (200, 400), holds="error"),
    Knock("a number of 5,000 digits", "/jsonrpc", b'{"id":1,"params":{"service":' + b"9" * 5000 + b"}}", (200, 400)),
    Knock("NaN", "/jsonrpc", b'{"id":1,"params":NaN}', (200, 400), holds="error"),
    Knock("half a surrogate", "/jsonrpc", b'{"id":1,"params":{"service":"\\ud800","method":"x","args":[]}}', (200, 400)),
    *(
        Knock(f"file {path!r:.60}", f"/web/{path}", b"", (200, 400, 401, 403, 404), {}, "GET")
        for path in (
            "content/1", "content/ir.attachment/1/datas", "content/res.users/2/password_hash", "image/res.users/1/image_1920",
            "content/ir.attachment/1/../../x", "content/..%2f..%2fetc%2fpasswd", "content/%00", "content/" + "9" * 4000,
            "content/res.users/2/__class__", "image/no.such/1/x", "content/-1", "binary/company_logo?db=../x",
            "content/ir.attachment/1/store_key",
        )
    ),
    Knock("who one is, without a session", "/web/session/get_session_info", b'{"params":{}}', (200,), holds="error"),
    Knock("a session of somebody's making", "/web/dataset/call_kw",
          b'{"params":{"model":"res.users","method":"read","args":[[2]],"kwargs":{}}}',
          (200,), {**JSON, "Cookie": "session_id=demo.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}, holds="error"),
    Knock("a session in the query", "/web/session/get_session_info?session_id=demo.a", b'{"params":{}}', (200,), holds="error"),
]  # fmt: skip


@pytest.mark.parametrize("knock", KNOCKS, ids=str)
def test_it_is_refused_and_tells_nothing(server: ServerProcess, knock: Knock) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(knock.method, knock.path, knock.body or None, knock.headers)
        answer = connection.getresponse()
        told = answer.read().decode("utf-8", "replace")
        told += "".join(f"{name}: {value}\n" for name, value in answer.getheaders())
    finally:
        connection.close()
    assert answer.status in knock.statuses
    assert knock.holds in told
    for leak in (*LEAKS, "InternalError", "internal_error", server.master, str(server.data)):
        assert leak not in told
