"""From an opportunity to its quotations and orders."""

from decimal import Decimal

import pytest

from entrepot.api import Command, UserError


@pytest.fixture
def chair(env):
    return env["product.product"].create(
        {"name": "Chair", "list_price": 40, "type": "consu", "taxes_id": [Command.set([])]}
    )


def quote(lead, chair, quantity):
    order = lead.new_quotation(
        {"order_line": [Command.create({"product_id": chair.id, "product_uom_qty": quantity})]}
    )
    assert order.opportunity_id == lead
    return order


def test_an_opportunity_is_quoted_ordered_and_won(env, lead, customer, chair):
    team = env.ref("crm.team_sales_department")
    team.write({"won_on_order": True})
    one = lead(partner_id=customer.id, tag_ids=[env.ref("crm.categ_oppor1").id])
    opened = one.action_new_quotation()
    empty = env["sale.order"].browse(opened["res_id"])
    assert (empty.partner_id, empty.team_id, empty.origin) == (customer, team, one.name)
    assert empty.tag_ids == one.tag_ids
    order = quote(one, chair, 20)
    assert (one.quotation_count, one.sale_order_count, one.sale_amount_total) == (2, 0, 0)
    order.action_confirm()
    assert (one.quotation_count, one.sale_order_count, one.sale_amount_total) == (1, 1, Decimal(800))
    assert one.won_status == "won"


def test_teams_that_do_not_want_it_win_by_hand(lead, customer, chair):
    one = lead(partner_id=customer.id)
    quote(one, chair, 1).action_confirm()
    assert one.won_status == "pending"


def test_a_quotation_needs_a_customer(lead):
    with pytest.raises(UserError):
        lead().action_new_quotation()


def test_orders_stay_when_leads_are_merged(lead, customer, chair):
    old, new = lead(), lead(partner_id=customer.id)
    order = quote(new, chair, 2)
    (old | new).merge_opportunity()
    assert old.order_ids == order


def test_a_salesperson_sells(env, lead, customer, chair, staff):
    one = lead(partner_id=customer.id, user_id=staff.sam.id)
    env.flush()
    mine = env["crm.lead"].with_user(staff.sam.id).browse(one.id)
    order = quote(mine, chair, 3)
    order.action_confirm()
    mine.action_set_won()
    assert (mine.sale_amount_total, mine.won_status) == (Decimal(120), "won")
