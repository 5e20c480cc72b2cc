"""`/livez`, `/readyz`, `/metrics`: for those who run the server, not for those who use it."""

from __future__ import annotations

from ipaddress import ip_address

import orjson

from entrepot.doors.abc import House
from entrepot.doors.http import JSON, Reply, Request, Route
from entrepot.errors import AccessError

_FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-real-ip")
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
    """Everything measured, for this machine alone unless the settings say otherwise. Raises AccessError."""
    if not house.settings.metrics_public and not _is_from_here(request):
        raise AccessError("Metrics are for this machine alone; ENTREPOT_METRICS_PUBLIC=yes opens them.")
    return Reply(200, _PROMETHEUS, house.metrics().encode())


def _is_from_here(request: Request) -> bool:
    """Whether a program of this machine asks; a proxy here that speaks for somebody is no such program."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ip_address(request.address).is_loopback
    except ValueError:
        return False
