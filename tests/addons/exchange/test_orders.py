"""Opportunities and orders: a cart is one quotation, its states go forward, and the business follows them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from entrepot.api import ConflictError, ValidationError

PREPARATION, DELIVERY = "EK_ORDER_IN_PREPARATION", "EK_ORDER_IN_DELIVERY"
DELIVERED, CANCELED = "EK_ORDER_DELIVERED", "EK_CLIENT_ORDER_CANCELED"


def codes(refused: Any) -> dict[str, str]:
    return {each.path: each.code for each in refused.value.problems}


@pytest.fixture
def stocked(shop: Any) -> Any:
    """The shop with ten telephones at its point of sale."""
    warehouse = shop.env["stock.warehouse"].search([("code_pos", "=", "PDVA-E-TIN-TIN-88-07")])
    quant = shop.env["stock.quant"].create(
        {
            "product_id": shop.template("A12-64").product_variant_id.id,
            "location_id": warehouse.lot_stock_id.id,
            "inventory_quantity": 10,
        }
    )
    quant.action_apply_inventory()
    shop.env.flush()
    shop.forget()
    return shop


@pytest.fixture
def order(stocked: Any) -> Any:
    made = stocked.post("crm.lead", stocked.opportunity())
    stocked.forget()
    return stocked.env["sale.order"].browse(made["meta"]["sale_order_id"])


def tell(shop: Any, state: str, number: Any = "1416", **more: Any) -> dict[str, Any]:
    body = {"create_by": "ekiclik", "order_source": "Alsalam", "state": state, **more}
    answer: dict[str, Any] = shop.put("sale.order", [["ek_order_id", "=", number]], body)
    return answer


def test_an_opportunity_is_a_lead_and_a_quotation(shop: Any) -> None:
    answer = shop.post("crm.lead", shop.opportunity())
    lead = shop.env["crm.lead"].browse(answer["result"])
    order = shop.env["sale.order"].browse(answer["meta"]["sale_order_id"])
    assert (lead.type, lead.name, lead.partner_id.email) == (
        "opportunity",
        "Ekiclik Alsalam #1416",
        "amel@example.org",
    )
    assert (lead.order_id, order.opportunity_id, lead.ek_peer_id) == (order, lead, shop.alsalam)
    assert (lead.ek_cart_id, lead.ek_order_id, lead.ek_file_number) == (259, 1416, 1906)
    assert (lead.ek_client_number, lead.ek_file_state) == ("0666666666", "traitement")
    assert (lead.monthly_payment, lead.periodicity) == (Decimal(5321), 12)
    assert (order.state, order.ek_order_id, order.ek_file_number) == ("draft", 1416, 1906)
    line = order.order_line
    assert (line.product_uom_qty, line.price_unit) == (7, Decimal(80000))
    assert line.warehouse_id.code_pos == "PDVA-E-TIN-TIN-88-07"
    assert (order.amount_untaxed, lead.expected_revenue) == (Decimal(560000), Decimal(560000))
    where = order.partner_shipping_id
    assert (where.street, where.state_id.name, where.country_id.code, where.type) == (
        "Rue 1",
        "Alger",
        "DZ",
        "delivery",
    )
    client = lead.partner_id
    assert (client.salary, str(client.birth_date)) == (Decimal(900000), "1993-11-03")


def test_the_same_cart_twice_is_one_lead_and_one_quotation(shop: Any) -> None:
    first = shop.post("crm.lead", shop.opportunity())
    again = shop.post("crm.lead", shop.opportunity())
    assert again["result"] == first["result"]
    assert again["meta"]["sale_order_id"] == first["meta"]["sale_order_id"]
    assert again["meta"]["repeated"] is True
    assert (
        shop.env["sale.order"].search_count([])
        == shop.env["crm.lead"].search_count([("ek_cart_id", "=", 259)])
        == 1
    )


def test_the_same_cart_of_another_bank_is_another(shop: Any) -> None:
    first = shop.post("crm.lead", shop.opportunity())
    other = shop.post("crm.lead", shop.opportunity(order_source="CPA"))
    assert other["result"] != first["result"]


def test_an_address_is_not_added_twice(shop: Any) -> None:
    shop.post("crm.lead", shop.opportunity())
    second = shop.opportunity(cart_id=260)
    second["quotation_address"]["ek_order_id"] = 1417
    shop.post("crm.lead", second)
    assert shop.env["res.partner"].search_count([("type", "=", "delivery")]) == 1


def test_a_number_of_an_order_of_another_cart_is_refused(shop: Any) -> None:
    shop.post("crm.lead", shop.opportunity())
    with pytest.raises(ConflictError) as refused:
        shop.post("crm.lead", shop.opportunity(cart_id=300))
    assert codes(refused) == {"quotation_address.ek_order_id": "taken"}


def test_everything_wrong_with_an_opportunity_is_told_at_once(shop: Any) -> None:
    wrong = shop.opportunity(
        cart=[
            {"manufacturer_ref": "NOPE", "quantity": 0, "product_warehouse_id": "POS X"},
            {"manufacturer_ref": "A12-64", "quantity": 1, "product_warehouse_id": "PDVA-E-TIN-TIN-88-07"},
        ],
        partner={"email": "nobody@example.org", "salary": "lots"},
        code_pos="POS Y",
    )
    wrong["file_info"]["progress"] = 120
    with pytest.raises(ValidationError) as refused:
        shop.post("crm.lead", wrong)
    assert codes(refused) == {
        "partner.salary": "bad_value",
        "partner.email": "unknown_client",
        "cart.0.quantity": "bad_value",
        "cart.0.manufacturer_ref": "unknown_product",
        "cart.0.product_warehouse_id": "unknown_pos",
        "code_pos": "unknown_pos",
        "file_info.progress": "bad_value",
    }
    assert not shop.env["crm.lead"].search_count([("ek_cart_id", "!=", False)])


def test_a_blocked_client_orders_nothing(shop: Any) -> None:
    shop.put("res.partner", [["email", "=", "amel@example.org"]], {"create_by": "ek", "status": "BLOCKED"})
    with pytest.raises(ValidationError) as refused:
        shop.post("crm.lead", shop.opportunity())
    assert codes(refused) == {"partner.email": "blocked_client"}


def test_a_bank_may_let_unknown_clients_be_made(shop: Any) -> None:
    shop.alsalam.auto_create_clients = True
    answer = shop.post("crm.lead", shop.opportunity(partner={"email": "new@example.org"}))
    assert shop.env["crm.lead"].browse(answer["result"]).partner_id.email == "new@example.org"
    assert answer["meta"]["warnings"] == ["The client new@example.org was not known and was made."]


@pytest.mark.parametrize("source", ["BNA", "", None])
def test_a_bank_that_is_no_peer_is_refused_with_the_list(shop: Any, source: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        shop.post("crm.lead", shop.opportunity(order_source=source))
    assert "order_source" in codes(refused)


def test_in_preparation_is_confirmed_and_reserved(stocked: Any, order: Any) -> None:
    answer = tell(stocked, PREPARATION)
    assert answer["meta"]["matched"] == 1
    assert (order.state, order.ek_state) == ("sale", PREPARATION)
    assert order.picking_ids.mapped("state") == ["assigned"]
    assert [
        (quant.quantity, quant.reserved_quantity) for quant in order.picking_ids.location_id.quant_ids
    ] == [(10, 7)]


def test_delivered_is_delivered_and_invoiced(stocked: Any, order: Any) -> None:
    tell(stocked, PREPARATION)
    tell(stocked, DELIVERY)
    tell(stocked, DELIVERED)
    assert order.picking_ids.mapped("state") == ["done"]
    assert order.invoice_ids.mapped("state") == ["posted"]
    assert stocked.template("A12-64").qty_available == 3


def test_a_state_twice_is_nothing_new(stocked: Any, order: Any) -> None:
    for _ in range(3):
        tell(stocked, DELIVERED, 1416)
    assert len(order.invoice_ids) == len(order.picking_ids) == 1


@pytest.mark.parametrize("back", [PREPARATION, DELIVERY, CANCELED])
def test_no_way_leads_back_from_delivered(stocked: Any, order: Any, back: str) -> None:
    tell(stocked, DELIVERED)
    with pytest.raises(ConflictError) as refused:
        tell(stocked, back)
    assert codes(refused) == {"state": "backwards"}
    assert order.ek_state == DELIVERED


def test_a_canceled_order_frees_its_stock_and_stays_canceled(stocked: Any, order: Any) -> None:
    tell(stocked, PREPARATION)
    tell(stocked, CANCELED, cancel_reason="Too late")
    assert (order.state, order.ek_state, order.cancel_reason) == ("cancel", CANCELED, "Too late")
    assert stocked.template("A12-64").product_variant_id.free_qty == 10
    with pytest.raises(ConflictError):
        tell(stocked, PREPARATION)


@pytest.mark.parametrize("state", ["EK_FOO", "sale", None, 7])
def test_unknown_states_are_refused_with_the_four(stocked: Any, order: Any, state: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        tell(stocked, state)
    if state is not None:
        assert all(each in str(refused.value) for each in (PREPARATION, DELIVERY, DELIVERED, CANCELED))
    assert order.state == "draft"


def test_orders_of_two_banks_with_one_number_need_their_bank(stocked: Any, order: Any) -> None:
    stocked.post("crm.lead", stocked.opportunity(order_source="CPA"))
    with pytest.raises(ValidationError) as refused:
        stocked.put("sale.order", [["ek_order_id", "=", "1416"]], {"create_by": "ek", "state": PREPARATION})
    assert codes(refused) == {"order_source": "ambiguous_order"}
    tell(stocked, PREPARATION)
    assert order.ek_state == PREPARATION


def test_an_order_of_another_bank_is_not_found(stocked: Any, order: Any) -> None:
    body = {"create_by": "ek", "order_source": "CPA", "state": PREPARATION}
    assert stocked.put("sale.order", [["ek_order_id", "=", "1416"]], body)["meta"]["matched"] == 0
    assert order.state == "draft"


def test_the_states_of_an_order_go_both_ways(stocked: Any, order: Any) -> None:
    tell(stocked, PREPARATION)
    assert stocked.told(stocked.alsalam, "order.state") == []
    for picking in order.picking_ids:
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.button_validate()
    stocked.env.flush()
    (message,) = stocked.told(stocked.alsalam, "order.state")
    assert (message.method, message.path) == ("PUT", "/api/odoo/order/1906")
    assert message.body == '{"requestNumber":1416,"state":"EK_ORDER_DELIVERED"}'
    assert stocked.told(stocked.cpa, "order.state") == []
