"""`entrepot outbox`: what waits and failed is listed, shown and sent again from the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app_fixtures import PASSWORD, House
from entrepot.jobs.wakeups import Wakeups
from entrepot.tenants.provision import Owner

Run = Callable[..., Any]


@pytest.fixture
def tenant(house: House, new_name: Callable[[], str]) -> str:
    """A tenant with two endpoints; of each, one message waits and two failed."""
    name = new_name()
    house.app.administer.make(name, addons=("outbox",), demo=False, owner=Owner(password=PASSWORD))
    found = house.app.tenants.open(name)
    with found.store.transaction(readonly=False) as tx:
        env = found.environment(tx)
        banks = env["outbox.endpoint"].create(
            [
                {"name": "Al Salam", "code": "alsalam", "url": "https://salam.example"},
                {"name": "CPA", "code": "cpa", "url": "https://cpa.example"},
            ]
        )
        for bank in banks:
            bank.post("stock.changed", "/stocks", {"q": 1}, "PUT", "product.product,3")
            failed = bank.post_all([{"topic": "order.state", "path": "/order", "body": n} for n in range(2)])
            failed.write({"state": "failed", "attempts": 10, "last_status": 500, "last_error": "no"})
        env["outbox.attempt"].create(
            {"message_id": failed[0].id, "endpoint_id": bank.id, "at": env.now(), "number": 1, "status": 500}
        )
        env.flush()
    return name


def listed(run: Run, tenant: str, *words: str) -> list[dict[str, Any]]:
    found = run("outbox", "list", tenant, *words, "--json")
    assert found.status == 0, found.err
    messages: list[dict[str, Any]] = found.json["messages"]
    return messages


def test_listing(run: Run, tenant: str) -> None:
    assert len(listed(run, tenant)) == 6
    assert {each["topic"] for each in listed(run, tenant, "--state", "failed")} == {"order.state"}
    assert {each["endpoint"] for each in listed(run, tenant, "--endpoint", "cpa")} == {"CPA"}
    text = run("outbox", "list", tenant).out
    assert "alsalam   running  1        2" in text
    assert "stock.changed" in text
    assert "whsec_" not in text


def test_showing_one_with_its_tries(run: Run, tenant: str) -> None:
    failed = listed(run, tenant, "--state", "failed", "--endpoint", "cpa")[-1]
    found = run("outbox", "show", tenant, failed["message_id"], "--json").json
    assert (found["request"], found["body"], found["tries"][0]["status"]) == ("POST /order", "0", 500)
    assert "order.state" in run("outbox", "show", tenant, failed["message_id"]).out


def test_replaying_one_and_a_stretch_of_time(run: Run, tenant: str, house: House) -> None:
    first = listed(run, tenant, "--state", "failed")[0]["message_id"]
    assert run("outbox", "replay", tenant, first, "--json").json == {"replayed": 1}
    assert tenant in Wakeups(house.app.settings.data / "run" / "outbox").take(), "a server beside us is told"
    done = run("outbox", "replay", tenant, "--since", "2020-01-01", "--endpoint", "alsalam")
    assert "2 messages" in done.out
    assert run("outbox", "replay", tenant, "--until", "2020-01-01", "--json").json == {"replayed": 0}
    assert len(listed(run, tenant, "--state", "failed")) == 1


def test_replaying_everything_by_mistake_is_refused(run: Run, tenant: str) -> None:
    found = run("outbox", "replay", tenant)
    assert found.status == 1
    assert "--since" in found.err


def test_resuming(run: Run, tenant: str, house: House) -> None:
    house.as_system(tenant, "outbox.endpoint", "action_pause", [1, 2], "Night")
    assert "Night" in run("outbox", "list", tenant).out
    assert run("outbox", "resume", tenant, "--endpoint", "cpa", "--json").json == {"resumed": ["CPA"]}
    assert run("outbox", "resume", tenant, "--json").json == {"resumed": ["Al Salam"]}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "{}", "msg_nope"], "no message 'msg_nope'"),
        (["list", "{}", "--endpoint", "nope"], "no endpoint 'nope'"),
        (["replay", "{}", "msg_nope"], "no message"),
        (["list", "nobody"], "does not exist"),
    ],
)
def test_what_is_not_there_is_named(run: Run, tenant: str, words: list[str], told: str) -> None:
    found = run("outbox", *(word.format(tenant) for word in words))
    assert found.status == 1
    assert told in found.err


def test_a_tenant_without_an_outbox(run: Run, tenant_name: str) -> None:
    assert "addon install" in run("outbox", "list", tenant_name).err
