"""Messages to a real peer from a real server: soon, and through kill -9 of everything in the midst of it.

What was acknowledged arrives, what arrives was committed, in order for each record, and what comes twice bears the same id.
"""

from __future__ import annotations

import http.client
import itertools
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import pytest

from fake_peer import FakePeer, Step, fake_peer
from server_fixtures import Tenant
from server_process import ServerProcess

CLIENTS = 4
EACH = 30
PASSWORD = "admin's own"
PAGE = Path(__file__).parents[2] / "docs" / "look-up" / "addons" / "outbox.md"
_numbers = itertools.count(1)
Open = Callable[[ServerProcess], Tenant]


@pytest.fixture
def with_outbox() -> Iterator[Open]:
    """A function that makes a tenant with an outbox and nothing else."""
    made: list[Tenant] = []

    def make(server: ServerProcess) -> Tenant:
        name = f"outbox-{os.getpid()}-{next(_numbers)}"
        done = server.command("tenant", "create", name, "--addons", "outbox", "--password", PASSWORD)
        assert done.returncode == 0, done.stderr
        made.append(Tenant(server, name, "admin", PASSWORD))
        return made[-1]

    yield make
    for each in made:
        each.server.command("tenant", "drop", each.db, "--yes")


@pytest.fixture
def peer() -> Iterator[FakePeer]:
    with fake_peer() as found:
        yield found


def endpoint(tenant: Tenant, peer: FakePeer, **more: Any) -> int:
    values = {"name": "Bank", "url": peer.url, "allow_internal": True, **more}
    made = tenant.execute("outbox.endpoint", "create", values)
    assert isinstance(made, int)
    return made


def test_a_message_leaves_within_a_second_whichever_worker_took_the_call(
    own_server: Callable[..., ServerProcess], with_outbox: Open, peer: FakePeer
) -> None:
    tenant = with_outbox(own_server(workers=2))
    bank = endpoint(tenant, peer)
    tenant.execute("outbox.endpoint", "action_send", [bank], "first", "/first", {})
    peer.wait_for(1)
    waits = []
    for number in range(10):
        tenant.execute("outbox.endpoint", "action_send", [bank], "a", f"/{number}", {"n": number})
        acknowledged = time.time()
        waits.append(peer.wait_for(number + 2)[-1].at - acknowledged)
    assert max(waits) < 1, waits
    deadline = time.monotonic() + 10
    while tenant.execute("outbox.message", "search_count", [["state", "=", "sent"]]) != 11:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_example_of_the_page_works(own_server: Callable[..., ServerProcess], with_outbox: Open) -> None:
    tenant = with_outbox(own_server(settings={"ENTREPOT_OUTBOX": "no"}))
    (example,) = re.findall(r"^```python\n(from xmlrpc.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    for printed, ours in (
        ("http://127.0.0.1:8069", tenant.url),
        ('"demo"', f'"{tenant.db}"'),
        ('"admin", "admin"', f'"admin", "{PASSWORD}"'),
        ('uid, "admin"', f'uid, "{PASSWORD}"'),
    ):
        assert printed in example
        example = example.replace(printed, ours)
    done = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "stock.changed"), done.stderr


class Clients:
    """Some who send numbered messages of a record each, and remember what was acknowledged."""

    def __init__(self, tenant: Tenant, bank: int) -> None:
        self.tenant = tenant
        self.bank = bank
        self.uid = tenant.uid()
        self.acknowledged: dict[str, tuple[int, int]] = {}
        self.next = [0] * CLIENTS
        self._threads: list[threading.Thread] = []

    def go(self, upto: int) -> None:
        """Begin; each stops at its number or when the server is gone."""
        self._threads = [threading.Thread(target=self._work, args=(who, upto)) for who in range(CLIENTS)]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _work(self, who: int, upto: int) -> None:
        with ServerProxy(f"{self.tenant.url}/xmlrpc/2/object", allow_none=True) as models:
            while self.next[who] < upto:
                number = self.next[who]
                # What was not acknowledged may have been done: the next try is another number.
                self.next[who] += 1
                body = {"who": who, "number": number}
                args = [[self.bank], "counted", f"/who/{who}", body, "POST", f"who,{who}"]
                try:
                    (made,) = models.execute_kw(  # type: ignore[misc]  # what the wire gives
                        self.tenant.db, self.uid, self.tenant.password, "outbox.endpoint", "action_send", args
                    )
                except (OSError, Fault, http.client.HTTPException):
                    return
                self.acknowledged[str(made)] = (who, number)


def test_nothing_is_lost_and_nothing_is_a_phantom_through_kill_9(
    own_server: Callable[..., ServerProcess], with_outbox: Open, peer: FakePeer
) -> None:
    server = own_server(workers=2)
    tenant = with_outbox(server)
    bank = endpoint(tenant, peer, timeout_s=1, retry_schedule="0", max_attempts=50)
    peer.default = Step(wait_s=0.005)
    peer.scripts["/who/0"].extend([Step(), Step(500), Step(), Step(cut=True), Step(503)])
    peer.scripts["/who/1"].extend([Step(), Step(400), Step()])
    clients = Clients(tenant, bank)
    clients.go(EACH)
    peer.wait_for(EACH)
    server.kill()
    clients.join()
    server.start("serve")
    clients.go(EACH)
    clients.join()
    _settled(tenant)

    rows = tenant.execute("outbox.message", "search_read", [], ["message_id", "state", "body"])
    assert isinstance(rows, list)
    there = {row["message_id"]: row for row in rows}
    assert {row["state"] for row in rows} == {"sent"}
    received = list(peer.received)
    assert set(clients.acknowledged) <= set(there), "what was acknowledged is there"
    assert {one.id for one in received} == set(there), "what is there has arrived, and nothing else"
    for one in received:
        assert one.body.decode() == there[one.id]["body"], "what comes twice is the same"
    for who in range(CLIENTS):
        numbers = [one.json["number"] for one in received if one.json["who"] == who]
        assert numbers == sorted(numbers), "a record's messages arrive in order"
        ids = [one.id for one in received if one.json["who"] == who]
        assert len(set(ids)) == len(set(numbers)), "one number is one message"


def _settled(tenant: Tenant) -> None:
    deadline = time.monotonic() + 60
    while tenant.execute("outbox.message", "search_count", [["state", "!=", "sent"]]):
        assert time.monotonic() < deadline, tenant.execute(
            "outbox.message", "search_read", [["state", "!=", "sent"]], ["state", "attempts", "last_error"]
        )
        time.sleep(0.1)
