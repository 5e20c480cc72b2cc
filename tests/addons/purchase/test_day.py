"""A buyer's day: ask, order, receive, be billed; and what goes otherwise."""

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import Command, UserError, ValidationError


def paths(caught):
    return [problem.path for problem in caught.value.problems]


def test_a_request_knows_prices_taxes_and_days(request_for, lens, tax, env):
    order = request_for((lens, 5))
    line = order.order_line
    assert (order.name, order.state, order.currency_id) == ("P00001", "draft", env.company.currency_id)
    assert (line.name, line.price_unit, line.taxes_id) == ("[LW-1] Clear", Decimal("8.00"), tax)
    assert (line.price_subtotal, line.price_tax, line.price_total) == (40, 8, 48)
    assert (order.amount_untaxed, order.amount_tax, order.amount_total) == (40, 8, 48)
    assert order.date_planned == order.date_order + dt.timedelta(days=3)
    assert order.picking_type_id == env.ref("stock.picking_type_in")


def test_more_is_cheaper_until_somebody_writes_a_price(request_for, lens):
    order = request_for((lens, 5))
    order.order_line.write({"product_qty": 12})
    assert order.order_line.price_unit == Decimal("6.50")
    order.order_line.write({"price_unit": Decimal("6.00")})
    order.order_line.write({"product_qty": 5})
    assert order.order_line.price_unit == Decimal("6.00")


def test_a_dozen_costs_twelve(env, request_for, lens):
    order = request_for((lens, 2, {"product_uom": env.ref("uom.product_uom_dozen").id}))
    line = order.order_line
    assert (line.price_unit, line.product_uom_qty, line.price_subtotal) == (
        Decimal("78.00"),
        24,
        Decimal("156.00"),
    )


def test_without_an_offer_the_cost_counts(request_for, grinding, lens, env):
    other = env["res.partner"].create({"name": "Somebody"})
    order = request_for((grinding, 1), (lens, 1), partner_id=other.id)
    assert order.order_line.mapped("price_unit") == [30, 9]


def test_confirmed_received_and_billed(ordered, lens, env, vendor):
    order = ordered((lens, 5))
    assert (order.state, order.receipt_status, order.invoice_status) == ("purchase", "pending", "no")
    assert order.date_approve
    receipt = order.picking_ids
    assert (receipt.state, receipt.partner_id, receipt.origin) == ("assigned", vendor, order.name)
    assert receipt.move_ids.price_unit == 8
    receipt.move_ids.quantity = 3
    receipt.with_context(skip_backorder=True).button_validate()
    assert (order.order_line.qty_received, order.receipt_status) == (3, "partial")
    assert (order.order_line.qty_to_invoice, order.invoice_status) == (3, "to invoice")
    action = order.action_create_invoice()
    bill = env["account.move"].browse(action["res_id"])
    assert (bill.move_type, bill.partner_id, bill.invoice_origin) == ("in_invoice", vendor, order.name)
    assert (bill.amount_untaxed, bill.amount_tax) == (24, Decimal("4.80"))
    assert (order.order_line.qty_invoiced, order.invoice_status) == (3, "invoiced")
    (order.picking_ids - receipt).button_validate()
    assert (order.order_line.qty_received, order.receipt_status) == (5, "full")
    assert (order.order_line.qty_to_invoice, order.invoice_count) == (2, 1)
    bill.write({"invoice_date": env.today()})
    bill.action_post()
    order.action_create_invoice()
    assert (order.invoice_count, order.invoice_status) == (2, "invoiced")


def test_a_bill_comes_to_the_cent_of_its_order(ordered, lens, env):
    env.company.write({"tax_calculation_rounding_method": "round_globally"})
    order = ordered(*[(lens, 1, {"price_unit": Decimal("0.03"), "discount": 5.0}) for _ in range(7)])
    for move in order.picking_ids.move_ids:
        move.quantity = 1
    order.picking_ids.button_validate()
    bill = env["account.move"].browse(order.action_create_invoice()["res_id"])
    assert (bill.amount_untaxed, bill.amount_tax, bill.amount_total) == (
        order.amount_untaxed,
        order.amount_tax,
        order.amount_total,
    )


def test_services_are_received_by_word(ordered, grinding):
    order = ordered((grinding, 2))
    assert not order.picking_ids
    assert order.receipt_status is None
    order.order_line.write({"qty_received": 2})
    assert order.order_line.qty_to_invoice == 2
    order.action_create_invoice()
    assert order.invoice_status == "invoiced"


def test_what_was_ordered_may_be_billed_at_once(ordered, lens):
    lens.write({"purchase_method": "purchase"})
    order = ordered((lens, 4))
    assert order.order_line.qty_to_invoice == 4
    order.action_create_invoice()
    with pytest.raises(UserError, match="no invoiceable line"):
        order.action_create_invoice()


def test_what_goes_back_is_credited(ordered, lens, env):
    order = ordered((lens, 5))
    order.picking_ids.button_validate()
    order.action_create_invoice()
    back = env["stock.picking"].browse(order.picking_ids.return_goods({lens.id: 2}))
    back.button_validate()
    assert (order.order_line.qty_received, order.order_line.qty_to_invoice) == (3, -2)
    assert order.picking_ids == order.picking_ids | back
    refund = env["account.move"].browse(order.action_create_invoice()["res_id"])
    assert (refund.move_type, refund.amount_untaxed) == ("in_refund", 16)
    assert (order.order_line.qty_invoiced, order.invoice_status) == (3, "invoiced")


def test_a_reversed_bill_is_to_be_billed_again(ordered, lens, env):
    order = ordered((lens, 5))
    order.picking_ids.button_validate()
    bill = env["account.move"].browse(order.action_create_invoice()["res_id"])
    bill.write({"invoice_date": env.today()})
    bill.action_post()
    bill._reverse_moves([{}], cancel=True)
    assert (order.order_line.qty_invoiced, order.order_line.qty_to_invoice) == (0, 5)


def test_confirming_twice_makes_one_receipt(ordered, lens):
    order = ordered((lens, 5))
    assert order.button_confirm() is True
    assert len(order.picking_ids) == 1


def test_cancelled_and_opened_again(ordered, lens):
    order = ordered((lens, 5))
    receipt = order.picking_ids
    order.button_cancel()
    assert (order.state, receipt.state) == ("cancel", "cancel")
    with pytest.raises(UserError, match="is cancelled"):
        order.button_confirm()
    order.button_draft()
    assert (order.state, order.date_approve) == ("draft", None)
    order.button_confirm()
    assert [each.state for each in order.picking_ids.sorted("id")] == ["cancel", "assigned"]
    assert order.receipt_status == "pending"


def test_what_came_cannot_be_cancelled(ordered, lens):
    order = ordered((lens, 5))
    order.picking_ids.button_validate()
    with pytest.raises(UserError, match="was received"):
        order.button_cancel()
    with pytest.raises(ValidationError) as caught:
        order.unlink()
    assert paths(caught) == ["state"]


def test_a_confirmed_quantity_changes_what_is_to_come(ordered, lens):
    order = ordered((lens, 5))
    move = order.picking_ids.move_ids
    order.order_line.write({"product_qty": 3})
    assert (move.product_uom_qty, move.quantity, move.state) == (3, 3, "assigned")
    order.order_line.write({"product_qty": 7})
    assert sum(order.picking_ids.move_ids.mapped("product_uom_qty")) == 7
    order.picking_ids.button_validate()
    with pytest.raises(ValidationError) as caught:
        order.order_line.write({"product_qty": 6})
    assert paths(caught) == ["product_qty"]
    order.write({"order_line": [Command.create({"product_id": lens.id, "product_qty": 1})]})
    assert [each.state for each in order.picking_ids.sorted("id")] == ["done", "assigned"]


def test_a_confirmed_line_keeps_its_product(ordered, lens, grinding):
    order = ordered((lens, 5))
    with pytest.raises(ValidationError) as caught:
        order.order_line.write({"product_id": grinding.id})
    assert paths(caught) == ["product_id"]
    with pytest.raises(ValidationError, match="set its quantity to 0"):
        order.order_line.unlink()
    order.order_line.write({"product_qty": 0})
    assert order.picking_ids.state == "cancel"


@pytest.mark.parametrize("state", ["purchase", "cancel"])
def test_states_follow_from_steps(request_for, lens, state):
    order = request_for((lens, 1))
    with pytest.raises(ValidationError, match="States follow"):
        order.write({"state": state})
    with pytest.raises(ValidationError, match="is a request"):
        request_for((lens, 1), state=state)


def test_an_empty_request_is_not_ordered(request_for, lens):
    with pytest.raises(ValidationError, match="no lines"):
        request_for().button_confirm()
    order = request_for((lens, 1))
    order.write({"order_line": [Command.create({"name": "Thing", "product_qty": 1, "price_unit": 1})]})
    with pytest.raises(ValidationError, match="missing a product"):
        order.button_confirm()


def test_sections_go_along(ordered, request_for, lens, env):
    lens.write({"purchase_method": "purchase"})
    order = ordered((lens, 1))
    order.write(
        {
            "order_line": [
                Command.create({"display_type": "line_note", "name": "Handle with care", "sequence": 1})
            ]
        }
    )
    bill = env["account.move"].browse(order.action_create_invoice()["res_id"])
    assert bill.invoice_line_ids.mapped("display_type") == ["line_note", "product"]


def test_orders_of_one_vendor_share_a_bill(ordered, lens, env):
    lens.write({"purchase_method": "purchase"})
    orders = ordered((lens, 1), partner_ref="A") | ordered((lens, 2), partner_ref="B")
    bill = env["account.move"].browse(orders.action_create_invoice()["res_id"])
    assert (bill.invoice_origin, bill.ref) == ("P00001, P00002", "A, B")
    assert bill.amount_untaxed == 24


def test_the_operation_type_says_who_receives(env, ordered, lens):
    south = env["stock.warehouse"].create({"name": "South", "code": "SO"})
    order = ordered((lens, 2), picking_type_id=south.in_type_id.id)
    order.picking_ids.button_validate()
    assert lens.with_context(warehouse_id=south.id).qty_available == 2
    assert lens.with_context(warehouse_id=env.ref("stock.warehouse0").id).qty_available == 0
    with pytest.raises(ValidationError) as caught:
        ordered((lens, 2), picking_type_id=south.out_type_id.id)
    assert paths(caught) == ["picking_type_id"]


def test_a_copy_is_a_new_request(ordered, lens):
    order = ordered((lens, 5, {"price_unit": Decimal("7.77")}))
    again = order.copy()
    assert (again.state, again.name, again.order_line.product_qty) == ("draft", "P00002", 5)
    assert (again.order_line.price_unit, again.order_line.qty_received) == (Decimal("7.77"), 0)


def test_other_money(env, request_for, lens):
    euro = env.ref("base.EUR")
    euro.write({"active": True})
    env["res.currency.rate"].create({"currency_id": euro.id, "name": "2030-01-01", "rate": 0.5})
    order = request_for((lens, 2), currency_id=euro.id)
    assert order.order_line.price_unit == Decimal("4.00")
    order.button_confirm()
    assert order.picking_ids.move_ids.price_unit == 8
