"""Processes: they end when asked, finish what they began, come back when one dies, and never outlive their parent."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from entrepot import app
from entrepot.settings import Settings
from entrepot.tenants.provision import Owner
from server_process import ServerProcess

WAIT_SECONDS = 30
STORES = ("sqlite", "postgres")
Start = Callable[..., ServerProcess]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """A function that starts a server of this test alone."""
    started: list[ServerProcess] = []

    def go(**options: Any) -> ServerProcess:
        server = ServerProcess(data=tmp_path / "data", **options)
        started.append(server)
        return server.start("serve")

    yield go
    for each in started:
        each.kill()


def told(server: ServerProcess, event: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in server.log.read_text().splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == event]


def eventually(question: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + WAIT_SECONDS
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def test_a_worker_that_dies_is_replaced(start: Start) -> None:
    server = start(workers=2)
    assert eventually(lambda: len(told(server, "server_started")) == 2)
    victim = told(server, "server_started")[0]["pid"]
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: len(told(server, "server_started")) == 3)
    assert eventually(server.is_ready)
    assert server.stop() == 0
    stopped = {each["pid"] for each in told(server, "server_stopped")}
    assert stopped == {each["pid"] for each in told(server, "server_started")} - {victim}


def test_workers_do_not_outlive_their_parent(start: Start) -> None:
    server = start(workers=2)
    assert eventually(lambda: len(told(server, "server_started")) == 2)
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    assert eventually(lambda: len(told(server, "server_stopped")) == 2)
    assert eventually(lambda: is_free(server.port))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_that_cannot_start_says_so_and_ends(tmp_path: Path, workers: int) -> None:
    server = ServerProcess(data=tmp_path / "data", workers=workers, store="mysql://nowhere")
    done = server.command("serve", "--port", str(server.port), timeout=WAIT_SECONDS)
    assert done.returncode in {1, 2}
    assert "ENTREPOT_STORE: expected postgresql://" in done.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_a_taken_address_is_told(tmp_path: Path, workers: int) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        server = ServerProcess(data=tmp_path / "data", workers=workers, port=holder.getsockname()[1])
        done = server.command("serve", "--port", str(server.port), timeout=WAIT_SECONDS)
    assert done.returncode == 1
    assert done.stderr.startswith("entrepot: cannot listen on 127.0.0.1:")


@pytest.mark.parametrize("workers", [1, 2])
def test_an_impatient_operator_ends_it_cleanly_too(start: Start, workers: int) -> None:
    server = start(workers=workers)
    assert server.process is not None
    os.killpg(server.process.pid, signal.SIGINT)
    os.kill(server.process.pid, signal.SIGTERM)
    assert server.process.wait(WAIT_SECONDS) == 0
    assert "Traceback" not in server.log.read_text()


def test_no_line_of_the_log_is_lost_when_it_ends(start: Start) -> None:
    server = start(workers=1, settings={"ENTREPOT_LOG_LEVEL": "debug"})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for number in range(20):
        connection.request("GET", "/livez", headers={"X-Request-ID": f"line-{number}"})
        connection.getresponse().read()
    assert server.stop() == 0
    connection.close()
    seen = [each["request_id"] for each in told(server, "request_finished")]
    assert [each for each in seen if each.startswith("line-")] == [f"line-{number}" for number in range(20)]


def test_no_proxy_is_believed_that_is_not_named_not_even_on_this_machine(start: Start) -> None:
    server = start(workers=1, settings={"ENTREPOT_LOG_LEVEL": "debug"})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    forwarded = {"X-Forwarded-For": "192.0.2.66", "X-Forwarded-Proto": "https"}
    connection.request("GET", "/livez", headers=forwarded)
    connection.getresponse().read()
    connection.close()
    assert server.stop() == 0
    assert {each["address"] for each in told(server, "request_finished")} == {"127.0.0.1"}


def ask(connection: http.client.HTTPConnection, *args: Any) -> None:
    body = json.dumps(
        {"jsonrpc": "2.0", "id": 1, "params": {"service": "object", "method": "execute_kw", "args": args}}
    )
    connection.request("POST", "/jsonrpc", body, {"Content-Type": "application/json"})


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_call_in_flight_is_finished_and_answered(
    start: Start, request: pytest.FixtureRequest, store: str, number: int
) -> None:
    """The call waits for a row that this test holds; the server is told to end meanwhile."""
    url = request.getfixturevalue("postgres_url") if store == "postgres" else ""
    server = start(workers=1, store=url, settings={"ENTREPOT_CRON": "no"})
    name = f"inflight-{os.getpid()}-{number}"
    built = app.build(Settings(data=server.data, store=url, durable=False, log_level="error"))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        owner = Owner(password="secret")
        built.administer.make(name, addons=("base",), demo=False, owner=owner)
        who = (name, 2, "secret", "res.partner")
        ask(connection, *who, "search_count", [[]])
        assert json.loads(connection.getresponse().read())["result"] > 0
        tenant = built.tenants.open(name)
        with tenant.store.transaction(readonly=False) as tx:
            tx.execute("UPDATE res_partner SET city = 'held' WHERE id = 1")
            ask(connection, *who, "write", [[1], {"city": "Late"}])
            # Answered after the call above was read: the loop takes its sockets in turn.
            assert other(server.port) == 200
            assert server.process is not None
            server.process.send_signal(number)
            assert eventually(lambda: is_deaf(server.port))
        assert json.loads(connection.getresponse().read())["result"] is True
        assert server.process.wait(WAIT_SECONDS) == 0
        with tenant.store.transaction(readonly=True) as tx:
            assert tx.fetch("SELECT city FROM res_partner WHERE id = 1") == [("Late",)]
    finally:
        connection.close()
        if built.tenants.exists(name):
            built.administer.remove(name)
        built.close()


def other(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/livez")
        return connection.getresponse().status
    finally:
        connection.close()


def is_deaf(port: int) -> bool:
    try:
        other(port)
    except (OSError, http.client.HTTPException):
        return True
    return False
