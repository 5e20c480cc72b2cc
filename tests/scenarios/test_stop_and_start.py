"""Starting and ending a server: it says when it is ready, ends when asked, and finishes calls in flight."""

from __future__ import annotations

import signal
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from typing import Any
from xmlrpc.client import ServerProxy

import pytest

from server_fixtures import Tenant
from server_process import ServerProcess


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_signal_ends_it_cleanly(
    own_server: Callable[..., ServerProcess], number: int, workers: int
) -> None:
    server = own_server(workers=workers)
    assert server.stop(number) == 0
    assert not server.is_ready()
    assert "Traceback" not in server.log.read_text()


def test_calls_in_flight_finish(
    own_server: Callable[..., ServerProcess], new_tenant: Callable[[ServerProcess], Tenant]
) -> None:
    server = own_server()
    tenant = new_tenant(server)
    uid = tenant.uid()
    answers: list[Any] = []
    values = [{"name": f"In flight {number}"} for number in range(2000)]

    def create() -> None:
        with ServerProxy(f"{server.url}/xmlrpc/2/object") as models, suppress(OSError, HTTPException):
            answers.append(
                models.execute_kw(tenant.db, uid, tenant.password, "res.partner", "create", [values])
            )

    thread = threading.Thread(target=create)
    thread.start()
    thread.join(0.05)
    assert server.stop() == 0
    thread.join(60)
    server.start("serve")
    found = tenant.execute("res.partner", "search_count", [["name", "=like", "In flight %"]])
    assert (len(answers), found) in {(1, 2000), (0, 0)}


def test_it_says_how_it_is(server: ServerProcess) -> None:
    for path in ("/livez", "/readyz", "/web/health"):
        with urllib.request.urlopen(server.url + path, timeout=10) as answer:
            assert answer.status == 200
    with urllib.request.urlopen(f"{server.url}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    assert "# TYPE entrepot_" in text


def test_an_unknown_address_is_not_there(server: ServerProcess) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{server.url}/nothing/here", timeout=10)
    assert caught.value.code == 404
    caught.value.close()


def test_no_secret_is_in_the_log(tenant: Tenant) -> None:
    tenant.execute("res.partner", "search_count", [])
    log = tenant.server.log.read_text()
    assert tenant.server.master not in log
    assert '"password": "admin"' not in log
