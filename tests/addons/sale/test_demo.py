"""The demo shop: its orders are where they say they are."""

from entrepot.addons.sale import demo


def test_orders_stand_at_each_step(environment):
    env = environment(demo=True)
    demo.load(env)
    states = {
        key: env.ref(f"sale.demo_order_{key}").state for key in ("quotation", "sent", "ordered", "billed")
    }
    assert states == {"quotation": "draft", "sent": "sent", "ordered": "sale", "billed": "sale"}
    ordered = env.ref("sale.demo_order_ordered")
    assert len(ordered.picking_ids.move_ids) == 2
    assert env.ref("sale.demo_order_billed").invoice_count == 1
