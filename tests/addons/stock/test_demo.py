"""The demo shelves: filled once, and what installs may run again."""

from entrepot.addons.stock import demo
from entrepot.addons.stock.data import grants, warehouses


def test_the_demo_is_on_hand_and_made_once(environment):
    env = environment(demo=True)
    frame = env.ref("product.demo_frame_lyon")
    assert (frame.qty_available, frame.incoming_qty) == (12, 6)
    moves = env["stock.move"].search_count([])
    demo.load(env)
    assert env["stock.move"].search_count([]) == moves


def test_what_installs_may_run_again(environment):
    env = environment()
    before = env["stock.warehouse"].search_count([])
    for data in (warehouses, grants):
        data.load(env)
    assert env["stock.warehouse"].search_count([]) == before == 1
    assert env.ref("stock.stock_location_stock").complete_name == "WH/Stock"
    assert env.ref("stock.picking_type_out").sequence_id.prefix == "WH/OUT/"
    partner = env.ref("base.main_partner")
    assert partner.property_stock_customer == env.ref("stock.stock_location_customers")
