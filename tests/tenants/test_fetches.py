"""Pictures and certificates behind addresses: fetched afterwards, kept when they are what they should be, never waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from entrepot.clock import FixedClock, SystemClock
from entrepot.settings import Settings
from entrepot.storage.abc import Engine
from entrepot.tenants.catalog import Tenants
from entrepot.tenants.fetches import Fetches
from entrepot.tenants.provision import Provision
from entrepot.tenants.registries import Registries
from entrepot.tenants.tenant import finish
from fake_peer import FakePeer, Step, fake_peer

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c02"
    "0000000b4944415478da6364f80f00010501012718e3660000000049454e44ae426082"
)


class House:
    """One tenant whose clock the test moves."""

    def __init__(self, engine: Engine, data: Path, *, allowed: str) -> None:
        settings = Settings(data=data, durable=False, outgoing_allowed=allowed)
        self.clock = FixedClock(SystemClock().now())
        tenants = Tenants(engine, Registries(), settings, self.clock)
        Provision(tenants).create("house", addons=("outbox",), demo=False)
        self.tenant = tenants.open("house")
        self.fetches = Fetches(tenants.outside.outgoing, settings.retries)

    def go(self) -> int:
        """Fetch what is due."""
        return self.fetches.deliver(self.tenant, lambda: True)

    def due(self) -> tuple[bool, datetime | None]:
        with self.tenant.store.transaction(readonly=True) as tx:
            return self.fetches.due(tx, self.clock.now())

    def run(self, work: Callable[[Any], Any]) -> Any:
        with self.tenant.store.transaction(readonly=False) as tx:
            env = self.tenant.environment(tx)
            result = work(env)
            finish(env.work)
        return result

    def want(self, field: str, url: str, state_field: str | None = None) -> int:
        def work(env: Any) -> int:
            partner = env["res.partner"].create({"name": "One"})
            env["outbox.fetch"].want(partner, field, url, state_field)
            return int(partner.id)

        return int(self.run(work))

    def partner(self, partner_id: int, field: str) -> Any:
        return self.run(lambda env: getattr(env["res.partner"].browse(partner_id), field))

    def row(self) -> dict[str, Any]:
        def read(env: Any) -> dict[str, Any]:
            found = env["outbox.fetch"].search([])
            return {"state": found.state, "attempts": found.attempts, "error": found.last_error or ""}

        return dict(self.run(read))


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> House:
    return House(engine, tmp_path, allowed="127.0.0.1/32")


@pytest.fixture
def peer() -> Iterator[FakePeer]:
    with fake_peer() as found:
        yield found


def test_a_picture_lands_in_its_field(house: House, peer: FakePeer) -> None:
    peer.default = Step(body=PNG)
    partner = house.want("image_1920", f"{peer.url}/a.png", "function")
    assert house.due() == (True, None)
    assert house.go() == 1
    assert house.partner(partner, "image_1920") == PNG
    assert house.partner(partner, "function") == "fetched"
    assert house.row() == {"state": "fetched", "attempts": 1, "error": ""}
    assert house.due() == (False, None)


def test_a_page_is_no_picture(house: House, peer: FakePeer) -> None:
    peer.default = Step(body=b"<html><script>alert(1)</script></html>")
    partner = house.want("image_1920", f"{peer.url}/a.png", "function")
    house.go()
    assert house.row()["state"] == "failed"
    assert house.partner(partner, "image_1920") is None
    assert house.partner(partner, "function") == "failed"


def test_a_certificate_is_attached_once(house: House, peer: FakePeer) -> None:
    peer.default = Step(body=b"%PDF-1.7 ...")
    url = f"{peer.url}/papers/cert.pdf"
    partner = house.want("attachment", url)
    house.go()
    house.run(lambda env: env["outbox.fetch"].want(env["res.partner"].browse(partner), "attachment", url))
    assert house.go() == 1
    names = house.run(lambda env: env["ir.attachment"].search([("res_id", "=", partner)]).mapped("name"))
    assert names == ["cert.pdf"]


def test_a_host_that_is_down_is_tried_again_and_given_up(house: House, peer: FakePeer) -> None:
    peer.default = Step(status=500)
    house.want("image_1920", f"{peer.url}/a.png", "function")
    for tries in range(1, 6):
        assert house.go() == 1
        assert house.row()["attempts"] == tries
        now, later = house.due()
        assert not now
        house.clock.moment = later or house.clock.moment
    assert house.row()["state"] == "failed"
    assert "500" in house.row()["error"]
    assert house.go() == 0
    assert len(peer.received) == 5


def test_the_inner_network_is_not_asked(engine: Engine, tmp_path: Path, peer: FakePeer) -> None:
    house = House(engine, tmp_path, allowed="")
    house.want("image_1920", f"{peer.url}/a.png")
    house.go()
    assert peer.received == []
    assert house.row()["error"].startswith("refused")
