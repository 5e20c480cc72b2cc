"""From the order to the shelf and back: deliveries, backorders, changes, returns."""

import pytest

from entrepot.api import Command, UserError, ValidationError


def moves(order):
    live = order.order_line.mapped("move_ids").filtered(lambda move: move.state != "cancel")
    return sorted((move.product_uom_qty, move.state) for move in live)


def test_goods_are_reserved_and_services_are_not(order, frame, fitting):
    made = order((frame, 3), (fitting, 1))
    made.action_confirm()
    picking = made.picking_ids
    assert (picking.state, picking.origin, picking.sale_id) == ("assigned", made.name, made)
    assert picking.partner_id == made.partner_shipping_id
    assert moves(made) == [(3, "assigned")]
    assert made.delivery_status == "pending"
    assert frame.free_qty == 17


def test_orders_of_services_deliver_nothing(order, fitting):
    made = order((fitting, 2))
    made.action_confirm()
    assert not made.picking_ids
    assert made.delivery_status is None
    made.order_line.write({"qty_delivered": 1})
    assert made.order_line.qty_delivered == 1


def test_a_part_goes_out_and_the_rest_follows(order, frame, ship):
    made = order((frame, 5))
    made.action_confirm()
    first = made.picking_ids
    ship(first, 2)
    assert (made.order_line.qty_delivered, made.delivery_status) == (2, "partial")
    rest = made.picking_ids - first
    assert (rest.backorder_id, rest.sale_id) == (first, made)
    ship(rest)
    assert (made.order_line.qty_delivered, made.delivery_status) == (5, "full")
    assert frame.qty_available == 15
    assert made.effective_date is not None


def test_what_comes_back_is_not_delivered(order, frame, ship):
    made = order((frame, 5))
    made.action_confirm()
    ship(made.picking_ids)
    back = made.env["stock.picking"].browse(made.picking_ids.return_goods({str(frame.id): 2}))
    assert back.sale_id == made
    ship(back)
    assert made.order_line.qty_delivered == 3
    assert frame.qty_available == 17


def test_more_and_less_before_it_goes_out(order, frame):
    made = order((frame, 5))
    made.action_confirm()
    made.order_line.write({"product_uom_qty": 8})
    assert len(made.picking_ids) == 1
    assert moves(made) == [(8, "assigned")]
    made.order_line.write({"product_uom_qty": 4})
    assert sum(quantity for quantity, _ in moves(made)) == 4
    assert frame.free_qty == 16
    made.order_line.write({"product_uom_qty": 0})
    assert moves(made) == []
    assert frame.free_qty == 20


def test_more_after_it_went_out_is_a_new_delivery(order, frame, ship):
    made = order((frame, 5))
    made.action_confirm()
    ship(made.picking_ids)
    made.order_line.write({"product_uom_qty": 7})
    assert moves(made) == [(2, "assigned"), (5, "done")]
    assert made.delivery_status == "partial"


def test_never_less_than_was_delivered(order, frame, ship):
    made = order((frame, 5))
    made.action_confirm()
    ship(made.picking_ids, 2)
    with pytest.raises(ValidationError) as caught:
        made.order_line.write({"product_uom_qty": 1})
    assert caught.value.problems[0].code == "delivered"
    made.write({"order_line": [Command.update(made.order_line.id, {"product_uom_qty": 2})]})
    assert moves(made) == [(2, "done")]
    with pytest.raises(ValidationError) as caught:
        made.order_line.write({"qty_delivered": 4})
    assert caught.value.problems[0].code == "computed"


def test_lines_that_were_delivered_stay_and_others_go(order, frame, fitting, ship):
    made = order((frame, 1), (frame, 2))
    made.action_confirm()
    first, second = made.order_line
    second.unlink()
    assert moves(made) == [(1, "assigned")]
    ship(made.picking_ids)
    with pytest.raises(ValidationError, match="is delivered"):
        first.unlink()
    with pytest.raises(ValidationError):
        made.write({"order_line": [Command.delete(first.id)]})


def test_lines_added_to_an_order_are_delivered(order, frame):
    made = order((frame, 1))
    made.action_confirm()
    made.write({"order_line": [Command.create({"product_id": frame.id, "product_uom_qty": 2})]})
    assert moves(made) == [(1, "assigned"), (2, "assigned")]
    assert len(made.picking_ids) == 1


def test_each_warehouse_delivers_its_lines(env, order, frame):
    second = env["stock.warehouse"].create({"name": "Second", "code": "SEC"})
    made = order((frame, 1), (frame, 2, {"warehouse_id": second.id}))
    made.action_confirm()
    kinds = made.picking_ids.mapped("picking_type_id").mapped("warehouse_id")
    assert kinds == env.ref("stock.warehouse0") | second
    assert made.delivery_count == 2


def test_other_units_are_converted(env, order, frame, ship):
    made = order((frame, 1, {"product_uom": env.ref("uom.product_uom_dozen").id}))
    made.action_confirm()
    assert frame.free_qty == 8
    ship(made.picking_ids, 0.5)
    assert (made.order_line.qty_delivered, frame.qty_available) == (0.5, 14)


def test_delivered_orders_are_not_cancelled(order, frame, ship):
    made = order((frame, 5))
    made.action_confirm()
    ship(made.picking_ids, 2)
    with pytest.raises(UserError, match="take it back"):
        made.action_cancel()


def test_customers_who_want_everything_at_once(order, frame):
    made = order((frame, 30), picking_policy="one")
    made.action_confirm()
    assert (made.picking_ids.move_type, made.picking_ids.state) == ("one", "confirmed")


def test_products_that_orders_use_are_archived_not_deleted(env, order, customer):
    colour = env["product.attribute"].create(
        {"name": "Colour", "value_ids": [Command.create({"name": each}) for each in ("red", "blue", "green")]}
    )
    line = {"attribute_id": colour.id, "value_ids": [Command.set(colour.value_ids.ids)]}
    shirt = env["product.template"].create({"name": "Shirt", "attribute_line_ids": [Command.create(line)]})
    red, blue, green = shirt.product_variant_ids
    made = order((red, 1))
    shirt.attribute_line_ids.write({"value_ids": [Command.set(colour.value_ids[2:].ids)]})
    assert shirt.product_variant_ids == green
    assert not blue.exists()
    assert not red.active
    with pytest.raises(ValidationError, match="archived"):
        made.action_confirm()
    shirt.attribute_line_ids.write({"value_ids": [Command.set(colour.value_ids.ids)]})
    assert red.active
    assert len(shirt.product_variant_ids) == 3
    made.order_line.write({"product_uom_qty": 2})
    shirt.attribute_line_ids.unlink()
    assert (len(shirt.product_variant_ids), red.active) == (1, False)
    shirt.write({"attribute_line_ids": [Command.create(line)]})
    assert red in shirt.product_variant_ids
    assert len(shirt.product_variant_ids) == 3


def test_more_than_was_ordered_may_go_out(order, frame, ship):
    made = order((frame, 2))
    made.action_confirm()
    made.create_invoices()
    ship(made.picking_ids, 3)
    assert (made.order_line.qty_delivered, made.invoice_status) == (3, "upselling")
    made.order_line.write({"product_uom_qty": 3})
    assert (moves(made), made.invoice_status) == ([(2, "done")], "to invoice")
