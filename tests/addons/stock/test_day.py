"""A working day in the warehouse: goods come, are promised, go, come back and are counted."""

import datetime as dt

import pytest

from entrepot.api import Command, UserError, ValidationError


def paths(caught):
    return [problem.path for problem in caught.value.problems]


def test_what_is_received_is_on_hand(transfer, frame, stock, on_hand):
    receipt = transfer("in", (frame, 10))
    assert receipt.state == "draft"
    assert receipt.name == "WH/IN/00001"
    receipt.action_confirm()
    assert (receipt.state, receipt.move_ids.state) == ("assigned", "assigned")
    assert (frame.qty_available, frame.incoming_qty, frame.virtual_available) == (0, 10, 10)
    assert receipt.button_validate() is True
    assert (receipt.state, receipt.move_ids.quantity) == ("done", 10)
    assert receipt.date_done
    assert on_hand(frame, stock) == (10, 0)
    assert (frame.qty_available, frame.incoming_qty, frame.virtual_available) == (10, 0, 10)


def test_a_delivery_reserves_then_takes(receive, transfer, frame, stock, on_hand):
    receive(frame, 10)
    delivery = transfer("out", (frame, 4))
    delivery.action_confirm()
    assert delivery.state == "assigned"
    assert on_hand(frame, stock) == (10, 4)
    assert (frame.qty_available, frame.free_qty, frame.outgoing_qty) == (10, 6, 4)
    delivery.button_validate()
    assert on_hand(frame, stock) == (6, 0)


def test_two_deliveries_never_share_a_unit(receive, transfer, frame, stock, on_hand):
    receive(frame, 10)
    first, second = transfer("out", (frame, 7)), transfer("out", (frame, 7))
    (first | second).action_confirm()
    assert (first.state, second.state) == ("assigned", "assigned")
    assert second.move_ids.state == "partially_available"
    assert (first.move_ids.quantity, second.move_ids.quantity) == (7, 3)
    assert on_hand(frame, stock) == (10, 10)


def test_what_is_missing_becomes_a_backorder(receive, transfer, frame, env):
    receive(frame, 3)
    delivery = transfer("out", (frame, 5))
    delivery.action_confirm()
    asked = delivery.button_validate()
    assert asked["res_model"] == "stock.backorder.confirmation"
    wizard = env["stock.backorder.confirmation"].with_context(**asked["context"]).create({})
    assert wizard.pick_ids == delivery
    wizard.process()
    assert (delivery.state, delivery.move_ids.quantity, delivery.move_ids.product_uom_qty) == ("done", 3, 3)
    later = delivery.backorder_ids
    assert (later.state, later.move_ids.product_uom_qty, later.move_ids.quantity) == ("confirmed", 2, 0)
    receive(frame, 10)
    assert (later.state, later.move_ids.quantity) == ("assigned", 2)


def test_what_is_missing_may_be_given_up(receive, transfer, frame):
    receive(frame, 3)
    delivery = transfer("out", (frame, 5))
    delivery.action_confirm()
    delivery.with_context(skip_backorder=True, picking_ids_not_to_backorder=delivery.ids).button_validate()
    assert delivery.state == "done"
    assert not delivery.backorder_ids
    assert sorted(delivery.move_ids.mapped("state")) == ["cancel", "done"]


def test_more_than_wanted_may_be_delivered(receive, transfer, frame, stock, on_hand):
    receive(frame, 10)
    delivery = transfer("out", (frame, 4))
    delivery.action_confirm()
    delivery.move_ids.quantity = 6
    assert on_hand(frame, stock) == (10, 6)
    assert delivery.button_validate() is True
    assert (delivery.move_ids.product_uom_qty, delivery.move_ids.quantity) == (4, 6)
    assert on_hand(frame, stock) == (4, 0)


def test_what_is_said_goes_before_what_is_there(transfer, frame, stock, on_hand):
    delivery = transfer("out", (frame, 4))
    delivery.action_confirm()
    with pytest.raises(UserError, match="Nothing is reserved"):
        delivery.button_validate()
    delivery.move_ids.quantity = 4
    assert delivery.state == "assigned"
    assert on_hand(frame, stock) == (0, 0), "reserved is what is there, and nothing was"
    delivery.button_validate()
    assert on_hand(frame, stock) == (-4, 0)
    assert frame.qty_available == -4


def test_a_draft_that_is_validated_does_what_it_says(transfer, frame, stock, on_hand):
    receipt = transfer("in", (frame, 3))
    assert receipt.button_validate() is True
    assert on_hand(frame, stock) == (3, 0)


def test_taking_what_others_wait_for_frees_their_promise(receive, transfer, frame, stock, on_hand):
    receive(frame, 10)
    patient, rash = transfer("out", (frame, 8)), transfer("out", (frame, 6))
    patient.action_confirm()
    rash.action_confirm()
    rash.move_ids.quantity = 6
    rash.button_validate()
    assert on_hand(frame, stock) == (4, 4)
    assert (patient.move_ids.quantity, patient.move_ids.state) == (4, "partially_available")


def test_a_dozen_is_twelve_units(env, receive, transfer, frame, stock, on_hand):
    dozen = env.ref("uom.product_uom_dozen")
    receipt = transfer("in", (frame, 2, {"product_uom": dozen.id}))
    receipt.action_confirm()
    receipt.button_validate()
    assert on_hand(frame, stock) == (24, 0)
    first = transfer("out", (frame, 20))
    first.action_confirm()
    delivery = transfer("out", (frame, 1, {"product_uom": dozen.id}))
    delivery.action_confirm()
    assert (delivery.move_ids.state, delivery.move_ids.quantity) == ("partially_available", 0.333333)
    delivery.with_context(skip_backorder=True).button_validate()
    later = delivery.backorder_ids.move_ids
    assert (later.product_qty, later.product_uom) == (8, dozen)
    receive(frame, 8)
    assert later.state == "assigned"
    later.picking_id.button_validate()
    assert on_hand(frame, stock) == (20, 20)


def test_first_in_first_out(env, receive, transfer, frame, shelf, stock, on_hand):
    near, far = shelf("Near"), shelf("Far")
    receive(frame, 5, location_dest_id=far.id)
    env.work.clock.moment += dt.timedelta(days=1)
    receive(frame, 5, location_dest_id=near.id)
    delivery = transfer("out", (frame, 7))
    delivery.action_confirm()
    lines = {line.location_id: line.quantity for line in delivery.move_line_ids}
    assert lines == {far: 5, near: 2}
    delivery.button_validate()
    assert (on_hand(frame, far)[0], on_hand(frame, near)[0]) == (0, 3)


def test_cancelling_frees(receive, transfer, frame, stock, on_hand):
    receive(frame, 5)
    delivery = transfer("out", (frame, 5))
    delivery.action_confirm()
    delivery.action_cancel()
    assert (delivery.state, on_hand(frame, stock)) == ("cancel", (5, 0))
    with pytest.raises(UserError, match="cannot be validated"):
        delivery.button_validate()


def test_unreserving_frees_and_reserving_takes_again(receive, transfer, frame, stock, on_hand):
    receive(frame, 5)
    delivery = transfer("out", (frame, 5))
    delivery.action_confirm()
    delivery.do_unreserve()
    assert (delivery.state, on_hand(frame, stock)) == ("confirmed", (5, 0))
    delivery.action_assign()
    assert (delivery.state, on_hand(frame, stock)) == ("assigned", (5, 5))


def test_a_changed_demand_looks_again(receive, transfer, frame, stock, on_hand):
    receive(frame, 10)
    delivery = transfer("out", (frame, 5))
    delivery.action_confirm()
    delivery.move_ids.write({"product_uom_qty": 2})
    assert on_hand(frame, stock) == (10, 2)
    delivery.move_ids.write({"product_uom_qty": 12})
    assert (on_hand(frame, stock), delivery.move_ids.state) == ((10, 10), "partially_available")


def test_goods_come_back(receive, transfer, frame, stock, on_hand, env):
    receive(frame, 10)
    delivery = transfer("out", (frame, 4))
    delivery.action_confirm()
    with pytest.raises(UserError, match="not done"):
        delivery.return_goods()
    delivery.button_validate()
    back = env["stock.picking"].browse(delivery.return_goods({str(frame.id): 1}))
    assert (back.picking_type_id.code, back.return_id, back.state) == ("incoming", delivery, "assigned")
    back.button_validate()
    assert on_hand(frame, stock) == (7, 0)
    assert back.move_ids.origin_returned_move_id == delivery.move_ids
    with pytest.raises(ValidationError, match="3 can be returned, not 4"):
        delivery.return_goods({frame.id: 4})
    wizard = (
        env["stock.return.picking"]
        .with_context(active_id=delivery.id, active_model="stock.picking")
        .create({})
    )
    assert wizard.product_return_moves.quantity == 3
    action = wizard.create_returns()
    env["stock.picking"].browse(action["res_id"]).button_validate()
    assert on_hand(frame, stock) == (10, 0)
    with pytest.raises(UserError, match="left to be returned"):
        delivery.return_goods()


def test_a_count_corrects(env, receive, transfer, frame, stock, on_hand):
    receive(frame, 10)
    delivery = transfer("out", (frame, 9))
    delivery.action_confirm()
    quant = env["stock.quant"].create(
        {"product_id": frame.id, "location_id": stock.id, "inventory_quantity": 7}
    )
    assert quant.inventory_diff_quantity == -3
    quant.action_apply_inventory()
    assert on_hand(frame, stock) == (7, 7)
    assert (delivery.move_ids.quantity, delivery.move_ids.state) == (7, "partially_available")
    move = env["stock.move"].search([("is_inventory", "=", True)])
    assert (move.state, move.quantity, move.location_dest_id) == (
        "done",
        3,
        env.ref("stock.location_inventory"),
    )
    assert not quant.inventory_quantity_set


def test_a_first_count_makes_the_place(env, frame, stock, on_hand):
    quants = env["stock.quant"]
    quants.create(
        {"product_id": frame.id, "location_id": stock.id, "inventory_quantity": 2.5}
    ).action_apply_inventory()
    assert on_hand(frame, stock) == (2.5, 0)
    quants.create(
        {"product_id": frame.id, "location_id": stock.id, "inventory_quantity": 0}
    ).action_apply_inventory()
    assert on_hand(frame, stock) == (0, 0)


def test_a_count_that_was_overtaken_is_done_again(env, receive, frame, stock):
    receive(frame, 10)
    quant = env["stock.quant"].create(
        {"product_id": frame.id, "location_id": stock.id, "inventory_quantity": 7}
    )
    receive(frame, 1)
    with pytest.raises(UserError, match="Count them again"):
        quant.action_apply_inventory()


def test_an_internal_transfer_keeps_the_age(env, receive, transfer, frame, shelf, stock, on_hand):
    receive(frame, 10)
    top = shelf("Top")
    inside = transfer("int", (frame, 4), location_dest_id=top.id)
    inside.action_confirm()
    assert inside.button_validate() is True
    assert (on_hand(frame, stock), on_hand(frame, top)) == ((6, 0), (4, 0))
    assert frame.qty_available == 10
    assert top.complete_name == "WH/Stock/Top"


def test_a_line_can_say_from_where(env, receive, transfer, frame, shelf, stock, on_hand):
    near, far = shelf("Near"), shelf("Far")
    receive(frame, 5, location_dest_id=far.id)
    receive(frame, 5, location_dest_id=near.id)
    delivery = transfer("out", (frame, 3))
    delivery.action_confirm()
    delivery.move_line_ids.write({"location_id": near.id})
    assert (on_hand(frame, far), on_hand(frame, near)) == ((5, 0), (5, 3))
    delivery.move_line_ids.unlink()
    env["stock.move.line"].create({"move_id": delivery.move_ids.id, "quantity": 1, "location_id": far.id})
    assert (on_hand(frame, far), on_hand(frame, near)) == ((5, 1), (5, 0))
    with pytest.raises(ValidationError) as caught:
        env["stock.move.line"].create(
            {
                "move_id": delivery.move_ids.id,
                "quantity": 1,
                "location_id": env.ref("stock.stock_location_customers").id,
            }
        )
    assert paths(caught) == ["location_id"]


def test_one_picking_waits_for_another(env, receive, transfer, frame, shelf):
    receive(frame, 5)
    pick, ship = transfer("int", (frame, 5), location_dest_id=shelf("Gate").id), transfer("out", (frame, 5))
    ship.move_ids.write({"move_orig_ids": [Command.link(pick.move_ids.id)]})
    (pick | ship).action_confirm()
    assert (pick.state, ship.state) == ("assigned", "waiting")
    pick.button_validate()
    assert ship.state == "assigned"


def test_consumables_move_without_being_counted(transfer, product, env):
    glue = product("Glue", is_storable=False)
    delivery = transfer("out", (glue, 3))
    delivery.action_confirm()
    assert delivery.state == "assigned"
    delivery.button_validate()
    assert delivery.state == "done"
    assert not env["stock.quant"].search([("product_id", "=", glue.id)])


def test_many_transfers_are_made_at_once(env, warehouse, frame):
    line = {"product_id": frame.id, "product_uom_qty": 1}
    values = {"picking_type_id": warehouse.out_type_id.id, "move_ids_without_package": [(0, 0, line)]}

    def asked(count):
        env.flush()
        before = env.tx.statements
        env["stock.picking"].create([dict(values) for _ in range(count)])
        env.flush()
        return env.tx.statements - before

    asked(1)
    assert asked(20) <= asked(2) + 1
    some = env["stock.picking"].search([], limit=3)
    assert some.mapped("move_ids").mapped("product_id") == frame
    assert len(set(env["stock.picking"].search([]).mapped("name"))) == 23
    with pytest.raises(ValidationError) as caught:
        env["stock.picking"].create([values, {**values, "picking_type_id": 0}])
    assert paths(caught) == ["1.picking_type_id"]


def test_a_copied_transfer_is_a_new_plan(receive, frame):
    receipt = receive(frame, 5)
    again = receipt.copy()
    assert (again.state, again.name, again.date_done) == ("draft", "WH/IN/00002", None)
    assert (again.move_ids.product_uom_qty, again.move_ids.quantity, again.move_ids.reference) == (
        5,
        0,
        again.name,
    )
