"""`/livez`, `/readyz`, `/metrics`: for those who run the server, not for those who use it."""

from __future__ import annotations

import orjson

from entrepot.doors.abc import House
from entrepot.doors.http import JSON, Reply, Request, Route

_PROMETHEUS = (
    (b"content-type", b"text/plain; version=0.0.4; charset=utf-8"),
    (b"cache-control", b"no-store"),
)


def routes() -> dict[str, Route]:
    """Three addresses."""
    return {
        "/livez": Route("operations", alive, ("GET",), inline=True),
        "/readyz": Route("operations", ready, ("GET",)),
        "/metrics": Route("operations", metrics, ("GET",)),
    }


def alive(house: House, request: Request) -> Reply:
    """The process answers: asks nothing of anybody, so that load cannot make a living server look dead."""
    del house, request
    return Reply(200, JSON, b'{"status":"pass"}')


def ready(house: House, request: Request) -> Reply:
    """Whether calls can be answered: 200, or 503 naming what is not ready."""
    del request
    missing = dict(house.ready())
    status = 503 if missing else 200
    return Reply(status, JSON, orjson.dumps({"status": "fail" if missing else "pass", "missing": missing}))


def metrics(house: House, request: Request) -> Reply:
    """Everything measured."""
    del request
    return Reply(200, _PROMETHEUS, house.metrics().encode())
