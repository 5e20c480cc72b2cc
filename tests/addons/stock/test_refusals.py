"""What the warehouse refuses, each with where and why."""

from decimal import Decimal

import pytest

from entrepot.api import AccessError, Command, UserError, ValidationError


def paths(caught):
    return [problem.path for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("product_uom_qty", 9),
        ("quantity", 9),
        ("quantity_done", 9),
        ("date", "2031-01-01"),
        ("price_unit", Decimal(5)),
    ],
)
def test_a_done_move_does_not_change(receive, frame, name, value):
    move = receive(frame, 5).move_ids
    with pytest.raises(ValidationError) as caught:
        move.write({name: value})
    assert name in {*paths(caught), "quantity_done"}
    assert caught.value.problems[0].code == "closed"


def test_the_lines_of_a_done_move_do_not_change(receive, frame, env, stock):
    receipt = receive(frame, 5)
    for change in (
        lambda: receipt.move_line_ids.write({"quantity": 6}),
        lambda: receipt.move_line_ids.write({"qty_done": 6}),
        receipt.move_line_ids.unlink,
        lambda: env["stock.move.line"].create({"move_id": receipt.move_ids.id, "quantity": 1}),
        lambda: receipt.move_ids.write({"move_line_ids": [Command.clear()]}),
        lambda: receipt.write({"location_dest_id": env.ref("stock.location_inventory").id}),
        receipt.move_ids.unlink,
        receipt.unlink,
    ):
        with pytest.raises(ValidationError), env.savepoint():
            change()
    assert receipt.move_ids.quantity == 5
    with pytest.raises(UserError, match="is done"):
        receipt.action_cancel()


def test_what_is_written_again_as_it_is_is_no_change(receive, frame):
    receipt = receive(frame, 5)
    receipt.move_ids.write({"product_uom_qty": 5, "product_id": frame.id, "origin": "PO7"})
    assert receipt.move_ids.origin == "PO7"


@pytest.mark.parametrize("state", ["done", "assigned", "cancel"])
def test_states_are_not_written(env, transfer, frame, state):
    receipt = transfer("in", (frame, 5))
    with pytest.raises(ValidationError, match="States follow"):
        receipt.move_ids.write({"state": state})
    with pytest.raises(ValidationError, match="States follow"):
        transfer("in", (frame, 5, {"state": state}))


def test_quantities_on_hand_are_not_written(env, receive, frame, stock):
    receive(frame, 5)
    quants = env["stock.quant"]
    quant = quants.search([("product_id", "=", frame.id), ("location_id", "=", stock.id)])
    for values in (
        {"quantity": 9},
        {"reserved_quantity": 0},
        {"location_id": stock.id, "in_date": "2020-01-01"},
    ):
        with pytest.raises(ValidationError, match="follow from moves"):
            quant.write(values)
    with pytest.raises(ValidationError, match="follow from moves"):
        quants.create({"product_id": frame.id, "location_id": stock.id, "quantity": 3})
    with pytest.raises(ValidationError, match="not negative"), env.savepoint():
        quant.write({"inventory_quantity": -1})
    with pytest.raises(UserError, match="count it as 0"):
        quant.unlink()
    with pytest.raises(UserError, match="not counted"):
        quant.action_apply_inventory()


def test_reservations_are_not_written(env, receive, transfer, frame):
    receive(frame, 5)
    delivery = transfer("out", (frame, 5))
    delivery.action_confirm()
    with pytest.raises(ValidationError, match="write quantity"):
        delivery.move_line_ids.write({"reserved_qty": 0})


def test_services_have_no_stock(env, transfer, product, stock):
    fitting = product("Fitting", type="service", is_storable=False)
    with pytest.raises(ValidationError) as caught:
        transfer("in", (fitting, 1))
    assert caught.value.problems[0].code == "service"
    with pytest.raises(ValidationError) as caught:
        product("Advice", type="service")
    assert paths(caught) == ["is_storable"]
    with pytest.raises(ValidationError) as caught:
        env["stock.quant"].create(
            {"product_id": fitting.id, "location_id": stock.id, "inventory_quantity": 1}
        )
    assert caught.value.problems[0].code == "not_storable"


@pytest.mark.parametrize("whose", ["variant", "template"])
def test_a_product_on_hand_is_not_archived(receive, transfer, frame, whose):
    receive(frame, 2)
    record = frame if whose == "variant" else frame.product_tmpl_id
    with pytest.raises(ValidationError) as caught:
        record.write({"active": False})
    assert caught.value.problems[0].code == "on_hand"
    transfer("out", (frame, 2)).button_validate()
    record.write({"active": False})
    with pytest.raises(UserError, match="is archived"):
        transfer("in", (frame, 1)).action_confirm()


@pytest.mark.parametrize(
    ("name", "value"),
    [("is_storable", False), ("type", "service"), ("detailed_type", "service"), ("uom_id", None)],
)
def test_a_moved_product_keeps_type_and_unit(env, receive, frame, name, value):
    receive(frame, 2)
    value = env.ref("uom.product_uom_dozen").id if name == "uom_id" else value
    with pytest.raises(ValidationError) as caught:
        frame.product_tmpl_id.write({name: value})
    assert caught.value.problems[0].code == "moved"


def test_units_of_another_category_are_refused(env, transfer, frame):
    with pytest.raises((ValidationError, UserError), match=r"categor|not counted"):
        transfer("in", (frame, 1, {"product_uom": env.ref("uom.product_uom_kg").id}))


def test_negative_quantities_are_refused(transfer, frame):
    with pytest.raises(ValidationError) as caught:
        transfer("in", (frame, -1))
    assert caught.value.problems[0].code == "range"
    receipt = transfer("in", (frame, 1))
    receipt.action_confirm()
    with pytest.raises(ValidationError, match="not negative"):
        receipt.move_ids.write({"quantity": -1})


def test_views_hold_nothing(env, transfer, frame, warehouse):
    with pytest.raises(ValidationError, match="is a view"):
        transfer("in", (frame, 1), location_dest_id=warehouse.view_location_id.id)


def test_an_empty_transfer_does_nothing(transfer):
    with pytest.raises(UserError, match="nothing to move"):
        transfer("in").button_validate()
    with pytest.raises(UserError, match="Nothing to check"):
        transfer("out").action_assign()


def test_a_transfer_needs_its_kind(env):
    with pytest.raises(ValidationError) as caught:
        env["stock.picking"].create({"origin": "?"})
    assert paths(caught) == ["picking_type_id"]


def test_locations_have_no_circle_and_keep_what_they_hold(env, receive, frame, shelf, stock):
    top = shelf("Top")
    low = env["stock.location"].create({"name": "Low", "location_id": top.id})
    assert low.complete_name == "WH/Stock/Top/Low"
    top.write({"name": "Upper"})
    assert low.complete_name == "WH/Stock/Upper/Low"
    with pytest.raises(ValidationError, match="recursive"), env.savepoint():
        top.write({"location_id": low.id})
    receive(frame, 1, location_dest_id=low.id)
    for values in ({"active": False}, {"usage": "customer"}):
        with pytest.raises(UserError, match="holds products"):
            top.write(values)
    with pytest.raises(UserError, match="warehouse"):
        stock.unlink()


def test_a_short_name_is_used_once_in_a_company(env):
    with pytest.raises(ValidationError) as caught:
        env["stock.warehouse"].create({"name": "Other", "code": "WH"})
    assert caught.value.problems[0].code == "not_unique"


def test_a_warehouse_with_open_transfers_stays(env, transfer, frame, warehouse):
    receipt = transfer("in", (frame, 1))
    receipt.action_confirm()
    with pytest.raises(UserError, match="open transfers"):
        warehouse.write({"active": False})
    receipt.button_validate()
    with pytest.raises(UserError, match="archive it instead"):
        warehouse.unlink()


def test_who_moves_and_who_counts(env, receive, transfer, frame, stock):
    def person(name, *groups):
        links = [Command.link(env.ref(group).id) for group in groups]
        return env["res.users"].create({"name": name, "login": name, "groups_id": links})

    clerk = person("clerk", "base.group_user")
    packer = person("packer", "stock.group_stock_user")
    boss = person("boss", "stock.group_stock_manager")
    receive(frame, 5)
    delivery = transfer("out", (frame, 2))
    env.flush()

    assert env["stock.warehouse"].with_user(clerk.id).search([]).mapped("code") == ["WH"]
    assert frame.with_user(clerk.id).qty_available == 5
    for model in ("stock.picking", "stock.move", "stock.quant"):
        with pytest.raises(AccessError):
            env[model].with_user(clerk.id).search([])
    delivery.with_user(packer.id).button_validate()
    quants = env["stock.quant"].with_user(packer.id)
    quant = quants.create({"product_id": frame.id, "location_id": stock.id, "inventory_quantity": 2})
    with pytest.raises(AccessError, match="managers"):
        quant.action_apply_inventory()
    with pytest.raises(AccessError):
        env["stock.warehouse"].with_user(packer.id).create({"name": "Mine", "code": "MINE"})
    quant.with_user(boss.id).action_apply_inventory()
    assert frame.qty_available == 2
    made = env["stock.warehouse"].with_user(boss.id).create({"name": "South", "code": "SO"})
    assert made.lot_stock_id.complete_name == "SO/Stock"


def test_companies_keep_to_themselves(env, receive, frame, stock, warehouse):
    receive(frame, 5)
    other = env["res.company"].create({"name": "Second Sight"})
    theirs = env["stock.warehouse"].search([("company_id", "=", other.id)])
    assert (theirs.code, theirs.in_type_id.sequence_id.prefix) == ("SECON", "SECON/IN/")
    links = [Command.link(env.ref("stock.group_stock_user").id)]
    user = env["res.users"].create(
        {
            "name": "Sue",
            "login": "sue",
            "groups_id": links,
            "company_id": other.id,
            "company_ids": [Command.set(other.ids)],
        }
    )
    env.flush()
    seen = env.derive(uid=user.id, su=False)
    assert seen["stock.warehouse"].search([]) == theirs
    assert not seen["stock.picking"].search([])
    assert seen["product.product"].browse(frame.ids).qty_available == 0
    with pytest.raises(ValidationError, match="another company"):
        env["stock.picking"].create(
            {
                "picking_type_id": warehouse.in_type_id.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": frame.id,
                            "product_uom_qty": 1,
                            "location_dest_id": theirs.lot_stock_id.id,
                        }
                    )
                ],
            }
        )
