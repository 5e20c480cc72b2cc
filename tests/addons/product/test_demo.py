"""The demo catalogue: it is there, its barcodes are right, and its lists price it."""

from entrepot.addons.product import demo
from entrepot.addons.product.barcode import wrong_check_digit


def test_the_catalogue_is_there_once(environment):
    env = environment(demo=True)
    before = env["product.product"].search_count([])
    demo.load(env)
    assert env["product.product"].search_count([]) == before >= 13
    assert env.ref("product.demo_shirt").product_variant_count == 6
    assert not [
        p for p in env["product.product"].search([("barcode", "!=", False)]) if wrong_check_digit(p.barcode)
    ]


def test_the_trade_buys_cheaper(environment):
    env = environment(demo=True)
    lyon, trade = env.ref("product.demo_frame_lyon"), env.ref("product.demo_trade_list")
    assert str(trade.price_of(lyon)) == "126.6500"
    assert str(trade.price_of(lyon, 20)) == "111.7500"
    assert lyon._select_seller(quantity=1).price == 62
