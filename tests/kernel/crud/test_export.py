from __future__ import annotations

import pytest

from entrepot.api import AccessError, ValidationError
from kernel.shop import MODELS

__all__ = ["MODELS"]


@pytest.fixture
def orders(env):
    category = env["shop.category"].create({"name": "Tools"})
    product = env["shop.product"].create({"name": "Saw", "category_id": category.id, "price": "2.5"})
    tags = env["shop.tag"].create([{"name": "a"}, {"name": "b"}])
    return env["shop.order"].create(
        [
            {
                "customer": "Ann",
                "tag_ids": tags,
                "line_ids": [{"product_id": product.id, "quantity": 2}, {"quantity": 1}],
            },
            {"customer": "Bob"},
        ]
    )


def test_lines_take_rows_of_their_own(orders):
    rows = orders.export_data(["customer", "line_ids/quantity", "line_ids/product_id", "number"])["datas"]
    assert rows == [["Ann", 2.0, "Saw", ""], ["", 1.0, "", ""], ["Bob", "", "", ""]]


def test_paths_through_links(orders):
    line = orders[0].line_ids[0]
    assert line.export_data(["product_id/category_id/name", "order_id/customer", ".id"])["datas"] == [
        ["Tools", "Ann", line.id]
    ]
    assert orders.export_data(["tag_ids", "tag_ids/.id"])["datas"][0] == [
        "a,b",
        ",".join(map(str, orders[0].tag_ids.ids)),
    ]


def test_external_ids_are_made_once_where_there_are_none(env, orders):
    env["ir.model.data"].create({"module": "m", "name": "ann", "model": "shop.order", "res_id": orders[0].id})
    rows = orders.export_data(["id"])["datas"]
    assert rows == [["m.ann"], [f"__export__.shop_order_{orders[1].id}"]]
    assert orders.export_data(["id"])["datas"] == rows
    assert env.ref(rows[1][0]) == orders[1]


@pytest.mark.parametrize("column", ["nope", "line_ids/nope", "customer/x", "tag_ids/nope", "id/x"])
def test_unknown_columns_are_refused(orders, column):
    with pytest.raises(ValidationError, match=r"nope|relation|follows"):
        orders.export_data(["customer", column])


def test_hidden_fields_stay_hidden_behind_links(env):
    env["res.users"].browse(2).write({"password": "correct horse battery"})
    partner = env["res.users"].browse(2).with_user(2)
    for columns in (["password_hash"], ["create_uid/password_hash"]):
        with pytest.raises((AccessError, ValidationError)):
            partner.export_data(columns)


def test_rights_are_asked(env, orders):
    with pytest.raises(AccessError):
        orders.with_user(2).export_data(["customer"])
