"""32 people sell, receive, cancel and count one product at once: nobody hears of a collision, no unit goes twice."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import pytest

from server_fixtures import Tenant
from server_process import ServerProcess

WRITERS = 32
ROUNDS = 3
AT_FIRST = 60


@pytest.fixture(scope="module")
def crowded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """A server on PostgreSQL with two workers, where writers do meet."""
    url = request.getfixturevalue("postgres_url")
    data = tmp_path_factory.mktemp("crowded") / "data"
    server = ServerProcess(data=data, store=url, workers=2).start("serve")
    yield server
    server.kill()


class Writer(threading.Thread):
    """One person at a terminal of their own."""

    def __init__(self, tenant: Tenant, uid: int, seed: int, product: int, kinds: dict[str, int]) -> None:
        super().__init__()
        self.tenant = tenant
        self.uid = uid
        self.chance = random.Random(seed)  # noqa: S311 - which steps, no secret
        self.product = product
        self.kinds = kinds
        self.faults: list[str] = []
        self.done: list[tuple[str, float]] = []

    def run(self) -> None:
        with ServerProxy(f"{self.tenant.url}/xmlrpc/2/object", allow_none=True) as self.models:
            for number in range(ROUNDS):
                try:
                    self.work("in" if number == 1 and self.chance.random() < 0.5 else "out")
                except Fault as fault:
                    self.faults.append(f"{fault.faultCode} {fault.faultString[-300:]}")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        return self.models.execute_kw(
            self.tenant.db, self.uid, self.tenant.password, model, method, list(args), kwargs
        )

    def work(self, kind: str) -> None:
        wanted = self.chance.randint(1, 3)
        line = {"product_id": self.product, "product_uom_qty": wanted}
        values = {"picking_type_id": self.kinds[kind], "move_ids": [(0, 0, line)]}
        picking = self.call("stock.picking", "create", values)
        self.call("stock.picking", "action_confirm", [picking])
        state = self.call("stock.picking", "read", [picking], ["state"])[0]["state"]
        if state == "assigned" and self.chance.random() < 0.7:
            skipping = {"skip_backorder": True, "picking_ids_not_to_backorder": [picking]}
            self.call("stock.picking", "button_validate", [picking], context=skipping)
        elif self.chance.random() < 0.3:
            self.call("stock.picking", "action_cancel", [picking])


def test_no_unit_is_promised_twice_and_no_collision_is_heard_of(
    crowded: ServerProcess, new_tenant: Callable[[ServerProcess], Tenant]
) -> None:
    tenant = new_tenant(crowded)
    product = tenant.execute("product.product", "create", {"name": "Frame", "is_storable": True})
    found = tenant.execute(
        "stock.warehouse", "search_read", [], ["in_type_id", "out_type_id", "lot_stock_id"]
    )
    assert isinstance(found, list)
    kinds = {"in": found[0]["in_type_id"][0], "out": found[0]["out_type_id"][0]}
    place = {"product_id": product, "location_id": found[0]["lot_stock_id"][0]}
    quant = tenant.execute("stock.quant", "create", {**place, "inventory_quantity": AT_FIRST})
    tenant.execute("stock.quant", "action_apply_inventory", [quant])

    uid = tenant.uid()
    writers = [Writer(tenant, uid, seed, product, kinds) for seed in range(WRITERS)]  # type: ignore[arg-type]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(120)
        assert not writer.is_alive()
    assert [fault for writer in writers for fault in writer.faults] == []

    assert_quantities_add_up(tenant, product)


def assert_quantities_add_up(tenant: Tenant, product: Any) -> None:
    lines = tenant.execute(
        "stock.move.line",
        "search_read",
        [["product_id", "=", product]],
        ["quantity_product_uom", "reserved_qty", "state", "location_id", "location_dest_id"],
    )
    quants = tenant.execute(
        "stock.quant",
        "search_read",
        [["product_id", "=", product]],
        ["location_id", "quantity", "reserved_quantity"],
    )
    assert isinstance(lines, list)
    assert isinstance(quants, list)
    on_hand: dict[int, float] = {}
    reserved: dict[int, float] = {}
    for line in lines:
        source, target = line["location_id"][0], line["location_dest_id"][0]
        if line["state"] == "done":
            on_hand[source] = on_hand.get(source, 0) - line["quantity_product_uom"]
            on_hand[target] = on_hand.get(target, 0) + line["quantity_product_uom"]
        reserved[source] = reserved.get(source, 0) + line["reserved_qty"]
    for quant in quants:
        place = quant["location_id"][0]
        assert quant["quantity"] == on_hand[place]
        assert quant["reserved_quantity"] == reserved.get(place, 0)
        assert 0 <= quant["reserved_quantity"] <= max(quant["quantity"], 0)
    names = tenant.execute("stock.picking", "search_read", [], ["name"])
    assert isinstance(names, list)
    assert len({row["name"] for row in names}) == len(names) == WRITERS * ROUNDS


AT_ONCE = 8


def together(tenant: Tenant, model: str, method: str, record: Any) -> list[Any]:
    """The answers, or the texts of the faults, of one call made by several people at the same moment."""
    uid = tenant.uid()
    ready = threading.Barrier(AT_ONCE)
    answers: list[Any] = []

    def call() -> None:
        with ServerProxy(f"{tenant.url}/xmlrpc/2/object", allow_none=True) as models:
            ready.wait(30)
            try:
                answers.append(models.execute_kw(tenant.db, uid, tenant.password, model, method, [[record]]))
            except Fault as fault:
                answers.append(fault.faultString)

    threads = [threading.Thread(target=call) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def test_confirmed_by_all_at_once_and_received_once(
    crowded: ServerProcess, new_tenant: Callable[[ServerProcess], Tenant]
) -> None:
    tenant = new_tenant(crowded)
    vendor = tenant.execute("res.partner", "create", {"name": "Lens Works"})
    product = tenant.execute("product.product", "create", {"name": "Lens", "is_storable": True})
    line = (0, 0, {"product_id": product, "product_qty": 5, "price_unit": 2})
    order = tenant.execute("purchase.order", "create", {"partner_id": vendor, "order_line": [line]})
    assert together(tenant, "purchase.order", "button_confirm", order) == [True] * AT_ONCE
    pickings = tenant.execute("stock.picking", "search", [["purchase_id", "=", order]])
    assert isinstance(pickings, list)
    assert len(pickings) == 1

    answers = together(tenant, "stock.picking", "button_validate", pickings[0])
    assert answers.count(True) == 1
    assert {answer for answer in answers if answer is not True} == {
        "A transfer that is done or cancelled cannot be validated."
    }
    seen = tenant.execute("product.product", "read", [product], ["qty_available"])
    assert isinstance(seen, list)
    assert seen[0]["qty_available"] == 5
