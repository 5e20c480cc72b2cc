"""Warehouses, their places, and where goods of a contact go."""


def test_a_warehouse_brings_its_places_and_kinds(env):
    south = env["stock.warehouse"].create({"name": "South", "code": "SO"})
    kinds = (south.in_type_id, south.out_type_id, south.int_type_id)
    assert [kind.code for kind in kinds] == ["incoming", "outgoing", "internal"]
    assert south.in_type_id.display_name == "South: Receipts"
    assert south.in_type_id.default_location_dest_id == south.lot_stock_id
    assert south.out_type_id.default_location_src_id == south.lot_stock_id
    assert south.lot_stock_id.warehouse_id == south
    assert south.view_location_id.usage == "view"
    assert south.out_type_id.return_picking_type_id == south.in_type_id


def test_a_new_short_name_goes_on_to_places_and_numbers(env, transfer, frame, warehouse):
    warehouse.write({"code": "NO"})
    assert warehouse.lot_stock_id.complete_name == "NO/Stock"
    assert transfer("in", (frame, 1)).name == "NO/IN/00001"


def test_an_archived_warehouse_takes_its_kinds_along(env):
    south = env["stock.warehouse"].create({"name": "South", "code": "SO"})
    south.write({"active": False})
    assert not south.in_type_id.active
    assert not south.lot_stock_id.active
    south.write({"active": True})
    assert south.in_type_id.active
    assert south.lot_stock_id.active


def test_several_warehouses_of_several_companies(env):
    other = env["res.company"].create({"name": "Sight & Sound"})
    made = env["stock.warehouse"].search([("company_id", "=", other.id)])
    assert (made.name, made.code, made.partner_id) == ("Sight & Sound", "SIGHT", other.partner_id)
    env["stock.warehouse"].create({"name": "North", "code": "WH", "company_id": other.id})


def test_goods_go_to_the_contacts_own_place(env, transfer, frame):
    customers = env.ref("stock.stock_location_customers")
    hall = env["stock.location"].create(
        {"name": "Hall", "usage": "customer", "location_id": customers.id, "company_id": False}
    )
    ann = env["res.partner"].create({"name": "Ann"})
    assert ann.property_stock_customer == customers
    assert ann.property_stock_supplier == env.ref("stock.stock_location_suppliers")
    ann.write({"property_stock_customer": hall.id})
    delivery = transfer("out", (frame, 1), partner_id=ann.id)
    assert (delivery.location_dest_id, delivery.move_ids.location_dest_id) == (hall, hall)
    assert delivery.move_ids.partner_id == ann


def test_how_many_of_a_kind_wait(env, transfer, receive, frame, warehouse):
    receive(frame, 1)
    transfer("out", (frame, 1)).action_confirm()
    transfer("out", (frame, 1)).action_confirm()
    transfer("out", (frame, 1))
    kind = warehouse.out_type_id
    assert (kind.count_picking_ready, kind.count_picking_waiting, kind.count_picking_draft) == (1, 1, 1)


def test_a_kind_may_reserve_by_hand_and_keep_or_drop_the_rest(env, transfer, receive, frame, warehouse):
    kind = warehouse.out_type_id
    kind.write({"reservation_method": "manual", "create_backorder": "always"})
    receive(frame, 3)
    delivery = transfer("out", (frame, 5))
    delivery.action_confirm()
    assert delivery.state == "confirmed"
    delivery.action_assign()
    assert delivery.button_validate() is True
    assert delivery.backorder_ids.state == "confirmed"
    kind.write({"create_backorder": "never"})
    receive(frame, 1)
    later = delivery.backorder_ids
    later.action_assign()
    assert later.button_validate() is True
    assert not later.backorder_ids


def test_a_date_of_a_transfer_is_that_of_its_moves(env, transfer, frame):
    receipt = transfer("in", (frame, 1))
    receipt.write({"scheduled_date": "2030-05-01 10:00:00"})
    assert receipt.move_ids.date == receipt.scheduled_date
    assert receipt.scheduled_date.month == 5


def test_urgent_moves_are_served_first(env, transfer, receive, frame):
    calm, urgent = transfer("out", (frame, 2)), transfer("out", (frame, 2), priority="1")
    (calm | urgent).action_confirm()
    receive(frame, 2)
    assert (calm.state, urgent.state) == ("confirmed", "assigned")
