"""One message from many sides at once, on PostgreSQL with two server processes: one record, the same answer to all."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any

import pytest

from security.market import client, opportunity, product
from server_fixtures import Tenant
from server_process import ServerProcess

SENDERS = 10
DB = f"exchange-races-{os.getpid()}"
PASSWORD = "the platform's own"
PLACE = "PDVA-E-RACE-1"
EMAIL = "race@clients.test"


class Crowd:
    """Connections of the platform's account, spread over both processes."""

    def __init__(self, server: ServerProcess) -> None:
        self.port = server.port
        self.tenant = Tenant(server, DB, "admin", "admin")
        params = {"db": DB, "login": "ekiclik", "password": PASSWORD}
        self.cookie = f"session_id={self.send('POST', '/auth/', params)['result']['session_id']}"

    def send(self, verb: str, path: str, params: Any) -> Any:
        """One request on a connection of its own."""
        door = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"content-type": "application/json", "cookie": getattr(self, "cookie", "")}
        try:
            door.request(verb, path, json.dumps({"params": params}), headers)
            return json.loads(door.getresponse().read())
        finally:
            door.close()

    def at_once(self, verb: str, model: str, *params: Any) -> list[Any]:
        """The answers to requests that leave at one moment."""
        answers: list[Any] = [None] * len(params)
        start = threading.Barrier(len(params))

        def one(at: int) -> None:
            start.wait()
            answers[at] = self.send(verb, f"/api/{model}/", params[at])

        threads = [threading.Thread(target=one, args=(at,)) for at in range(len(params))]
        for each in threads:
            each.start()
        for each in threads:
            each.join(90)
        return answers

    def same(self, model: str, data: Any) -> int:
        """The one answer that many senders of one message get."""
        answers = self.at_once("POST", model, *[{"data": data}] * SENDERS)
        assert [each for each in answers if "error" in each] == []
        results = {each["result"] for each in answers}
        assert len(results) == 1
        return int(results.pop())

    def count(self, model: str, *domain: Any) -> Any:
        return self.tenant.execute(model, "search_count", list(domain), context={"active_test": False})


@pytest.fixture(scope="module")
def crowd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """The platform before two processes, where messages do meet."""
    url = request.getfixturevalue("postgres_url")
    server = ServerProcess(data=tmp_path_factory.mktemp("races"), store=url, workers=2)
    made = server.command("tenant", "create", DB, "--addons", "exchange", "--demo", "--password", "admin")
    assert made.returncode == 0, made.stderr
    given = server.command("user", "password", DB, "ekiclik", "--password", PASSWORD)
    assert given.returncode == 0, given.stderr
    server.start("serve")
    yield Crowd(server)
    server.kill()
    server.command("tenant", "drop", DB, "--yes")


def test_one_of_each_is_made(crowd: Crowd) -> None:
    new = product("RACE", "RACE-1", "RACE-2", brand="Racing", categ_id="Races / Fast")
    crowd.same("product.template", new)
    assert crowd.count("product.master", ["ref", "=", "RACE"]) == 1
    assert crowd.count("product.template", ["manufacturer_ref", "like", "RACE-%"]) == 2
    assert crowd.count("product.brand", ["name", "=", "Racing"]) == 1
    assert crowd.count("product.category", ["name", "in", ["Races", "Fast"]]) == 2

    crowd.same("res.partner", client("race@pos.test", is_pos="True", code_pos=PLACE))
    assert crowd.count("res.partner", ["code_pos", "=", PLACE]) == 1
    assert crowd.count("stock.warehouse", ["code_pos", "=", PLACE]) == 1
    crowd.same("res.partner", client(EMAIL))
    assert crowd.count("res.partner", ["ek_key", "=", f"client:{EMAIL}"]) == 1
    crowd.same("res.users", {"create_by": "ek", "name": "n", "login": "race@x.test", "role": "ROLE_POS_EK"})
    assert crowd.count("res.users", ["login", "=", "race@x.test"]) == 1

    cart = [{"manufacturer_ref": "RACE-1", "quantity": 1, "product_warehouse_id": PLACE}]
    lead = crowd.same("crm.lead", opportunity("Alsalam", EMAIL, 4711, cart=cart))
    assert crowd.count("crm.lead", ["ek_cart_id", "=", 4711]) == 1
    assert crowd.count("sale.order", ["opportunity_id", "=", lead]) == 1
    line = {"product_id": "RACE-1", "product_qty": 3, "price_unit": 5}
    bought = {"create_by": "ek", "partner_id": PLACE, "date_order": "30/07/23 12:23:15", "order_line": [line]}
    crowd.same("purchase.order", bought)
    assert crowd.count("purchase.order", ["origin", "=", PLACE]) == 1


def test_carts_of_one_order_number_are_not_both_taken(crowd: Crowd) -> None:
    crowd.send("POST", "/api/res.partner/", {"data": client("two@clients.test")})
    bodies = [opportunity("CPA", "two@clients.test", number) for number in (1, 2)]
    for body in bodies:
        body["cart"] = [{"manufacturer_ref": "A12-64", "quantity": 1, "product_warehouse_id": "EKIWH"}]
        body["quotation_address"]["ek_order_id"] = 9000
    answers = crowd.at_once("POST", "crm.lead", *({"data": body} for body in bodies))
    refused = [each["error"]["message"] for each in answers if "error" in each]
    assert len(refused) == 1
    assert "CPA has an order 9000 already" in refused[0]
    assert crowd.count("sale.order", ["ek_order_id", "=", 9000]) == 1


def test_steps_of_an_order_lead_one_way_however_they_meet(crowd: Crowd) -> None:
    email, number = "steps@clients.test", 5000
    crowd.send("POST", "/api/res.partner/", {"data": client(email)})
    cart = [{"manufacturer_ref": "A12-64", "quantity": 1, "product_warehouse_id": "EKIWH"}]
    made = crowd.send("POST", "/api/crm.lead/", {"data": opportunity("BNA", email, number, cart=cart)})
    assert "error" not in made, made

    def step(state: str) -> dict[str, Any]:
        data = {"create_by": "ek", "order_source": "BNA", "state": state}
        return {"filter": [["ek_order_id", "=", str(number)]], "data": data}

    states = ("EK_ORDER_IN_PREPARATION", "EK_ORDER_DELIVERED", "EK_CLIENT_ORDER_CANCELED")
    answers = crowd.at_once("PUT", "sale.order", *(step(state) for state in states * 3))
    for each in answers:
        assert "error" not in each or "does not go back to" in each["error"]["message"], each
    order = made["meta"]["sale_order_id"]
    (found,) = crowd.tenant.execute(
        "sale.order", "read", [order], ["state", "ek_state", "invoice_ids", "picking_ids"]
    )  # type: ignore[misc]
    moves = crowd.tenant.execute("stock.picking", "read", found["picking_ids"], ["state"])
    kinds = {each["state"] for each in moves}  # type: ignore[attr-defined]
    if found["ek_state"] == "EK_ORDER_DELIVERED":
        assert (found["state"], len(found["invoice_ids"]), kinds) == ("sale", 1, {"done"})
    else:
        assert found["ek_state"] == "EK_CLIENT_ORDER_CANCELED"
        assert (found["state"], found["invoice_ids"], kinds <= {"cancel"}) == ("cancel", [], True)
