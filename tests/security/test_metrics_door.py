"""The numbers of a server are for the machine it runs on, unless its owner says otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app_fixtures import MakeHouse
from entrepot.doors.asgi import Application


@pytest.fixture
def place(tmp_path: Path) -> Any:
    from entrepot.settings import Settings

    return Settings(data=tmp_path, durable=False)


@pytest.fixture
def ask(make_house: MakeHouse) -> Iterator[Any]:
    """A function that asks for /metrics from an address and tells the status."""
    made: list[Application] = []

    def asked(address: str, headers: dict[str, str] | None = None, **settings: Any) -> int:
        application = Application(make_house(**settings).app.server)
        made.append(application)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "GET",
            "path": "/metrics",
            "query_string": b"",
            "scheme": "http",
            "client": (address, 1) if address else None,
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
        }
        asyncio.run(application(scope, receive, send))
        status: int = sent[0]["status"]
        return status

    yield asked
    for each in made:
        each.workers.stop()


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.9", "::1"])
def test_this_machine_may_read_them(ask: Any, address: str) -> None:
    assert ask(address) == 200


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "::ffff:192.0.2.1", "2001:db8::1", "", "unix"])
def test_others_may_not(ask: Any, address: str) -> None:
    assert ask(address) == 403


@pytest.mark.parametrize("name", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_a_proxy_on_this_machine_speaks_for_others(ask: Any, name: str) -> None:
    assert ask("127.0.0.1", {name: "127.0.0.1"}) == 403


def test_others_may_when_the_settings_say_so(ask: Any) -> None:
    assert ask("192.0.2.1", metrics_public=True) == 200
