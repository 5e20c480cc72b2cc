"""A seller's day: quotations, their prices and taxes, and the steps of an order."""

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import Command, UserError, ValidationError

D = Decimal


def paths(caught):
    return [problem.path for problem in caught.value.problems]


def codes(caught):
    return {problem.code for problem in caught.value.problems}


def test_a_quotation_brings_everything_with_it(env, order, frame, customer):
    made = order((frame, 2))
    line = made.order_line
    assert made.name.startswith("S0")
    assert (made.state, made.currency_id, made.user_id) == ("draft", env.company.currency_id, env.user)
    assert made.partner_invoice_id == made.partner_shipping_id == customer
    assert made.pricelist_id == env.ref("product.list0")
    assert made.warehouse_id == env.ref("stock.warehouse0")
    assert made.validity_date == dt.date(2030, 5, 10)
    assert (line.name, line.product_uom, line.price_unit) == ("[FR] Frame", frame.uom_id, 100)
    assert (made.amount_untaxed, made.amount_tax, made.amount_total) == (200, 0, 200)
    assert (made.invoice_status, made.delivery_status) == ("no", None)


def test_numbers_follow_one_another(order, frame):
    first, second = order((frame, 1)), order((frame, 1), name="New")
    assert int(second.name[1:]) == int(first.name[1:]) + 1
    assert order((frame, 1), name="WEB-7").name == "WEB-7"


def test_addresses_terms_and_lists_come_from_the_customer(env, order, frame, customer):
    office = env["res.partner"].create({"name": "Office", "parent_id": customer.id, "type": "invoice"})
    home = env["res.partner"].create({"name": "Home", "parent_id": customer.id, "type": "delivery"})
    term = env["account.payment.term"].search([], limit=1)
    trade = env["product.pricelist"].create(
        {"name": "Trade", "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 10})]}
    )
    customer.write({"property_payment_term_id": term.id, "property_product_pricelist": trade.id})
    made = order((frame, 1))
    assert (made.partner_invoice_id, made.partner_shipping_id) == (office, home)
    assert (made.payment_term_id, made.pricelist_id) == (term, trade)
    assert made.order_line.price_unit == 90
    other = env["res.partner"].create({"name": "Bob"})
    made.write({"partner_id": other.id})
    assert (made.partner_invoice_id, made.pricelist_id) == (other, env.ref("product.list0"))


def test_prices_stay_until_they_are_updated(order, frame):
    made = order((frame, 1))
    frame.write({"list_price": 120})
    made.order_line.write({"product_uom_qty": 2})
    assert made.order_line.price_unit == 100
    made.action_update_prices()
    assert (made.order_line.price_unit, made.amount_total) == (120, 240)
    made.action_confirm()
    with pytest.raises(UserError, match="its prices stay"):
        made.action_update_prices()


def test_quantities_and_units_make_the_price(env, order, frame):
    env.ref("product.list0").write(
        {"item_ids": [Command.create({"product_id": frame.id, "fixed_price": 90, "min_quantity": 12})]}
    )
    dozen = env.ref("uom.product_uom_dozen")
    made = order((frame, 11), (frame, 1, {"product_uom": dozen.id}))
    assert made.order_line.mapped("price_unit") == [100, 1080]
    assert made.amount_total == 1100 + 1080


def test_a_price_that_is_told_holds(order, frame):
    made = order((frame, 2, {"price_unit": "79.99", "discount": 10}))
    assert made.order_line.price_unit == D("79.99")
    assert made.amount_total == D("143.98")
    assert order((frame, 1, {"price_unit": 0})).amount_total == 0


def test_another_product_brings_its_own_price(order, frame, fitting):
    made = order((frame, 2))
    made.order_line.write({"product_id": fitting.id})
    assert (made.order_line.name, made.order_line.price_unit, made.amount_total) == ("Fitting", 25, 50)


def test_taxes_are_those_of_the_invoice(env, order, bill):
    taxed = env["product.product"].create({"name": "Lens", "list_price": "9.99", "type": "service"})
    rate = taxed.taxes_id.amount
    assert rate > 0
    for method in ("round_per_line", "round_globally"):
        env.company.write({"tax_calculation_rounding_method": method})
        made = order((taxed, 1), (taxed, 3), (taxed, 7, {"discount": 33.3}))
        made.action_confirm()
        invoice = bill(made)
        assert made.amount_tax > 0
        assert (invoice.amount_untaxed, invoice.amount_tax) == (made.amount_untaxed, made.amount_tax)
        assert made.amount_total == sum(made.order_line.mapped("price_total"))
        assert sum(group["amount"] for group in made.tax_totals["groups"]) == float(made.amount_tax)


def test_orders_in_another_currency(env, order, frame, customer):
    pound = env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
    pound.write({"active": True})
    env["res.currency.rate"].create({"currency_id": pound.id, "name": "2030-01-01", "rate": 0.8})
    abroad = env["product.pricelist"].create({"name": "Abroad", "currency_id": pound.id})
    made = order((frame, 2), pricelist_id=abroad.id)
    assert (made.currency_id, made.order_line.price_unit, made.amount_total) == (pound, 80, 160)
    at_home = order((frame, 2, {"price_unit": 70}))
    at_home.write({"pricelist_id": abroad.id})
    assert (at_home.currency_id, at_home.amount_total) == (pound, 160)
    made.action_confirm()
    invoice = env["account.move"].browse(made.create_invoices())
    assert (invoice.currency_id, invoice.amount_total) == (pound, 160)


def test_sections_and_notes_cost_nothing(env, order, frame):
    made = order((frame, 1))
    made.write(
        {
            "order_line": [
                Command.create({"display_type": "line_section", "name": "Extras"}),
                Command.create({"display_type": "line_note", "name": "With care"}),
            ]
        }
    )
    assert made.amount_total == 100
    with pytest.raises(ValidationError) as caught:
        made.write(
            {
                "order_line": [
                    Command.create({"display_type": "line_note", "product_id": frame.id, "name": "x"})
                ]
            }
        )
    assert paths(caught) == ["order_line.0.display_type"]


def test_steps_and_back(order, frame):
    made = order((frame, 1))
    made.action_quotation_send()
    assert made.state == "sent"
    made.action_confirm()
    assert made.state == "sale"
    picking = made.picking_ids
    made.action_cancel()
    assert (made.state, picking.state) == ("cancel", "cancel")
    made.action_draft()
    made.action_confirm()
    assert (made.state, len(made.picking_ids)) == ("sale", 2)
    assert made.picking_ids.filtered(lambda each: each.state != "cancel").move_ids.product_uom_qty == 1


def test_an_order_is_confirmed_once(order, frame):
    made = order((frame, 1))
    made.action_confirm()
    with pytest.raises(UserError, match="not in a state requiring confirmation"):
        made.action_confirm()
    assert len(made.picking_ids) == 1


def test_states_follow_from_steps(env, order, frame, customer):
    made = order((frame, 1))
    for values in ({"state": "sale"}, {"locked": True}):
        with pytest.raises(ValidationError) as caught:
            made.write(values)
        assert codes(caught) == {"not_allowed"}
    made.write({"state": "draft", "locked": False})
    with pytest.raises(ValidationError):
        env["sale.order"].create({"partner_id": customer.id, "state": "sale"})
    for line in ({"is_downpayment": True}, {"qty_delivered": 3}):
        with pytest.raises(ValidationError):
            order((frame, 1, line))


def test_locked_orders_do_not_change(order, frame):
    made = order((frame, 1))
    made.action_confirm()
    made.action_lock()
    for change in (
        lambda: made.order_line.write({"product_uom_qty": 2}),
        lambda: made.write({"order_line": [Command.create({"product_id": frame.id})]}),
        made.order_line.unlink,
    ):
        with pytest.raises(ValidationError) as caught:
            change()
        assert codes(caught) == {"locked"}
    with pytest.raises(UserError, match="locked"):
        made.action_cancel()
    made.action_unlock()
    made.order_line.write({"product_uom_qty": 2})


def test_confirmed_orders_keep_whom_and_what_they_are_for(env, order, frame, fitting):
    made = order((frame, 1))
    made.action_confirm()
    other = env["res.partner"].create({"name": "Bob"})
    with pytest.raises(ValidationError) as caught:
        made.write({"partner_id": other.id, "pricelist_id": False})
    assert sorted(paths(caught)) == ["partner_id", "pricelist_id"]
    with pytest.raises(ValidationError) as caught:
        made.order_line.write({"product_id": fitting.id})
    assert paths(caught) == ["product_id"]
    made.write({"client_order_ref": "PO-7", "partner_id": made.partner_id.id})


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"discount": 100.01}, "discount"),
        ({"product_uom_qty": -1}, "product_uom_qty"),
        ({"product_uom_qty": 1e15}, "product_uom_qty"),
    ],
)
def test_lines_that_make_no_sense_are_refused(order, frame, values, path):
    with pytest.raises(ValidationError) as caught:
        order((frame, 1, values))
    assert [each.rpartition(".")[2] for each in paths(caught)] == [path]


def test_units_of_another_kind_are_refused(env, order, frame):
    with pytest.raises(ValidationError) as caught:
        order((frame, 1, {"product_uom": env.ref("uom.product_uom_kg").id, "price_unit": 1}))
    assert codes(caught) == {"category"}


def test_what_cannot_be_ordered_is_told_at_once(env, order, frame):
    with pytest.raises(ValidationError, match="has no lines"):
        order().action_confirm()
    made = order((frame, 1))
    made.write({"order_line": [Command.create({"name": "Something", "price_unit": 3})]})
    with pytest.raises(ValidationError, match="missing a product"):
        made.action_confirm()


def test_only_quotations_and_cancelled_orders_go(order, frame):
    made = order((frame, 1))
    made.action_confirm()
    with pytest.raises(ValidationError, match="Cancel"):
        made.unlink()
    made.action_cancel()
    assert made.unlink()
    assert order((frame, 1)).unlink()


def test_a_copy_is_a_new_quotation(order, frame):
    made = order((frame, 2, {"price_unit": 80, "discount": 5}))
    made.action_confirm()
    copy = made.copy()
    assert (copy.state, copy.picking_ids.ids, copy.amount_total) == ("draft", (), made.amount_total)
    assert copy.name != made.name
    assert copy.order_line.qty_delivered == 0


def test_products_know_how_much_is_sold(env, order, frame):
    order((frame, 2)).action_confirm()
    order((frame, 1, {"product_uom": env.ref("uom.product_uom_dozen").id})).action_confirm()
    order((frame, 9))
    assert frame.sales_count == frame.product_tmpl_id.sales_count == 14


def test_quotations_run_out(order, frame):
    assert not order((frame, 1)).is_expired
    assert order((frame, 1), validity_date="2030-04-09").is_expired


def test_each_company_sells_from_its_own_house(env, order, frame, customer):
    other = env["res.company"].create({"name": "Other", "currency_id": env.ref("base.EUR").id})
    warehouse = env["stock.warehouse"].search([("company_id", "=", other.id)])
    made = order((frame, 1), company_id=other.id, pricelist_id=False)
    assert (made.warehouse_id, made.currency_id) == (warehouse, env.ref("base.EUR"))
    made.action_confirm()
    assert made.picking_ids.company_id == other
    taxed = env["product.product"].create({"name": "Lens", "list_price": 10})
    assert order((taxed, 1), company_id=other.id, pricelist_id=False).order_line.tax_id.ids == ()
    with pytest.raises(ValidationError) as caught:
        order((frame, 1, {"warehouse_id": warehouse.id}))
    assert codes(caught) == {"company"}
    with pytest.raises(ValidationError) as caught:
        order((frame, 1), warehouse_id=warehouse.id)
    assert codes(caught) == {"company"}
