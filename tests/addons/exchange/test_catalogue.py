"""Products and configurations of peers: made once, changed by their references, refused whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from entrepot.api import AccessError, BadQuery, ConflictError, ValidationError


def codes(refused: Any) -> dict[str, str]:
    return {each.path: each.code for each in refused.value.problems}


def test_a_product_comes_with_its_configurations(exchange: Any, product_message: Any) -> None:
    answer = exchange.post("product.template", product_message())
    first, last = exchange.template("A12-64"), exchange.template("A12-128")
    assert answer["result"] == last.id
    assert answer["meta"]["configurations"] == [
        {"manufacturer_ref": "A12-64", "id": first.id},
        {"manufacturer_ref": "A12-128", "id": last.id},
    ]
    master = first.master_id
    assert (master.ref, master.name, master.brand_id.name, master.manufacturer) == (
        "A12",
        "Telephone A12",
        "Condor",
        "Condor Electronics",
    )
    assert master.categ_id.name == "Téléphones" == first.categ_id.name
    assert (first.list_price, first.standard_price) == (Decimal(80000), Decimal(50000))
    assert first.is_storable
    assert (first.create_by, first.default_code, first.image_url) == ("ekiclik", None, "IMAGE URL")
    assert [(line.attribute_id.name, line.value_ids.name) for line in first.attribute_line_ids] == [
        ("Couleur", "Noir")
    ]
    assert len(first.product_variant_ids) == 1


def test_the_same_message_twice_makes_nothing_twice(exchange: Any, product_message: Any) -> None:
    first = exchange.post("product.template", product_message())
    waiting = len(exchange.told(exchange.alsalam)) + len(exchange.told(exchange.cpa))
    again = exchange.post("product.template", product_message())
    assert again["result"] == first["result"]
    assert exchange.env["product.master"].search_count([("ref", "=", "A12")]) == 1
    assert exchange.env["product.template"].search_count([("master_id.ref", "=", "A12")]) == 2
    assert len(exchange.told(exchange.alsalam)) + len(exchange.told(exchange.cpa)) == waiting


def test_a_second_configuration_that_is_wrong_leaves_nothing(
    exchange: Any, product_message: Any, configuration: Any
) -> None:
    wrong = configuration("A12-128", list_price="much", sale_ok="maybe", name="")
    with pytest.raises(ValidationError) as refused:
        exchange.post(
            "product.template", product_message(product=[configuration("A12-64"), wrong], product_ref=None)
        )
    assert codes(refused) == {
        "product_ref": "required",
        "product.1.name": "required",
        "product.1.list_price": "bad_value",
        "product.1.sale_ok": "bad_value",
    }
    assert not exchange.env["product.master"].search_count([])
    assert not exchange.template("A12-64")


def test_two_configurations_of_one_reference_are_refused(
    exchange: Any, product_message: Any, configuration: Any
) -> None:
    twins = [configuration("A12-64"), configuration("A12-64")]
    with pytest.raises(ValidationError) as refused:
        exchange.post("product.template", product_message(product=twins))
    assert codes(refused) == {"product.1.manufacturer_ref": "twice"}


@pytest.mark.parametrize("products", [[], None, "x", {}])
def test_a_product_without_configurations_is_refused(
    exchange: Any, product_message: Any, products: Any
) -> None:
    with pytest.raises(ValidationError) as refused:
        exchange.post("product.template", product_message(product=products))
    assert codes(refused) == {"product": "bad_list"}


def test_quantities_of_a_peer_are_not_listened_to(
    exchange: Any, product_message: Any, configuration: Any
) -> None:
    told = [configuration("A12-64", qty_available=99, quantity=5)]
    answer = exchange.post("product.template", product_message(product=told))
    assert sorted(answer["meta"]["warnings"])[-2:] == [
        "qty_available was ignored: quantities are counted here.",
        "quantity was ignored: quantities are counted here.",
    ]
    assert exchange.template("A12-64").qty_available == 0


def test_unknown_keys_are_kept_and_reported(exchange: Any, product_message: Any, configuration: Any) -> None:
    told = product_message(colour="red", product=[configuration("A12-64", weight_class="B")])
    answer = exchange.post("product.template", told)
    assert answer["meta"]["unknown_keys"] == ["colour", "product.0.weight_class"]
    template = exchange.template("A12-64")
    assert template.ek_payload == {"product.0.weight_class": "B"}
    assert template.master_id.ek_payload == {"colour": "red"}


def test_a_category_may_be_a_path_and_is_made_level_by_level(exchange: Any, product_message: Any) -> None:
    exchange.post("product.template", product_message(categ_id="Maison / Cuisine / Froid"))
    assert exchange.template("A12-64").categ_id.complete_name == "Maison / Cuisine / Froid"
    exchange.post("product.template", product_message(categ_id="maison / CUISINE / froid"))
    assert exchange.env["product.category"].search_count([("name", "=ilike", "froid")]) == 1


def test_a_part_of_a_name_is_no_name(exchange: Any, product_message: Any) -> None:
    stands = exchange.env["product.category"].create({"name": "TV Stands"})
    exchange.post("product.template", product_message(categ_id="TV"))
    assert exchange.template("A12-64").categ_id != stands


def test_a_name_of_several_records_is_refused_with_the_candidates(
    exchange: Any, product_message: Any
) -> None:
    categories = exchange.env["product.category"]
    above = categories.create([{"name": "Salon"}, {"name": "Bureau"}])
    twins = categories.create([{"name": "Lampes", "parent_id": each.id} for each in above])
    with pytest.raises(ConflictError, match=r"Bureau / Lampes .*Salon / Lampes") as refused:
        exchange.post("product.template", product_message(categ_id="lampes"))
    assert codes(refused) == {"categ_id": "ambiguous_name"}
    exchange.env["ek.mapping"].create(
        {"model": "product.category", "external_name": "Lampes", "res_id": twins[1].id}
    )
    exchange.post("product.template", product_message(categ_id="lampes"))
    assert exchange.template("A12-64").categ_id == twins[1]


@pytest.mark.parametrize("sender", ["ekiclic", "EkiClic", "ekiclik", "ekiclick", "EKICLIK", "ek"])
def test_every_spelling_of_the_sender_changes_a_configuration(shop: Any, sender: str) -> None:
    answer = shop.put(
        "product.template",
        [["manufacturer_ref", "=", "A12-64"]],
        {"create_by": sender, "name": f"By {sender}"},
    )
    assert answer["result"] is True
    assert answer["meta"]["matched"] == 1
    template = shop.template("A12-64")
    assert (template.name, template.create_by, template.ek_last_writer) == (
        f"By {sender}",
        "ekiclik",
        "ekiclik",
    )


def test_a_product_is_changed_by_its_reference_and_may_be_given_another(shop: Any) -> None:
    shop.put(
        "product.master",
        [["ref", "=", "A12"]],
        {"create_by": "ek", "name": "A12s", "brand": "Iris", "categ_id": "Mobiles", "product_ref": "A12S"},
    )
    master = shop.env["product.master"].search([("ref", "=", "A12S")])
    assert (master.name, master.brand_id.name, master.categ_id.name) == ("A12s", "Iris", "Mobiles")
    assert shop.template("A12-64").categ_id.name == "Mobiles"
    assert shop.template("A12-64").brand_id.name == "Iris"


def test_a_null_clears_and_silence_leaves(shop: Any) -> None:
    ref = [["manufacturer_ref", "=", "A12-64"]]
    shop.put("product.template", ref, {"create_by": "ek", "default_code": "INT-1"})
    shop.put("product.template", ref, {"create_by": "ek", "name": "Other"})
    assert shop.template("A12-64").default_code == "INT-1"
    shop.put("product.template", ref, {"create_by": "ek", "default_code": None})
    assert shop.template("A12-64").default_code is None


def test_a_filter_that_finds_nothing_is_seen(shop: Any) -> None:
    answer = shop.put(
        "product.template", [["manufacturer_ref", "=", "nope"]], {"create_by": "ek", "name": "x"}
    )
    assert answer == {"result": True, "meta": {"matched": 0}}


@pytest.mark.parametrize(
    "target",
    [
        [],
        [["name", "ilike", "%"]],
        [["manufacturer_ref", "!=", "x"]],
        [["create_uid.password", "=", "x"]],
        ["|", ["manufacturer_ref", "=", "a"], ["manufacturer_ref", "=", "b"]],
        [["manufacturer_ref", "=", False]],
        [["manufacturer_ref", "=", ["a"]]],
        "A12-64",
        None,
    ],
)
def test_a_peers_filter_asks_only_for_its_own_keys(shop: Any, target: Any) -> None:
    with pytest.raises(BadQuery):
        shop.put("product.template", target, {"create_by": "ek", "name": "x"})
    assert shop.template("A12-64").name == "Telephone A12-64"


def test_an_account_that_is_no_peer_speaks_for_none(shop: Any, product_message: Any) -> None:
    user = shop.env["res.users"].create(
        {
            "name": "u",
            "login": "u",
            "company_id": 1,
            "groups_id": [(6, 0, [shop.env.ref("base.group_user").id])],
        }
    )
    with pytest.raises(AccessError, match="speaks for no exchange peer"):
        shop.post("product.template", product_message(), user)


def test_a_bank_does_not_speak_for_another(shop: Any) -> None:
    with pytest.raises(
        ValidationError, match=r"'CPA' is no order source of this account; known are: Alsalam\."
    ):
        shop.post("crm.lead", shop.opportunity(order_source="CPA"), shop.bank_user)


def test_pictures_and_certificates_are_fetched_afterwards(
    exchange: Any, product_message: Any, configuration: Any
) -> None:
    told = configuration(
        "A12-64", image_url="https://cdn.example.org/a.png", fab_certificate="https://cdn.example.org/c.pdf"
    )
    exchange.post("product.template", product_message(product=[told]))
    template = exchange.template("A12-64")
    assert template.image_state == "wanted"
    wanted = exchange.env["outbox.fetch"].search(
        [("model", "=", "product.template"), ("res_id", "=", template.id)]
    )
    assert {(each.field_name, each.url, each.state) for each in wanted} == {
        ("image_1920", "https://cdn.example.org/a.png", "wanted"),
        ("attachment", "https://cdn.example.org/c.pdf", "wanted"),
    }


def test_an_ordinary_product_is_created_as_ever(shop: Any) -> None:
    answer = shop.env["product.template"].rest_create({"name": "Plain"})
    made = shop.env["product.template"].browse(answer["result"])
    assert (made.name, made.create_by, made.master_id.ids) == ("Plain", "odoo", ())


def test_a_list_of_messages_is_one_transaction(
    exchange: Any, product_message: Any, configuration: Any
) -> None:
    other = product_message(product_ref="B1", product=[configuration("B1-1")])
    answer = exchange.post("product.template", [product_message(), other])
    assert answer["result"] == [exchange.template("A12-128").id, exchange.template("B1-1").id]
