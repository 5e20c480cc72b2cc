"""Shops, their methods and companies; demo data."""

import pytest

from entrepot.addons.point_of_sale import demo
from entrepot.api import Command, UserError, ValidationError


def test_a_shop_of_another_company_has_its_own_books(env):
    other = env["res.company"].create({"name": "Second"})
    with pytest.raises(ValidationError) as caught:
        env["pos.config"].create({"name": "There", "company_id": other.id})
    assert caught.value.problems[0].code == "no_chart"
    other.load_chart_of_accounts()
    if not env["stock.warehouse"].search([("company_id", "=", other.id)]):
        env["stock.warehouse"].create({"name": "Second", "code": "W2", "company_id": other.id})
    shop = env["pos.config"].create({"name": "There", "company_id": other.id})
    for name in ("journal_id", "invoice_journal_id", "warehouse_id", "gain_account_id"):
        assert getattr(shop, name).company_id == other
    assert set(shop.payment_method_ids.mapped("type")) == {"cash", "bank", "pay_later"}
    here = env["pos.config"].create({"name": "Here"})
    assert here.journal_id != shop.journal_id
    with pytest.raises(ValidationError) as caught:
        here.write({"payment_method_ids": [Command.set(shop.payment_method_ids.ids)]})
    assert {problem.code for problem in caught.value.problems} == {"other_company"}


def test_a_method_is_what_its_journal_is(env):
    journals = env["account.journal"]
    for kind in ("cash", "bank"):
        journal = journals.search([("type", "=", kind), ("company_id", "=", env.company.id)], limit=1)
        method = env["pos.payment.method"].create({"name": kind, "journal_id": journal.id})
        assert (method.type, method.is_cash_count) == (kind, kind == "cash")
    assert env["pos.payment.method"].create({"name": "Later"}).type == "pay_later"
    sale = journals.search([("type", "=", "sale")], limit=1)
    with pytest.raises(ValidationError):
        env["pos.payment.method"].create({"name": "Odd", "journal_id": sale.id})


def test_what_was_used_stays(env, shop, session, goods, methods, sell):
    sell([(goods.bread, 1)], [(methods.bank, 2.88)])
    for records in (methods.bank, shop, session):
        with pytest.raises(UserError), env.savepoint():
            records.unlink()
    methods.pay_later.unlink()


def test_prices_come_from_the_shop_s_list(env, session, shop, goods, methods, sell):
    prices = env["product.pricelist"].create(
        {
            "name": "Happy hour",
            "item_ids": [
                Command.create({"compute_price": "percentage", "percent_price": 50, "applied_on": "3_global"})
            ],
        }
    )
    shop.write({"pricelist_id": prices.id})
    order = sell([(goods.jam, 1)], [(methods.bank, 2.3)])
    assert (order.lines.price_unit, order.pricelist_id) == (2, prices)
    named = sell([], [(methods.bank, 1.15)], lines=[{"product_id": goods.jam.id, "qty": 1, "price_unit": 1}])
    assert named.lines.price_unit == 1
    cheap = sell([], [], lines=[{"product_id": goods.jam.id, "qty": 1, "discount": 100}])
    assert (cheap.amount_total, cheap.state) == (0, "paid")


def test_the_demo_is_made_once(environment):
    env = environment(demo=True)
    demo.load(env)
    assert env["pos.config"].search_count([]) == 1
