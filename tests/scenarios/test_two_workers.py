"""Two server processes on one address: what one of them is told, the other knows at the next call."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import pytest

from server_fixtures import Tenant
from server_process import ServerProcess

ENOUGH = 24


@pytest.fixture
def place(
    own_server: Callable[..., ServerProcess], new_tenant: Callable[[ServerProcess], Tenant]
) -> Iterator[Tenant]:
    """A tenant behind two processes."""
    return new_tenant(own_server(workers=2))


def on_many_connections(tenant: Tenant, call: Callable[[ServerProxy], Any]) -> list[Any]:
    """What a call answers on many connections at once, so that each process has some of them."""
    answers: list[Any] = []
    with ExitStack() as stack:
        proxies = [stack.enter_context(ServerProxy(f"{tenant.url}/xmlrpc/2/object")) for _ in range(ENOUGH)]
        for proxy in proxies:
            try:
                answers.append(call(proxy))
            except Fault as fault:
                answers.append(fault.faultCode)
    return answers


def new_user(tenant: Tenant, *groups: str) -> int:
    ids = [tenant.execute("ir.model.data", "check_object_reference", *name.split("."))[1] for name in groups]  # type: ignore[index]
    values = {"name": "Clerk", "login": "clerk", "password": "clerk's own", "groups_id": [(6, 0, ids)]}
    made = tenant.execute("res.users", "create", values)
    assert isinstance(made, int)
    return made


def test_a_right_taken_away_is_gone_in_both(place: Tenant) -> None:
    uid = new_user(place, "base.group_user", "base.group_system")

    def read(proxy: ServerProxy) -> Any:
        return proxy.execute_kw(place.db, uid, "clerk's own", "ir.rule", "search_count", [[]])

    assert all(isinstance(answer, int) and answer != 4 for answer in on_many_connections(place, read))
    system = place.execute("ir.model.data", "check_object_reference", "base", "group_system")[1]  # type: ignore[index]
    place.execute("res.users", "write", [uid], {"groups_id": [(3, system)]})
    assert on_many_connections(place, read) == [4] * ENOUGH


def test_a_changed_password_is_gone_in_both(place: Tenant) -> None:
    uid = new_user(place, "base.group_user")

    def read(proxy: ServerProxy) -> Any:
        return proxy.execute_kw(
            place.db, uid, "clerk's own", "res.partner", "search_count", [[["id", "=", 0]]]
        )

    assert on_many_connections(place, read) == [0] * ENOUGH
    place.execute("res.users", "write", [uid], {"password": "another one"})
    assert on_many_connections(place, read) == [3] * ENOUGH


def test_an_archived_user_is_out_in_both(place: Tenant) -> None:
    uid = new_user(place, "base.group_user")

    def read(proxy: ServerProxy) -> Any:
        return proxy.execute_kw(
            place.db, uid, "clerk's own", "res.partner", "search_count", [[["id", "=", 0]]]
        )

    assert on_many_connections(place, read) == [0] * ENOUGH
    place.execute("res.users", "write", [uid], {"active": False})
    assert on_many_connections(place, read) == [3] * ENOUGH


def test_a_session_ended_in_one_is_over_in_both(place: Tenant) -> None:
    port = place.server.port

    def post(path: str, params: dict[str, Any], cookie: str = "") -> tuple[dict[str, Any], str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        headers = {"Content-Type": "application/json"} | ({"Cookie": cookie} if cookie else {})
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "params": params})
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            kept = (answer.getheader("Set-Cookie") or "").partition(";")[0]
            return json.loads(answer.read()), kept
        finally:
            connection.close()

    login = {"db": place.db, "login": place.login, "password": place.password}
    _, cookie = post("/web/session/authenticate", login)
    count = {"model": "res.partner", "method": "search_count", "args": [[["id", "=", 0]]], "kwargs": {}}
    assert [post("/web/dataset/call_kw", count, cookie)[0].get("result") for _ in range(ENOUGH)] == [
        0
    ] * ENOUGH
    post("/web/session/destroy", {}, cookie)
    answers = [post("/web/dataset/call_kw", count, cookie)[0] for _ in range(ENOUGH)]
    assert [answer["error"]["code"] for answer in answers] == [100] * ENOUGH


def test_a_tenant_made_in_one_is_open_in_both_and_dropped_in_both(place: Tenant) -> None:
    name = f"{place.db}-second"
    with ServerProxy(f"{place.url}/xmlrpc/2/db") as databases:
        databases.duplicate_database(place.server.master, place.db, name)
    second = Tenant(place.server, name, place.login, place.password)
    uid = second.uid()

    def read(proxy: ServerProxy) -> Any:
        return proxy.execute_kw(name, uid, second.password, "res.partner", "search_count", [[["id", "=", 0]]])

    assert on_many_connections(place, read) == [0] * ENOUGH
    with ServerProxy(f"{place.url}/xmlrpc/2/db") as databases:
        databases.drop(place.server.master, name)
    assert all(answer in {1, 2} for answer in on_many_connections(place, read))


def test_writers_of_one_record_all_succeed(place: Tenant) -> None:
    uid = place.uid()
    made = place.execute("res.partner", "create", {"name": "Wanted by all"})

    def write(proxy: ServerProxy) -> Any:
        return proxy.execute_kw(
            place.db, uid, place.password, "res.partner", "write", [[made], {"city": "Gent"}]
        )

    assert on_many_connections(place, write) == [True] * ENOUGH
