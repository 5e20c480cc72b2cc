"""From the order to the money: invoices by ordered and delivered quantities, down payments, credit notes."""

import random
from decimal import Decimal

import pytest

from entrepot.api import Command, UserError, ValidationError

D = Decimal


def wizard(order, **values):
    made = order.env["sale.advance.payment.inv"].with_context(
        active_model="sale.order", active_ids=list(order.ids)
    )
    return made.create(values)


def test_ordered_quantities_are_billed_at_once(order, frame, bill):
    made = order((frame, 3, {"discount": 10}))
    made.action_confirm()
    assert made.invoice_status == "to invoice"
    invoice = bill(made)
    assert (invoice.move_type, invoice.amount_untaxed, invoice.invoice_origin) == (
        "out_invoice",
        270,
        made.name,
    )
    assert (made.invoice_status, made.invoice_ids, made.invoice_count) == ("invoiced", invoice, 1)
    assert (made.order_line.qty_invoiced, made.amount_to_invoice) == (3, 0)
    with pytest.raises(UserError, match="Nothing to invoice"):
        made.create_invoices()


def test_delivered_quantities_are_billed_as_they_go_out(order, frame, ship, bill):
    frame.write({"invoice_policy": "delivery"})
    made = order((frame, 5))
    made.action_confirm()
    assert made.invoice_status == "no"
    with pytest.raises(UserError, match="Nothing to invoice"):
        made.create_invoices()
    first = made.picking_ids
    ship(first, 2)
    assert bill(made).amount_untaxed == 200
    assert made.invoice_status == "no"
    ship(made.picking_ids - first)
    assert bill(made).amount_untaxed == 300
    assert made.invoice_status == "invoiced"


def test_quotations_are_not_billed(order, frame):
    with pytest.raises(UserError, match="Nothing to invoice"):
        order((frame, 1)).create_invoices()


def test_what_comes_back_is_credited(order, frame, ship, bill):
    frame.write({"invoice_policy": "delivery"})
    made = order((frame, 5))
    made.action_confirm()
    ship(made.picking_ids)
    bill(made)
    back = made.env["stock.picking"].browse(made.picking_ids.return_goods({str(frame.id): 2}))
    ship(back)
    assert made.order_line.qty_to_invoice == -2
    credit = bill(made)
    assert (credit.move_type, credit.amount_untaxed) == ("out_refund", 200)
    assert (made.order_line.qty_invoiced, made.amount_invoiced) == (3, 300)


def test_a_credit_note_of_the_invoice_is_billed_again(env, order, frame, bill):
    made = order((frame, 2))
    made.action_confirm()
    invoice = bill(made)
    credit = invoice.action_reverse("Wrong")
    credit.action_post()
    assert made.order_line.qty_invoiced == 0
    assert made.invoice_status == "to invoice"
    assert made.invoice_count == 2


def test_a_corrected_invoice_bills_in_place_of_the_first(env, order, frame, bill):
    made = order((frame, 2))
    made.action_confirm()
    invoice = bill(made)
    context = {"active_model": "account.move", "active_ids": list(invoice.ids)}
    asked = env["account.move.reversal"].with_context(**context).create({"reason": "Address"})
    draft = env["account.move"].browse(asked.modify_moves()["res_id"])
    assert draft.invoice_line_ids.sale_line_ids == made.order_line
    assert (made.order_line.qty_invoiced, made.invoice_status) == (2, "invoiced")
    assert invoice.copy().invoice_line_ids.sale_line_ids.ids == ()


def test_a_cancelled_invoice_bills_nothing(order, frame):
    made = order((frame, 2))
    made.action_confirm()
    invoice = made.env["account.move"].browse(made.create_invoices())
    assert made.order_line.qty_invoiced == 2
    invoice.button_cancel()
    assert (made.order_line.qty_invoiced, made.invoice_status) == (0, "to invoice")


def test_invoiced_lines_stay(order, fitting, bill):
    made = order((fitting, 2))
    made.action_confirm()
    bill(made)
    with pytest.raises(ValidationError, match="is invoiced"):
        made.order_line.unlink()
    with pytest.raises(UserError, match="credit it"):
        made.action_cancel()


def test_cancelling_an_order_cancels_its_draft_invoice(order, fitting):
    made = order((fitting, 2))
    made.action_confirm()
    invoice = made.env["account.move"].browse(made.create_invoices())
    made.action_cancel()
    assert (invoice.state, made.state, made.invoice_status) == ("cancel", "cancel", "no")


def test_orders_of_one_customer_share_an_invoice_unless_told(env, order, fitting):
    orders = order((fitting, 1)) | order((fitting, 2))
    orders.action_confirm()
    invoice = env["account.move"].browse(orders.create_invoices())
    assert (len(invoice), invoice.amount_untaxed) == (1, 75)
    assert all(each.name in invoice.invoice_origin for each in orders)
    invoice.button_cancel()
    assert len(orders.create_invoices(grouped=True)) == 2


def test_sections_head_what_is_billed(env, order, frame, fitting):
    made = order()
    made.write(
        {
            "order_line": [
                Command.create({"display_type": "line_section", "name": "Goods", "sequence": 1}),
                Command.create({"product_id": fitting.id, "product_uom_qty": 0, "sequence": 2}),
                Command.create({"display_type": "line_section", "name": "Work", "sequence": 3}),
                Command.create({"product_id": fitting.id, "sequence": 4}),
            ]
        }
    )
    made.action_confirm()
    invoice = env["account.move"].browse(made.create_invoices())
    assert invoice.invoice_line_ids.sorted("sequence").mapped("name") == ["Work", "Fitting"]


def test_the_wizard_bills_what_is_due(order, fitting):
    made = order((fitting, 2))
    made.action_confirm()
    action = wizard(made).create_invoices()
    assert (action["res_model"], made.invoice_ids.amount_untaxed) == ("account.move", 50)


def test_a_down_payment_is_taken_off_the_last_invoice(env, order, bill):
    lens = env["product.product"].create({"name": "Lens", "type": "service", "list_price": 100})
    made = order((lens, 2))
    total = made.amount_total
    made.action_confirm()
    wizard(made, advance_payment_method="percentage", amount=30).create_invoices()
    advance = made.invoice_ids
    advance.action_post()
    assert advance.amount_untaxed == 60
    assert (made.amount_total, made.invoice_status) == (total, "to invoice")
    last = bill(made)
    assert last.amount_untaxed == 140
    assert advance.amount_total + last.amount_total == total
    assert made.invoice_status == "invoiced"
    with pytest.raises(UserError, match="Nothing to invoice"):
        made.create_invoices()


def test_a_fixed_down_payment_is_with_taxes(env, order, bill):
    lens = env["product.product"].create({"name": "Lens", "type": "service", "list_price": 100})
    made = order((lens, 2))
    made.action_confirm()
    wizard(made, advance_payment_method="fixed", fixed_amount=50).create_invoices()
    assert made.invoice_ids.amount_total == 50
    made.invoice_ids.action_post()
    assert bill(made).amount_total == made.amount_total - 50


def test_a_down_payment_that_is_too_much_is_credited(env, order, frame, ship, bill):
    frame.write({"invoice_policy": "delivery"})
    made = order((frame, 5))
    made.action_confirm()
    wizard(made, advance_payment_method="percentage", amount=100).create_invoices()
    made.invoice_ids.action_post()
    ship(made.picking_ids, 2)
    credit = bill(made)
    assert (credit.move_type, credit.amount_untaxed) == ("out_refund", 300)


def test_each_way_of_taxing_has_its_down_payment(env, order, frame):
    lens = env["product.product"].create({"name": "Lens", "type": "service", "list_price": 100})
    made = order((frame, 1), (lens, 1))
    made.action_confirm()
    wizard(made, advance_payment_method="percentage", amount=50).create_invoices()
    lines = made.order_line.filtered("is_downpayment")
    assert sorted((len(line.tax_id), line.price_unit) for line in lines) == [(0, 50), (1, 50)]
    assert made.invoice_ids.amount_total * 2 == made.amount_total


@pytest.fixture
def taxes(env):
    """Taxes of every kind: on top, in the price, on a tax, and for each unit."""
    rows = [
        {"name": "19 on top", "amount": 19},
        {"name": "7 inside", "amount": 7, "price_include": True},
        {"name": "10 first", "amount": 10, "include_base_amount": True, "sequence": 0},
        {"name": "0.35 each", "amount": 0.35, "amount_type": "fixed"},
    ]
    return env["account.tax"].create(rows)


@pytest.mark.parametrize("method", ["round_per_line", "round_globally"])
@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_ordered_is_billed_to_the_cent(env, order, fitting, taxes, method, seed):
    chance = random.Random(seed)  # noqa: S311 - the same orders each time
    env.company.write({"tax_calculation_rounding_method": method})
    for _ in range(4):
        wanted = []
        for _ in range(chance.randint(1, 7)):
            more = {
                "price_unit": chance.randint(1, 99_999) / chance.choice([100, 10_000]),
                "discount": chance.choice([0, 0, 12.5, 33.33]),
                "tax_id": [Command.set(chance.sample(taxes.ids, chance.randint(0, 3)))],
            }
            wanted.append((fitting, chance.choice([1, 3, 0.5, 7.25]), more))
        made = order(*wanted)
        made.action_confirm()
        invoice = env["account.move"].browse(made.create_invoices())
        assert (invoice.amount_untaxed, invoice.amount_tax) == (made.amount_untaxed, made.amount_tax)
        assert sum(made.order_line.mapped("price_total")) == made.amount_total
        assert made.amount_untaxed + made.amount_tax == made.amount_total
        assert made.invoice_status == "invoiced"


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"advance_payment_method": "percentage", "amount": 0}, "amount"),
        ({"advance_payment_method": "percentage", "amount": 101}, "amount"),
        ({"advance_payment_method": "fixed", "fixed_amount": 0}, "fixed_amount"),
    ],
)
def test_down_payments_that_make_no_sense_are_refused(order, fitting, values, path):
    made = order((fitting, 1))
    with pytest.raises(ValidationError) as caught:
        wizard(made, **values)
    assert [problem.path for problem in caught.value.problems] == [path]


def test_a_down_payment_is_no_more_than_the_order(order, fitting):
    made = order((fitting, 1))
    made.action_confirm()
    with pytest.raises(UserError, match="cannot be more"):
        wizard(made, advance_payment_method="fixed", fixed_amount=26).create_invoices()
    quotation = order((fitting, 1))
    with pytest.raises(UserError, match="not confirmed"):
        wizard(quotation, advance_payment_method="percentage", amount=10).create_invoices()
