"""Whatever is sold, with whatever taxes and rounding: invoices say what tickets said, and the entry adds up."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from entrepot.api import Command


@pytest.fixture
def taxes(env):
    def tax(name, **values):
        return env["account.tax"].create({"name": name, "type_tax_use": "sale", **values})

    eco = tax("Eco", amount_type="fixed", amount=0.07, sequence=1, include_base_amount=True)
    vat = tax("VAT", amount=19, sequence=2)
    inside = tax("Inside", amount=7, price_include=True, sequence=3)
    both = tax("Both", amount_type="group", children_tax_ids=[Command.set([eco.id, vat.id])])
    return [[], [vat.id], [inside.id], [eco.id, vat.id], [both.id], [inside.id, vat.id]]


@pytest.mark.parametrize("rounding", ["round_per_line", "round_globally"])
@pytest.mark.parametrize("seed", [1, 3])
def test_a_wild_day_adds_up(env, shop, session, goods, methods, customer, taxes, rounding, seed):
    chance = random.Random(seed)  # noqa: S311 - the same day each time
    env.company.write({"tax_calculation_rounding_method": rounding})
    shop.write({"rounding_step": "0.05"})
    products = [goods.bread.id, goods.jam.id, goods.bag.id]

    def line():
        return {
            "product_id": chance.choice(products),
            "qty": chance.choice([1, 2, 0.333, 12, -1]),
            "price_unit": str(Decimal(chance.randint(1, 99_999)) / 1000),
            "discount": chance.choice([0, 0, 10, 33.33, 100]),
            "tax_ids": chance.choice(taxes),
        }

    drafts = [
        {
            "uuid": f"{seed}-{at}",
            "session_id": session.id,
            "lines": [line() for _ in range(chance.randint(1, 4))],
        }
        for at in range(25)
    ]
    orders = env["pos.order"].browse(row["id"] for row in env["pos.order"].create_from_ui(drafts, draft=True))
    for order in orders:
        method = chance.choice([methods.cash, methods.bank, methods.pay_later])
        amount = order.amount_total
        if method == methods.cash:
            amount = (amount / Decimal("0.05")).quantize(Decimal(1), "ROUND_HALF_UP") * Decimal("0.05")
        payment = {"payment_method_id": method.id, "amount": amount}
        order.write({"partner_id": customer.id, "payment_ids": [Command.create(payment)]})
    orders.action_pos_order_paid()
    for order in orders[:6]:
        order.action_pos_order_invoice()
    session.post_closing_cash_details(max(session.cash_register_balance_end, Decimal(0)))
    session.action_pos_session_close()
    for order in orders[6:12]:
        order.action_pos_order_invoice()
    for order in orders[:12]:
        sign = -1 if order.amount_total < 0 else 1
        assert order.account_move.amount_total == sign * order.amount_total
        assert order.account_move.amount_tax == sign * order.amount_tax

    lines = env["account.move.line"].search([("parent_state", "=", "posted")])
    assert sum(lines.mapped("balance"), Decimal(0)) == 0
    sold = lines.filtered(lambda each: each.account_id.code == "400000" or each.tax_line_id)
    assert -sum(sold.mapped("balance"), Decimal(0)) == sum(orders.mapped("amount_total"), Decimal(0))
    later = orders.mapped("payment_ids").filtered(lambda each: each.payment_method_id == methods.pay_later)
    assert customer.credit == sum(later.mapped("amount"), Decimal(0))
