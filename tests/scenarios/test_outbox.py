"""Messages to a real peer from a real server: soon, and through kill -9 of everything in the midst of it.

What was acknowledged arrives, what arrives was committed, in order for each record, and what comes twice bears the same id.
"""

from __future__ import annotations

import http.client
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import pytest

from fake_peer import FakePeer, Step, fake_peer
from server_fixtures import Tenant
from server_process import ServerProcess

CLIENTS = 4
EACH = 36
PASSWORD = "admin's own"
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
    bank = endpoint(tenant, peer, timeout_s=1, retry_schedule="1", max_attempts=50)
    peer.default = Step(wait_s=0.005)
    for path in ("/who/0", "/who/1"):
        peer.scripts[path].extend([Step(), Step(500), Step(), Step(cut=True), Step(wait_s=2), Step(503)])
    clients = Clients(tenant, bank)
    for upto in (EACH // 3, 2 * EACH // 3):
        clients.go(upto)
        peer.wait_for(len(peer.received) + 15)
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
