"""Who sells what: sellers make and confirm orders without rights in stock and books; companies keep theirs."""

import pytest

from entrepot.api import AccessError, Command


@pytest.fixture
def person(env):
    def make(login, group, **more):
        groups = [Command.set([env.ref(group).id])]
        return env["res.users"].create({"name": login, "login": login, "groups_id": groups, **more})

    return make


def test_a_seller_sells_from_quotation_to_invoice(env, order, frame, customer, person, ship):
    seller = person("seller", "sale.group_sale_salesman")
    orders = env["sale.order"].with_user(seller.id)
    made = orders.create(
        {
            "partner_id": customer.id,
            "order_line": [Command.create({"product_id": frame.id, "product_uom_qty": 2})],
        }
    )
    assert (made.user_id.id, made.amount_total) == (seller.id, 200)
    made.order_line.write({"discount": 50})
    made.action_confirm()
    assert made.picking_ids.state == "assigned"
    ship(made.picking_ids.sudo())
    ids = made.create_invoices()
    assert made.invoice_ids.ids == tuple(ids)
    assert made.invoice_ids.amount_total == 100
    with pytest.raises(AccessError):
        made.invoice_ids.write({"ref": "x"})
    with pytest.raises(AccessError):
        made.picking_ids.write({"origin": "x"})
    made.action_lock()
    with pytest.raises(AccessError):
        made.action_unlock()
    with pytest.raises(AccessError):
        made.unlink()


def test_the_wizard_needs_rights_on_the_orders(env, order, fitting, person):
    made = order((fitting, 1))
    made.action_confirm()
    clerk = person("clerk", "base.group_user")
    with pytest.raises(AccessError):
        env["sale.advance.payment.inv"].with_user(clerk.id).create(
            {"sale_order_ids": [Command.link(made.id)]}
        )
    seller = person("seller", "sale.group_sale_salesman")
    asked = (
        env["sale.advance.payment.inv"]
        .with_user(seller.id)
        .create({"sale_order_ids": [Command.link(made.id)]})
    )
    asked.create_invoices()
    assert made.invoice_count == 1


def test_others_inside_see_no_orders(env, order, frame, person):
    made = order((frame, 1))
    clerk = person("clerk", "base.group_user")
    with pytest.raises(AccessError):
        made.with_user(clerk.id).read(["name"])
    with pytest.raises(AccessError):
        made.with_user(clerk.id).action_confirm()
    shipper = person("shipper", "stock.group_stock_user")
    assert made.with_user(shipper.id).search_count([]) == 1


def test_orders_of_another_company_are_out_of_sight(env, order, frame, person):
    made = order((frame, 1))
    other = env["res.company"].create({"name": "Other"})
    seller = person(
        "seller", "sale.group_sale_salesman", company_id=other.id, company_ids=[Command.set([other.id])]
    )
    assert env["sale.order"].with_user(seller.id).search_count([]) == 0
    with pytest.raises(AccessError):
        made.with_user(seller.id).action_confirm()
