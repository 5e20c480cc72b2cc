"""A day of exchange between a shop network and two banks: nothing lost, nothing twice, in order.

Messages come in by REST as the banks' platform sends them; clerks work by XML-RPC; two real peers listen, and one of them
dies at noon and comes back.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from fake_peer import FakePeer, Step, fake_peer
from server_fixtures import STORES, Tenant
from server_process import ServerProcess

DB = f"exchange-day-{os.getpid()}"
PASSWORD = "a password of the day"
POS, SECOND_POS = "PDVA-E-TIN-TIN-88-07", "PDVA-E-BOJ-BOJ-05-001"
CLIENT = "amel@example.org"
SETTLE_SECONDS = 60.0


class Day:
    """The tenant, the two banks, and one account for each."""

    def __init__(self, server: ServerProcess, alsalam: FakePeer, cpa: FakePeer) -> None:
        self.tenant = Tenant(server, DB, "admin", PASSWORD)
        self.banks = {"Alsalam": alsalam, "CPA": cpa}
        self.http = {name: requests.Session() for name in self.banks}
        for name, peer in self.banks.items():
            self._set_up(name, peer)

    def _set_up(self, name: str, peer: FakePeer) -> None:
        call = self.tenant.execute
        login = f"platform-{name.lower()}"
        group = self._ref("exchange", "group_exchange_peer")
        user = call(
            "res.users",
            "create",
            {"name": login, "login": login, "password": PASSWORD, "groups_id": [(6, 0, [group])]},
        )
        address = {
            "name": name,
            "code": name.lower(),
            "url": peer.url,
            "allow_internal": True,
            "retry_schedule": "2",
            "max_attempts": 50,
        }
        endpoint = call("outbox.endpoint", "create", address)
        vendor = call("res.partner", "create", {"name": f"Centrale {name}", "is_company": True})
        call(
            "ek.peer",
            "create",
            {"name": name, "user_ids": [(6, 0, [user])], "endpoint_id": endpoint, "vendor_id": vendor},
        )
        answer = (
            self.http[name]
            .post(
                f"{self.tenant.url}/auth/",
                json={"params": {"db": DB, "login": login, "password": PASSWORD}},
                timeout=60,
            )
            .json()
        )
        assert answer["result"]["session_id"]

    def _ref(self, module: str, name: str) -> int:
        found = self.tenant.execute(
            "ir.model.data", "search_read", [["module", "=", module], ["name", "=", name]], ["res_id"]
        )
        return found[0]["res_id"]  # type: ignore[index]

    def says(self, bank: str, verb: str, model: str, data: Any, target: Any = None) -> Any:
        """A message of a bank, sent twice over as after a lost answer; both answers are the same."""
        params = {"data": {"create_by": "ekiclik", **data}}
        if target is not None:
            params["filter"] = target
        answers = []
        for _ in range(2):
            url = f"{self.tenant.url}/api/{model}/"
            answers.append(self.http[bank].request(verb, url, json={"params": params}, timeout=60).json())
        assert "error" not in answers[0], answers[0]
        assert answers[0]["result"] == answers[1]["result"]
        return answers[0]

    def settled(self) -> None:
        """Wait until nothing waits to be sent."""
        deadline = time.monotonic() + SETTLE_SECONDS
        waiting = [["state", "in", ["pending", "sending"]]]
        while self.tenant.execute("outbox.message", "search_count", waiting):
            assert time.monotonic() < deadline, self.tenant.execute(
                "outbox.message",
                "search_read",
                waiting,
                ["topic", "path", "state", "last_error", "last_status"],
            )
            time.sleep(0.1)

    def receive(self, pickings: Any) -> None:
        """A clerk has everything of some pickings in hand."""
        call = self.tenant.execute
        for move in call("stock.move", "search_read", [["picking_id", "in", pickings]], ["product_uom_qty"]):  # type: ignore[union-attr]
            call("stock.move", "write", [move["id"]], {"quantity": move["product_uom_qty"]})
        call("stock.picking", "button_validate", pickings)


@pytest.fixture(params=STORES)
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    server = ServerProcess(data=tmp_path_factory.mktemp(f"day-{request.param}"), store=url)
    made = server.command(
        "tenant", "create", DB, "--addons", "exchange,point_of_sale", "--password", PASSWORD
    )
    assert made.returncode == 0, made.stderr
    with fake_peer() as alsalam, fake_peer() as cpa:
        server.start("serve")
        try:
            yield Day(server, alsalam, cpa)
        finally:
            server.kill()
            server.command("tenant", "drop", DB, "--yes")


def test_a_day_of_exchange(day: Day) -> None:
    call = day.tenant.execute
    _morning(day)
    day.settled()

    # a purchase of the bank arrives at its point of sale
    order = day.says(
        "Alsalam",
        "POST",
        "purchase.order",
        {
            "partner_id": POS,
            "state": "draft",
            "date_order": "30/07/23 12:23:15",
            "order_line": [{"product_id": "A12-64", "product_qty": 20, "price_unit": 6000}],
        },
    )["result"]
    call("purchase.order", "button_confirm", [order])
    day.receive(call("purchase.order", "read", [order], ["picking_ids"])[0]["picking_ids"])  # type: ignore[index]
    day.settled()

    # noon: one bank's machine dies; the shop goes on
    cpa = day.banks["CPA"]
    cpa.stop()
    day.says(
        "Alsalam",
        "POST",
        "res.partner",
        {"name": "Amel", "email": CLIENT, "status": "ACTIVE", "is_pos": "False"},
    )
    lead = day.says("Alsalam", "POST", "crm.lead", _opportunity())
    sale = lead["meta"]["sale_order_id"]
    number = [["ek_order_id", "=", "1416"]]
    state = {"order_source": "Alsalam", "state": "EK_ORDER_IN_PREPARATION"}
    day.says("Alsalam", "PUT", "sale.order", state, number)
    _sell_at_the_till(day)
    day.receive(call("sale.order", "read", [sale], ["picking_ids"])[0]["picking_ids"])  # type: ignore[index]
    template = call("product.template", "search", [["manufacturer_ref", "=", "A12-64"]])
    call("product.template", "write", template, {"list_price": 82000})

    # a slow and broken hour after it is back, then all is well
    cpa.script.extend([Step(status=503), Step(cut=True), Step(status=500), Step(wait_s=0.5)])
    cpa.start()
    day.settled()
    _nothing_lost_nothing_twice_in_order(day, template[0])  # type: ignore[index]
    assert call("sale.order", "read", [sale], ["ek_state"])[0]["ek_state"] == "EK_ORDER_DELIVERED"  # type: ignore[index]
    assert call("outbox.message", "search_count", [["state", "=", "failed"]]) == 0
    _the_books_are_right(day)


def _morning(day: Day) -> None:
    day.says(
        "Alsalam",
        "POST",
        "product.template",
        {
            "name": "Telephone A12",
            "brand": "Condor",
            "fab_name": "Condor",
            "categ_id": "Téléphones",
            "product_ref": "A12",
            "product": [
                {
                    "name": "A12 64 GB",
                    "detailed_type": "product",
                    "list_price": 80000.0,
                    "standard_price": 50000.0,
                    "manufacturer_ref": "A12-64",
                    "attribute": [],
                }
            ],
        },
    )
    for name, code in (("Tindouf", POS), ("Bordj", SECOND_POS)):
        place = {"name": name, "is_pos": "True", "email": f"{name}@pos", "code_pos": code, "status": "ACTIVE"}
        day.says("Alsalam", "POST", "res.partner", place)


def _opportunity() -> dict[str, Any]:
    return {
        "order_source": "Alsalam",
        "partner": {
            "email": CLIENT,
            "salary": 90000.0,
            "birth_date": "1993-11-03",
            "monthly_payment": 5321,
            "periodicity": 12,
        },
        "cart_id": 259,
        "cart": [{"manufacturer_ref": "A12-64", "quantity": 7, "product_warehouse_id": POS}],
        "quotation_address": {
            "type": "delivery",
            "street": "Rue 1",
            "state_id": "Alger",
            "country_id": "DZ",
            "ek_order_id": 1416,
        },
        "code_pos": POS,
        "file_info": {
            "file_number": 1906,
            "client_number": "0666666666",
            "order_status": "draft",
            "progress": 0.0,
        },
    }


def _sell_at_the_till(day: Day) -> None:
    """A shop opens its till, sells three telephones of the point of sale, and closes."""
    call = day.tenant.execute
    (warehouse,) = call("stock.warehouse", "search", [["code_pos", "=", POS]])  # type: ignore[misc]
    shop = call("pos.config", "create", {"name": "Tindouf", "warehouse_id": warehouse})
    session = call("pos.config", "open_ui", [shop])
    call("pos.session", "set_opening_control", [session], 0)
    (cash,) = call("pos.payment.method", "search", [["type", "=", "cash"], ["config_ids", "in", [shop]]])  # type: ignore[misc]
    (product,) = call("product.product", "search", [["product_tmpl_id.manufacturer_ref", "=", "A12-64"]])  # type: ignore[misc]
    ticket = {
        "uuid": str(uuid.uuid4()),
        "session_id": session,
        "lines": [[0, 0, {"product_id": product, "qty": 3, "price_unit": 80000, "tax_ids": [[6, 0, []]]}]],
        "payment_ids": [[0, 0, {"payment_method_id": cash, "amount": 240000}]],
    }
    first = call("pos.order", "sync_from_ui", [ticket])
    assert call("pos.order", "sync_from_ui", [ticket]) == first
    call("pos.session", "post_closing_cash_details", [session], 240000)
    call("pos.session", "action_pos_session_close", [session])
    assert call("pos.session", "read", [session], ["state"])[0]["state"] == "closed"  # type: ignore[index]


def _nothing_lost_nothing_twice_in_order(day: Day, template: int) -> None:
    for name, peer in day.banks.items():
        taken = _acknowledged(day, peer)
        assert len({each.id for each in taken}) == len(taken), "a message that was taken came again"
        stocks = [each.json[0] for each in taken if each.path == "/api/odoo/stocks"]
        at_pos = [each["realQuantity"] for each in stocks if each["pos"] == POS]
        # what waits is replaced by what is: a bank that was away learns the last quantity, never an older one after it
        assert at_pos == sorted(at_pos, key=[0.0, 20.0, 17.0, 10.0].index), (name, at_pos)
        assert at_pos[-1] == 10.0, (name, at_pos)
        assert {each["configuration_ref_odoo"] for each in stocks} == {template}
    alsalam, cpa = (_acknowledged(day, peer) for peer in day.banks.values())
    assert [each.json["state"] for each in alsalam if "/order/" in each.path] == ["EK_ORDER_DELIVERED"]
    assert not [each for each in cpa if "/order/" in each.path or "client" in each.path]
    assert not [each for each in alsalam if each.path in {"/api/odoo/products", "/api/odoo/pos"}], "an echo"
    assert [each.json["refConstructor"] for each in cpa if each.path == "/api/odoo/products"] == ["A12"]
    assert sorted(each.json["codification"] for each in cpa if each.path == "/api/odoo/pos") == [
        SECOND_POS,
        POS,
    ]
    prices = [each.json["price"] for each in cpa if each.path == "/api/odoo/products/configuration"]
    assert prices[-1] == 82000.0


def _acknowledged(day: Day, peer: FakePeer) -> list[Any]:
    """What a peer received and answered with 200, by what the delivery log says."""
    rows = day.tenant.execute("outbox.message", "search_read", [["state", "=", "sent"]], ["message_id"])
    sent = {row["message_id"] for row in rows}  # type: ignore[union-attr]
    last: dict[str, Any] = {}
    for each in peer.received:
        assert each.id in sent, f"{each.path} was never committed"
        assert json.loads(each.body) if each.body else True
        last.pop(each.id, None)
        last[each.id] = each
    return list(last.values())


def _the_books_are_right(day: Day) -> None:
    call = day.tenant.execute
    lines = call("account.move.line", "search_read", [["parent_state", "=", "posted"]], ["balance"])
    assert abs(sum(line["balance"] for line in lines)) < 0.005  # type: ignore[union-attr]
    invoices = call(
        "account.move", "search_read", [["move_type", "=", "out_invoice"]], ["state", "amount_untaxed"]
    )
    assert [(each["state"], each["amount_untaxed"]) for each in invoices] == [("posted", 560000.0)]  # type: ignore[union-attr]
