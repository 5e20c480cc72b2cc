"""The demo orders: made once, one of them on its way."""

from entrepot.addons.purchase import demo


def test_the_demo_has_a_request_and_an_order(environment):
    env = environment(demo=True)
    request, order = env.ref("purchase.demo_request"), env.ref("purchase.demo_order")
    assert (request.state, order.state, order.receipt_status) == ("draft", "purchase", "pending")
    assert order.order_line[0].price_unit == 10.5
    count = env["purchase.order"].search_count([])
    demo.load(env)
    assert env["purchase.order"].search_count([]) == count
