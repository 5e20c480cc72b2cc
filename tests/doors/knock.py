"""Knocking on an ASGI application without a socket."""

from __future__ import annotations

import asyncio
import json
import xmlrpc.client
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from entrepot.doors.asgi import Application


@dataclass
class Heard:
    """One response."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def knock(
    app: Application,
    method: str,
    target: str,
    body: bytes | Iterable[bytes] = b"",
    headers: dict[str, str] | None = None,
    *,
    client: str = "203.0.113.9",
) -> Heard:
    """Send one request and hear the whole response."""
    chunks = [body] if isinstance(body, bytes) else list(body)
    path, _, query = target.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "scheme": "http",
        "client": (client, 1234),
        "headers": [
            (key.lower().encode(), value.encode("latin-1"))
            for key, value in {"host": "testserver:8069", **(headers or {})}.items()
        ],
    }
    return asyncio.run(_knock(app, scope, chunks))


async def _knock(app: Application, scope: dict[str, Any], chunks: list[bytes]) -> Heard:
    waiting = list(chunks)
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if waiting:
            chunk = waiting.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}
        await asyncio.sleep(3600)
        raise AssertionError("nobody waits that long")

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start = sent[0]
    headers = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in start["headers"]]
    return Heard(start["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def post_json(app: Application, target: str, params: Any, **headers: str) -> Heard:
    """One JSON-RPC request."""
    message = {"jsonrpc": "2.0", "method": "call", "id": 7, "params": params}
    return knock(
        app, "POST", target, json.dumps(message).encode(), {"content-type": "application/json", **headers}
    )


def xml_call(app: Application, target: str, method: str, *args: Any) -> Any:
    """One XML-RPC call: its value, or the Fault raised."""
    heard = knock(app, "POST", target, xmlrpc.client.dumps(args, method, allow_none=True).encode())
    assert heard.status == 200
    assert heard.header("content-type") == "text/xml; charset=utf-8"
    assert heard.header("content-length") == str(len(heard.body))
    return xmlrpc.client.loads(heard.body)[0][0]
