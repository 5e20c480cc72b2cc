"""The seller's day as a client calls it: ids, lists and texts, through the server's one path."""

import pytest

from app_fixtures import PASSWORD
from entrepot.errors import UserError, ValidationError
from entrepot.tenants.provision import Owner


@pytest.fixture
def call(house, new_name):
    name = new_name()
    house.app.administer.make(name, addons=("sale",), demo=False, owner=Owner(password=PASSWORD))

    def run(model, method, *args, **kwargs):
        return house.call(name, model, method, *args, **kwargs)

    return run


def read(call, model, ids, fields):
    return list(call(model, "read", ids, fields).dicts())


def test_a_day_of_calls(call):
    ann = call("res.partner", "create", {"name": "Ann"})
    chair = call("product.product", "create", {"name": "Chair", "list_price": 20, "default_code": "CH"})
    trade = call(
        "product.pricelist",
        "create",
        {
            "name": "Trade",
            "item_ids": [[0, 0, {"compute_price": "percentage", "percent_price": 10, "min_quantity": 5}]],
        },
    )
    (priced,) = call("product.pricelist", "get_product_prices", [trade], [chair], 5)
    assert (priced["product_id"], priced["price"]) == (chair, 18)
    values = {"partner_id": ann, "pricelist_id": trade}
    lines = [[0, 0, {"product_id": chair, "product_uom_qty": 5}]]
    order = call("sale.order", "create", {**values, "order_line": lines})
    (line,) = list(
        call("sale.order.line", "search_read", [["order_id", "=", order]], ["name", "price_unit"]).dicts()
    )
    assert (line["name"], line["price_unit"]) == ("[CH] Chair", 18)
    assert call("sale.order", "name_search", "S0000")[0][0] == order

    assert call("sale.order", "action_confirm", [order]) is True
    with pytest.raises(UserError):
        call("sale.order", "action_confirm", [order])
    context = {"active_model": "sale.order", "active_ids": [order], "active_id": order}
    advance = {"advance_payment_method": "percentage", "amount": 20}
    wizard = call("sale.advance.payment.inv", "create", advance, context=context)
    assert call("sale.advance.payment.inv", "create_invoices", [wizard])["res_model"] == "account.move"

    (known,) = read(call, "sale.order", [order], ["state", "picking_ids", "invoice_ids", "amount_untaxed"])
    assert (known["state"], known["amount_untaxed"]) == ("sale", 90)
    call("account.move", "action_post", known["invoice_ids"])
    call("stock.picking", "button_validate", known["picking_ids"])
    last = call("sale.order", "create_invoices", [order])
    call("account.move", "action_post", last)
    (known,) = read(call, "sale.order", [order], ["delivery_status", "invoice_status", "invoice_count"])
    assert known == {"id": order, "delivery_status": "full", "invoice_status": "invoiced", "invoice_count": 2}
    assert [row["amount_untaxed"] for row in read(call, "account.move", last, ["amount_untaxed"])] == [72]


def test_clients_do_not_jump_steps(call):
    ann = call("res.partner", "create", {"name": "Ann"})
    order = call("sale.order", "create", {"partner_id": ann})
    for context in ({}, {"_sale_step": True}):
        with pytest.raises(ValidationError):
            call("sale.order", "write", [order], {"state": "sale"}, context=context)


def test_rows_that_were_read_may_be_written_back(call):
    ann = call("res.partner", "create", {"name": "Ann"})
    chair = call("product.product", "create", {"name": "Chair", "list_price": 20})
    order = call("sale.order", "create", {"partner_id": ann, "order_line": [[0, 0, {"product_id": chair}]]})
    call("sale.order", "action_confirm", [order])
    for model, domain in (
        ("sale.order", [["id", "=", order]]),
        ("sale.order.line", [["order_id", "=", order]]),
    ):
        (row,) = list(call(model, "search_read", domain, []).dicts())
        assert call(model, "write", [row["id"]], row)
    call("sale.order", "action_lock", [order])
    assert call("sale.order.line", "write", [row["id"]], row)
    with pytest.raises(ValidationError):
        call("sale.order.line", "write", [row["id"]], {**row, "tax_id": []})
    call("sale.order", "action_unlock", [order])
    changed = {"product_id": row["product_id"], "name": row["name"], "product_uom_qty": 4}
    assert call("sale.order.line", "write", [row["id"]], changed)
    (move,) = list(
        call("stock.move", "search_read", [["sale_line_id", "=", row["id"]]], ["product_uom_qty"]).dicts()
    )
    assert move["product_uom_qty"] == 4
