"""A wholesaler prices its goods: by quantity, date, category and list, in several currencies and units."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from entrepot.api import Command, UserError, ValidationError

D = Decimal


@pytest.fixture
def goods(env):
    glasses = env["product.category"].create({"name": "Glasses"})
    sun = env["product.category"].create({"name": "Sun", "parent_id": glasses.id})
    rows = [
        {"name": "Frame", "list_price": 100, "standard_price": 40, "categ_id": glasses.id},
        {"name": "Sunglasses", "list_price": 50, "standard_price": 20, "categ_id": sun.id},
        {"name": "Cloth", "list_price": "0.5", "standard_price": "0.1"},
    ]
    return env["product.product"].create(rows)


def pricelist(env, *rules, **values):
    return env["product.pricelist"].create(
        {"name": "List", "item_ids": [Command.create(rule) for rule in rules], **values}
    )


def told(prices, goods):
    return [prices[each.id] for each in goods]


def test_without_a_rule_it_is_the_sales_price(env, goods):
    assert told(env.ref("product.list0").prices(goods), goods) == [100, 50, D("0.5")]
    assert told(env["product.pricelist"].prices(goods), goods) == [100, 50, D("0.5")]


def test_rules_of_categories_hold_for_those_below(env, goods):
    chosen = pricelist(
        env,
        {"compute_price": "percentage", "percent_price": 10, "categ_id": goods[0].categ_id.id},
        {"fixed_price": 0.4, "product_tmpl_id": goods[2].product_tmpl_id.id, "min_quantity": 100},
    )
    assert [item.applied_on for item in chosen.item_ids] == ["1_product", "2_product_category"]
    assert told(chosen.prices(goods), goods) == [90, 45, D("0.5")]
    assert told(chosen.prices(goods, 100), goods) == [90, 45, D("0.4")]
    assert chosen.price_get(goods[2].id, 100) == {str(chosen.id): D("0.4")}


def test_rules_have_their_days(env, goods):
    july = {"date_start": datetime(2026, 7, 1, tzinfo=UTC), "date_end": datetime(2026, 7, 31, tzinfo=UTC)}
    chosen = pricelist(env, {"compute_price": "percentage", "percent_price": 50, **july})
    assert chosen.price_of(goods[0], day=date(2026, 6, 30)) == 100
    assert chosen.price_of(goods[0], day=date(2026, 7, 1)) == 50
    assert chosen.price_of(goods[0], day=date(2026, 7, 31)) == 50
    assert chosen.price_of(goods[0], day=date(2026, 8, 1)) == 100


def test_a_list_may_rest_on_cost_or_on_another_list(env, goods):
    wholesale = pricelist(env, {"compute_price": "formula", "base": "standard_price", "price_discount": -50})
    assert told(wholesale.prices(goods), goods) == [60, 30, D("0.15")]
    friends = pricelist(
        env,
        {
            "compute_price": "formula",
            "base": "pricelist",
            "base_pricelist_id": wholesale.id,
            "price_surcharge": 1,
        },
    )
    assert told(friends.prices(goods), goods) == [61, 31, D("1.15")]


def test_lists_turn_in_no_circle(env):
    first = pricelist(env)
    second = pricelist(env, {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": first.id})
    with pytest.raises(ValidationError, match="based on itself"):
        first.write(
            {
                "item_ids": [
                    Command.create(
                        {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": second.id}
                    )
                ]
            }
        )


def test_prices_in_another_currency(env, goods):
    pound = env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
    env["res.currency.rate"].create(
        {
            "currency_id": pound.id,
            "name": date(2026, 1, 1),
            "rate": 0.8,
            "company_id": env.company.id or False,
        }
    )
    chosen = pricelist(env, {"fixed_price": 30, "product_id": goods[1].id}, currency_id=pound.id)
    assert told(chosen.prices(goods, day=date(2026, 7, 1)), goods) == [80, 30, D("0.4")]


def test_prices_in_another_unit(env, goods):
    dozen = env.ref("uom.product_uom_dozen")
    chosen = pricelist(env, {"fixed_price": 90, "product_id": goods[0].id, "min_quantity": 24})
    assert chosen.price_of(goods[0], 1, uom=dozen) == 1200
    assert chosen.price_of(goods[0], 2, uom=dozen) == 1080
    with pytest.raises(UserError, match="categories differ"):
        chosen.price_of(goods[0], 1, uom=env.ref("uom.product_uom_kg"))


def test_templates_have_prices_too(env, goods):
    chosen = pricelist(env, {"compute_price": "percentage", "percent_price": 10})
    templates = goods.mapped("product_tmpl_id")
    assert told(chosen.prices(templates), templates) == [90, 45, D("0.45")]


def test_clients_ask_for_many_at_once(env, goods):
    chosen = pricelist(env, {"fixed_price": 7, "product_id": goods[1].id})
    rows = chosen.get_product_prices(goods.ids, 3.0, "2026-07-30 10:00:00")
    assert [(row["product_id"], row["price"], bool(row["rule_id"])) for row in rows] == [
        (goods[0].id, 100, False),
        (goods[1].id, 7, True),
        (goods[2].id, D("0.5"), False),
    ]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"applied_on": "1_product"}, "product_tmpl_id"),
        ({"applied_on": "2_product_category"}, "categ_id"),
        ({"compute_price": "formula", "base": "pricelist"}, "base_pricelist_id"),
        ({"percent_price": 101, "compute_price": "percentage"}, "percent_price"),
        ({"price_discount": 100.5, "compute_price": "formula"}, "price_discount"),
        ({"fixed_price": -1}, "fixed_price"),
        ({"min_quantity": -1}, "min_quantity"),
        ({"price_min_margin": 5, "price_max_margin": 3}, "price_min_margin"),
        ({"date_start": "2026-07-02 00:00:00", "date_end": "2026-07-01 00:00:00"}, "date_end"),
    ],
)
def test_rules_that_make_no_sense_are_refused(env, rule, path):
    with pytest.raises(ValidationError) as caught:
        pricelist(env, rule)
    assert [problem.path.rpartition(".")[2] for problem in caught.value.problems] == [path]


def test_contacts_have_their_list_or_that_of_their_company(env):
    own, other = pricelist(env), pricelist(env)
    shop = env["res.partner"].create(
        {"name": "Shop", "is_company": True, "property_product_pricelist": own.id}
    )
    buyer = env["res.partner"].create({"name": "Ann", "parent_id": shop.id})
    nobody = env["res.partner"].create({"name": "Bob"})
    assert (shop.property_product_pricelist, buyer.property_product_pricelist) == (own, own)
    assert nobody.property_product_pricelist == env.ref("product.list0")
    buyer.property_product_pricelist = other
    assert (shop.property_product_pricelist, buyer.property_product_pricelist) == (own, other)
    assert env["res.partner"].search([("property_product_pricelist", "=", own.id)]) == shop


def test_a_thousand_prices_are_as_many_queries_as_two(env, monkeypatch):
    rows = [{"name": f"P{at}", "list_price": at} for at in range(1000)]
    goods = env["product.product"].create(rows)
    wholesale = pricelist(env, {"compute_price": "formula", "base": "standard_price", "price_discount": -50})
    chosen = pricelist(
        env, {"compute_price": "formula", "base": "pricelist", "base_pricelist_id": wholesale.id}
    )
    env.flush()
    counted = []
    store = type(env.tx)
    fetch = store.fetch
    monkeypatch.setattr(
        store, "fetch", lambda *args, **kwargs: (counted.append(1), fetch(*args, **kwargs))[1]
    )

    def queries(products):
        env.cache.reset()
        counted.clear()
        assert len(chosen.prices(env["product.product"].browse(products.ids))) == len(products)
        return len(counted)

    assert queries(goods[:2]) == queries(goods) < 30
