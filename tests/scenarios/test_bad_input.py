"""What is no call at all: each is refused in words, quickly, in bounded memory, and the server goes on."""

from __future__ import annotations

import base64
import gzip
import http.client
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import pytest

from server_fixtures import Tenant
from server_process import ServerProcess

XML = "/xmlrpc/2/common"
V1 = "/xmlrpc/common"
JSON = {"Content-Type": "application/json"}
MIB = 1024 * 1024
GROWTH_MIB = 700
SECRETS = (b"Traceback", b'File "', b"/site-packages/", b"SELECT ")

VERSION = b"<methodCall><methodName>version</methodName></methodCall>"
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))


@dataclass(frozen=True)
class Bad:
    """A request that is none, and the answer: its status and what its body holds."""

    title: str
    path: str
    body: bytes
    status: int
    holds: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"

    def __str__(self) -> str:
        return self.title


def xml(title: str, body: bytes, path: str = XML) -> Bad:
    """XML that is no call: always 200 with a fault."""
    return Bad(title, path, body, 200, b"<fault>", {"Content-Type": "text/xml"})


def rpc(title: str, body: Any, status: int = 400, holds: bytes = b"", **headers: str) -> Bad:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Bad(title, "/jsonrpc", raw, status, holds, headers or JSON)


def call(*params: bytes) -> bytes:
    inside = b"".join(b"<param>%s</param>" % each for each in params)
    return b"<methodCall><methodName>login</methodName><params>%s</params></methodCall>" % inside


TABLE = [
    xml("no body", b""),
    xml("no XML", b"hello"),
    xml("XML cut off", VERSION[:-5]),
    xml("another document", b"<html><body/></html>"),
    xml("no method name", b"<methodCall></methodCall>"),
    xml("a document type", b"<!DOCTYPE a>" + VERSION),
    xml(
        "a billion laughs", b'<!DOCTYPE a [<!ENTITY l0 "ha">' + LAUGHS + b"]>" + call(b"<value>&l9;</value>")
    ),
    xml(
        "an outside entity",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + call(b"<value>&x;</value>"),
    ),
    xml(
        "a document type in UTF-16",
        ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a>' + VERSION.decode()).encode("utf-16"),
    ),
    xml(
        "nesting of ten thousand",
        call(b"<value><array><data>" * 10_000 + b"</data></array></value>" * 10_000),
    ),
    xml("a million empty elements", b"<methodCall>" + b"<a/>" * 1_000_000 + b"</methodCall>"),
    xml("an unknown type", call(b"<value><complex>1</complex></value>")),
    xml("an int that is none", call(b"<value><int>one</int></value>")),
    xml("an int with an underscore", call(b"<value><int>1_000</int></value>")),
    xml("an int of 200,000 digits", call(b"<value><int>" + b"9" * 200_000 + b"</int></value>")),
    xml("a boolean that is none", call(b"<value><boolean>yes</boolean></value>")),
    xml("base64 that is none", call(b"<value><base64>!!!a</base64></value>")),
    xml(
        "a struct without a name", call(b"<value><struct><member><value>1</value></member></struct></value>")
    ),
    xml("the same by version 1", b"hello", V1),
    xml("a NUL", b"\0" * 100),
    xml(
        "a login of a megabyte",
        call(
            b"<value>demo</value>",
            b"<value>" + b"x" * MIB + b"</value>",
            b"<value>y</value>",
            b"<value>z</value>",
        ),
    ),
    xml("an unknown service method", b"<methodCall><methodName>dance</methodName></methodCall>"),
    Bad("GET of XML-RPC", XML, b"", 405, method="GET"),
    Bad("PUT of XML-RPC", XML, VERSION, 405, method="PUT"),
    Bad("an unknown service", "/xmlrpc/2/dance", VERSION, 200, b"<fault>"),
    Bad(
        "broken gzip",
        XML,
        gzip.compress(VERSION)[:-4] + b"xxxx",
        200,
        b"<fault>",
        headers={"Content-Encoding": "gzip"},
    ),
    Bad(
        "a gzip bomb",
        XML,
        gzip.compress(b"a" * (64 * MIB)),
        200,
        b"<fault>",
        headers={"Content-Encoding": "gzip"},
    ),
    rpc("no JSON", b"hello"),
    rpc("no body at all", b""),
    rpc("a list", []),
    rpc("a text", "call"),
    rpc("JSON cut off", b'{"params": {'),
    rpc("nesting of ten thousand lists", b'{"params": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
    rpc("text that is not UTF-8", b'{"params": "\xff\xfe"}'),
    rpc("another content type", {"params": {}}, 400, **{"Content-Type": "text/plain"}),
    rpc("params that are a list", {"params": [1]}, 200, b'"error"'),
    rpc("no service", {"params": {}}, 200, b'"error"'),
    rpc("an unknown service", {"params": {"service": "dance", "method": "x", "args": []}}, 200, b'"error"'),
    rpc(
        "args that are a number",
        {"params": {"service": "common", "method": "login", "args": 3}},
        200,
        b'"error"',
    ),
    rpc(
        "too few arguments",
        {"params": {"service": "common", "method": "login", "args": []}},
        200,
        b"TypeError",
    ),
    Bad(
        "call_kw without a session",
        "/web/dataset/call_kw",
        b'{"params": {"model": "res.partner", "method": "read", "args": [[1]], "kwargs": {}}}',
        0,
        b"",
        JSON,
    ),
    Bad(
        "JSON-2 without a key",
        "/json/2/res.partner/search",
        b"{}",
        401,
        b"",
        JSON | {"X-Odoo-Database": "demo"},
    ),
    Bad(
        "JSON-2 with a wrong key",
        "/json/2/res.partner/search",
        b"{}",
        401,
        b"",
        JSON
        | {"X-Odoo-Database": "demo", "Authorization": "bearer 0123456789abcdef0123456789abcdef01234567"},
    ),
    Bad("a file of another tenant's disk", "/web/content/../../../../etc/passwd", b"", 404, method="GET"),
    Bad("a file by a number that is none", "/web/content/1e9", b"", 404, method="GET"),
]


def ask(server: ServerProcess, bad: Bad) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(bad.method, bad.path, bad.body, bad.headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize("bad", TABLE, ids=str)
def test_bad_input_is_refused_in_words(server: ServerProcess, bad: Bad) -> None:
    status, body = ask(server, bad)
    # Without a session, a server that serves several databases may say 404 as well as error 100.
    assert status == bad.status or (
        bad.status == 0 and (status == 404 or b'"code":100' in body.replace(b" ", b""))
    )
    assert bad.holds in body
    assert not [secret for secret in SECRETS if secret in body]
    assert server.is_ready()


def test_a_length_past_the_bound_is_refused_before_it_is_sent(server: ServerProcess) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.putrequest("POST", XML)
        connection.putheader("Content-Length", str(10**12))
        connection.endheaders()
        answer = connection.getresponse()
        assert answer.status == 200
        assert b"<fault>" in answer.read()
    finally:
        connection.close()


def test_memory_stays_bounded(server: ServerProcess) -> None:
    for bad in TABLE:
        ask(server, bad)
    peaks = [peak_mib(pid) for pid in processes(server)]
    assert max(peaks) < GROWTH_MIB, peaks


def processes(server: ServerProcess) -> list[int]:
    """The server's process and those below it."""
    assert server.process is not None
    found = [server.process.pid]
    for pid in found:
        children = Path(f"/proc/{pid}/task/{pid}/children")
        found += [int(child) for child in children.read_text().split()] if children.exists() else []
    return found


def peak_mib(pid: int) -> int:
    """The most memory that a process ever held."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), 0)


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("res.partner", {"name": "Half", "category_id": [[0, 0, {"name": "Half tag"}], [4, 999999999, 0]]}),
        (
            "res.partner",
            {"name": "Half", "child_ids": [[0, 0, {"name": "Half child"}], [0, 0, {"nmae": "x"}]]},
        ),
        ("got2.patient", {"name": "Half", "birth_date": "2999-01-01"}),
        ("got2.patient", {"name": "Half", "allergy_ids": [[0, 0, {"substance": "Half pollen"}]]}),
    ],
)
def test_nothing_half_written_remains(tenant: Tenant, model: str, values: dict[str, Any]) -> None:
    before = counts(tenant)
    with pytest.raises(Exception, match=r".+"):
        tenant.execute(model, "create", values)
    assert counts(tenant) == before


def counts(tenant: Tenant) -> list[object]:
    models = ("res.partner", "res.partner.category", "got2.patient", "got2.patient.allergy")
    return [tenant.execute(model, "search_count", [], context={"active_test": False}) for model in models]


@pytest.mark.parametrize(
    ("title", "damage"),
    [
        ("truncated", lambda whole: whole[: len(whole) // 2]),
        ("foreign", lambda _: b"PK\x05\x06" + b"\0" * 18),
        ("no archive", lambda _: b"not a dump"),
        ("empty", lambda _: b""),
        (
            "damaged inside",
            lambda whole: whole[:200] + bytes(each ^ 0xFF for each in whole[200:600]) + whole[600:],
        ),
    ],
)
def test_a_damaged_dump_restores_nothing(tenant: Tenant, title: str, damage: Any) -> None:
    with ServerProxy(f"{tenant.url}/xmlrpc/2/db") as databases:
        before = databases.list()
        dump = base64.b64decode(databases.dump(tenant.server.master, tenant.db, "zip"))  # type: ignore[arg-type]
        bad = base64.b64encode(damage(dump)).decode()
        with pytest.raises(Fault):
            databases.restore(tenant.server.master, f"{tenant.db}-bad", bad)
        assert databases.list() == before
        good = f"{tenant.db}-good"
        databases.restore(tenant.server.master, good, base64.b64encode(dump).decode())
        restored = Tenant(tenant.server, good, tenant.login, tenant.password)
        assert counts(restored) == counts(tenant)
        databases.drop(tenant.server.master, good)
