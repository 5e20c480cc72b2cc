"""What peers are told: in the same commit, the last state, in order, everybody but who said it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from entrepot.api import ValidationError


def topics(messages: list[Any]) -> list[str]:
    return [each.topic for each in messages]


def test_a_peers_product_goes_to_the_others_and_not_back(exchange: Any, product_message: Any) -> None:
    exchange.post("product.template", product_message(), exchange.bank_user)
    assert exchange.told(exchange.alsalam) == []
    told = [each for each in exchange.told(exchange.cpa) if each.topic.startswith("product")]
    (message,) = told
    assert (message.topic, message.method, message.path) == ("product.created", "POST", "/api/odoo/products")
    body = json.loads(message.body)
    assert (body["refConstructor"], body["categoryName"], body["brand"]["name"]) == (
        "A12",
        "Téléphones",
        "Condor",
    )
    assert [(each["reference"], each["price"], each["buyingPrice"]) for each in body["configurations"]] == [
        ("A12-64", 80000.0, 50000.0),
        ("A12-128", 95000.0, 50000.0),
    ]
    assert body["configurations"][0]["productCharacteristics"] == [{"name": "Couleur", "value": "Noir"}]


def test_a_local_product_goes_to_everybody_once(exchange: Any) -> None:
    master = exchange.env["product.master"].create({"name": "Local", "ref": "L"})
    for ref in ("L-1", "L-2"):
        exchange.env["product.template"].create(
            {"name": ref, "manufacturer_ref": ref, "master_id": master.id}
        )
    exchange.env.flush()
    for peer in (exchange.alsalam, exchange.cpa):
        (message,) = [each for each in exchange.told(peer) if each.topic == "product.created"]
        assert [each["reference"] for each in json.loads(message.body)["configurations"]] == ["L-1", "L-2"]


def test_a_product_that_is_not_exchanged_is_nobodys_affair(exchange: Any) -> None:
    exchange.env["product.template"].create({"name": "Plain"}).write({"name": "Plainer"})
    exchange.env.flush()
    assert exchange.told(exchange.alsalam) == []


def test_several_changes_are_one_message_with_the_last_state(shop: Any) -> None:
    template = shop.template("A12-64")
    for price in (1000, 2000, 3000):
        template.list_price = price
    shop.env.flush()
    (message,) = shop.told(shop.cpa)
    assert (message.topic, message.path) == ("configuration.changed", "/api/odoo/products/configuration")
    assert json.loads(message.body)["price"] == 3000.0


def test_a_change_that_changes_nothing_tells_nothing(shop: Any) -> None:
    template = shop.template("A12-64")
    template.write({"name": template.name, "list_price": template.list_price})
    shop.put(
        "product.template", [["manufacturer_ref", "=", "A12-64"]], {"create_by": "ek", "name": template.name}
    )
    shop.env.flush()
    assert shop.told(shop.alsalam) + shop.told(shop.cpa) == []


def test_archiving_and_restoring_is_told_by_reference(shop: Any) -> None:
    template = shop.template("A12-64")
    template.active = False
    shop.env.flush()
    shop.forget()
    template.active = True
    shop.env.flush()
    (message,) = shop.told(shop.cpa)
    assert (message.method, message.path) == ("PATCH", "/api/odoo/products/configuration/activate/A12-64")


def test_a_whole_product_is_archived_with_one_message(shop: Any) -> None:
    shop.template("A12-64").master_id.active = False
    shop.env.flush()
    (message,) = shop.told(shop.cpa)
    assert message.path == "/api/odoo/products/archive/A12"
    assert not shop.template("A12-64").active


def test_stock_is_told_to_everybody_with_what_is_on_hand(shop: Any) -> None:
    warehouse = shop.env["stock.warehouse"].search([("code_pos", "=", "PDVA-E-TIN-TIN-88-07")])
    quant = shop.env["stock.quant"].create(
        {
            "product_id": shop.template("A12-64").product_variant_id.id,
            "location_id": warehouse.lot_stock_id.id,
            "inventory_quantity": 10,
        }
    )
    quant.action_apply_inventory()
    quant.write({"inventory_quantity": 12})
    quant.action_apply_inventory()
    shop.env.flush()
    for peer in (shop.alsalam, shop.cpa):
        (message,) = shop.told(peer, "stock.changed")
        assert (message.method, message.path) == ("PUT", "/api/odoo/stocks")
        assert json.loads(message.body) == [
            {
                "pos": "PDVA-E-TIN-TIN-88-07",
                "configuration_ref_odoo": shop.template("A12-64").id,
                "realQuantity": 12.0,
                "price": 50000.0,
                "sellingPrice": 80000.0,
            }
        ]


def test_a_peer_may_have_its_own_address_for_a_topic_or_none(shop: Any) -> None:
    shop.cpa.routes = {"configuration.changed": ["POST", "/v2/config"]}
    shop.alsalam.routes = {"configuration.changed": ["off", ""]}
    shop.template("A12-64").name = "Renamed"
    shop.env.flush()
    assert [(each.method, each.path) for each in shop.told(shop.cpa)] == [("POST", "/v2/config")]
    assert shop.told(shop.alsalam) == []


def test_a_peer_may_have_its_own_names_for_keys(shop: Any) -> None:
    shop.cpa.key_names = {"configuration.changed": {"reference": "sku", "value": "text"}}
    shop.template("A12-64").name = "Renamed"
    shop.env.flush()
    body = json.loads(shop.told(shop.cpa)[0].body)
    assert (body["sku"], "reference" in body) == ("A12-64", False)
    assert body["productCharacteristics"] == [{"name": "Couleur", "text": "Noir"}]
    assert json.loads(shop.told(shop.alsalam)[0].body)["reference"] == "A12-64"


@pytest.mark.parametrize(
    "wrong", [["x"], {"nope": {}}, {"stock.changed": ["pos"]}, {"stock.changed": {"pos": 7}}]
)
def test_key_names_of_a_peer_are_checked(exchange: Any, wrong: Any) -> None:
    with pytest.raises(ValidationError):
        exchange.cpa.key_names = wrong


def test_prices_follow_the_price_lists_of_a_peer(shop: Any) -> None:
    rule = {
        "applied_on": "3_global",
        "compute_price": "formula",
        "base": "standard_price",
        "price_discount": -50,
    }
    shop.cpa.selling_pricelist_id = shop.env["product.pricelist"].create(
        {"name": "x1.5", "item_ids": [(0, 0, rule)]}
    )
    shop.template("A12-64").name = "Renamed"
    shop.env.flush()
    assert json.loads(shop.told(shop.cpa)[0].body)["price"] == 75000.0
    assert json.loads(shop.told(shop.alsalam)[0].body)["price"] == 80000.0


def test_a_point_of_sale_of_one_bank_is_told_to_the_other(shop: Any) -> None:
    place = {"create_by": "ek", "is_pos": "True", "name": "New", "email": "new@pos", "code_pos": "PDVA-1"}
    shop.post("res.partner", place, shop.bank_user)
    assert "pos.created" in topics(shop.told(shop.cpa))
    assert shop.told(shop.alsalam) == []


def test_a_client_of_one_bank_is_not_told_to_another(shop: Any) -> None:
    shop.post("res.partner", {"create_by": "ek", "name": "Secret", "email": "s@example.org"}, shop.bank_user)
    shop.put(
        "res.partner",
        [["email", "=", "s@example.org"]],
        {"create_by": "ek", "name": "Changed"},
        shop.bank_user,
    )
    assert shop.told(shop.cpa) == []


@pytest.mark.parametrize(("policy", "name"), [("ask", "Ours"), ("here", "Ours"), ("peer", "Theirs")])
def test_what_both_sides_changed_follows_the_policy(shop: Any, policy: str, name: str) -> None:
    rule = shop.env.ref("exchange.responsibility_template")
    rule.on_conflict = policy
    template = shop.template("A12-64")
    template.name = "Ours"
    shop.env.flush()
    shop.put(
        "product.template",
        [["manufacturer_ref", "=", "A12-64"]],
        {"create_by": "ek", "name": "Theirs"},
        shop.bank_user,
    )
    assert template.name == name
    conflicts = shop.env["ek.conflict"].search([])
    assert len(conflicts) == (policy == "ask")


@pytest.mark.parametrize(
    ("resolve", "name", "told"), [("keep_ours", "Ours", {"Alsalam"}), ("take_theirs", "Theirs", {"CPA"})]
)
def test_a_person_resolves_a_conflict(shop: Any, resolve: str, name: str, told: set[str]) -> None:
    template = shop.template("A12-64")
    template.name = "Ours"
    shop.env.flush()
    shop.put(
        "product.template",
        [["manufacturer_ref", "=", "A12-64"]],
        {"create_by": "ek", "name": "Theirs"},
        shop.bank_user,
    )
    conflict = shop.env["ek.conflict"].search([("state", "=", "open")])
    assert (conflict.ours, conflict.theirs, conflict.peer_id) == ("Ours", "Theirs", shop.alsalam)
    shop.forget()
    getattr(conflict, resolve)()
    shop.env.flush()
    assert template.name == name
    assert {peer.name for peer in (shop.alsalam, shop.cpa) if shop.told(peer)} == told


def test_once_a_peer_acknowledged_a_change_its_own_is_taken(shop: Any) -> None:
    template = shop.template("A12-64")
    template.name = "Ours"
    shop.env.flush()
    shop.forget()
    shop.put(
        "product.template",
        [["manufacturer_ref", "=", "A12-64"]],
        {"create_by": "ek", "name": "Theirs"},
        shop.bank_user,
    )
    assert template.name == "Theirs"


def test_everything_can_be_told_again(shop: Any) -> None:
    sent = shop.cpa.resend_all()
    assert sent["product.created"] == 1
    assert sent["pos.changed"] == 1
    assert sent["stock.changed"] >= 2
