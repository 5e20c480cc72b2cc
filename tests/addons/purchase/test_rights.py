"""Who asks and orders, who only looks, and whose orders."""

import pytest

from entrepot.api import AccessError, Command, ValidationError


@pytest.fixture
def person(env):
    def make(name, *groups, **values):
        links = [Command.link(env.ref(group).id) for group in groups]
        made = env["res.users"].create({"name": name, "login": name, "groups_id": links, **values})
        env.flush()
        return made.id

    return make


def test_a_buyer_does_the_whole_of_it_and_a_clerk_nothing(env, person, vendor, lens):
    buyer = person("buyer", "purchase.group_purchase_user")
    lens.write({"purchase_method": "purchase"})
    orders = env["purchase.order"].with_user(buyer)
    order = orders.create(
        {"partner_id": vendor.id, "order_line": [Command.create({"product_id": lens.id, "product_qty": 2})]}
    )
    order.action_rfq_send()
    assert order.state == "sent"
    order.button_confirm()
    assert order.picking_ids.state == "assigned"
    with pytest.raises(AccessError):
        order.picking_ids.button_validate()  # receiving is the warehouse's
    action = order.action_create_invoice()
    bill = env["account.move"].with_user(buyer).browse(action["res_id"])
    assert bill.state == "draft"
    with pytest.raises(AccessError):
        bill.write({"ref": "mine"})
    with pytest.raises(AccessError):
        order.unlink()
    clerk = person("clerk", "base.group_user")
    with pytest.raises(AccessError):
        env["purchase.order"].with_user(clerk).search([])
    packer = person("packer", "stock.group_stock_user")
    assert env["purchase.order"].with_user(packer).browse(order.ids).state == "purchase"
    env["stock.picking"].with_user(packer).browse(order.picking_ids.ids).button_validate()
    assert order.order_line.qty_received == 2


def test_orders_of_other_companies_are_not_seen(env, person, request_for, lens, vendor):
    order = request_for((lens, 1))
    other = env["res.company"].create({"name": "Second Sight"})
    theirs = {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
    stranger = person("stranger", "purchase.group_purchase_manager", **theirs)
    seen = env["purchase.order"].with_user(stranger)
    assert not seen.search([])
    with pytest.raises(AccessError):
        seen.browse(order.ids).read(["name"])
    own = seen.create(
        {"partner_id": vendor.id, "order_line": [Command.create({"product_id": lens.id, "product_qty": 1})]}
    )
    assert own.company_id == other
    assert own.picking_type_id.warehouse_id.company_id == other
    assert not own.order_line.taxes_id
    with pytest.raises(ValidationError, match="another company"):
        request_for((lens, 1), picking_type_id=own.sudo().picking_type_id.id)
