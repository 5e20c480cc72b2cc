"""Purchases of peers: goods for a point of sale, asked for once however often it is said."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from entrepot.api import ValidationError

POS = "PDVA-E-TIN-TIN-88-07"


def purchase(**changes: Any) -> dict[str, Any]:
    return {
        "create_by": "ek",
        "partner_id": POS,
        "user_id": 2,
        "state": "draft",
        "date_order": "30/07/23 12:23:15",
        "order_line": [{"product_id": "A12-64", "product_qty": 6, "price_unit": 6000}],
        **changes,
    }


def test_a_purchase_is_for_its_point_of_sale(shop: Any) -> None:
    order = shop.env["purchase.order"].browse(shop.post("purchase.order", purchase())["result"])
    assert order.partner_id == shop.alsalam.vendor_id
    assert order.picking_type_id.warehouse_id.code_pos == POS
    assert order.date_order == datetime(2023, 7, 30, 11, 23, 15, tzinfo=UTC)
    assert (order.state, order.create_by, order.user_id.id) == ("draft", "ekiclik", 2)
    line = order.order_line
    assert (line.product_id.product_tmpl_id.manufacturer_ref, line.product_qty, line.price_unit) == (
        "A12-64",
        6,
        Decimal(6000),
    )


def test_the_same_purchase_twice_is_one(shop: Any) -> None:
    first = shop.post("purchase.order", purchase())
    again = shop.post("purchase.order", purchase())
    assert (again["result"], again["meta"]["repeated"]) == (first["result"], True)
    other = shop.post("purchase.order", purchase(date_order="30/07/23 12:23:16"))
    assert other["result"] != first["result"]


def test_a_point_of_sale_that_sells_is_its_own_vendor(shop: Any) -> None:
    place = shop.env["res.partner"].search([("code_pos", "=", POS)])
    shop.env["product.supplierinfo"].create(
        {"partner_id": place.id, "product_tmpl_id": shop.template("A12-64").id, "price": 5000}
    )
    order = shop.env["purchase.order"].browse(shop.post("purchase.order", purchase())["result"])
    assert order.partner_id == place


def test_a_buyer_that_is_not_here_is_the_sender(shop: Any) -> None:
    answer = shop.post("purchase.order", purchase(user_id=99999))
    assert shop.env["purchase.order"].browse(answer["result"]).user_id == shop.platform
    assert answer["meta"]["warnings"] == [
        "user_id 99999 is no account here; the buyer is the account that sent this."
    ]


def test_everything_wrong_with_a_purchase_is_told_at_once(shop: Any) -> None:
    wrong = purchase(
        partner_id="nowhere",
        date_order="31/02/23 10:00:00",
        state="purchase",
        order_line=[
            {"product_id": "NOPE", "product_qty": 1, "price_unit": 1},
            {"product_id": "A12-64", "product_qty": 0, "price_unit": -1},
        ],
    )
    with pytest.raises(ValidationError) as refused:
        shop.post("purchase.order", wrong)
    assert {each.path: each.code for each in refused.value.problems} == {
        "partner_id": "unknown_pos",
        "date_order": "bad_value",
        "state": "bad_value",
        "order_line.0.product_id": "unknown_product",
        "order_line.1.price_unit": "bad_value",
        "order_line.1.product_qty": "bad_value",
    }


def test_goods_that_arrive_are_told_to_every_bank(shop: Any) -> None:
    order = shop.env["purchase.order"].browse(shop.post("purchase.order", purchase())["result"])
    order.button_confirm()
    for picking in order.picking_ids:
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.button_validate()
    shop.env.flush()
    for peer in (shop.alsalam, shop.cpa):
        (message,) = shop.told(peer, "stock.changed")
        assert '"realQuantity":6.0' in message.body
