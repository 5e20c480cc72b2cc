"""Whatever is received, promised, delivered, cancelled, returned and counted: the quantities on hand follow from it."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.api import Command, UserError

STEPS = [
    "receive",
    "deliver",
    "store",
    "cancel",
    "validate",
    "force",
    "say",
    "demand",
    "unreserve",
    "reserve",
    "return",
    "count",
]
step = st.tuples(
    st.sampled_from(STEPS),
    st.integers(0, 1),  # which product
    st.integers(0, 40),  # which transfer
    st.sampled_from([1, 2, 3, 5, 0.25, 1.5]),
    st.booleans(),  # dozens or units; backorder or not
)


class Warehouse:
    """What a person could do, on two products and two shelves."""

    def __init__(self, env):
        self.env = env
        self.warehouse = env.ref("stock.warehouse0")
        self.stock = self.warehouse.lot_stock_id
        self.dozen = env.ref("uom.product_uom_dozen")
        self.products = env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Frame", "Lens")]
        )
        self.shelf = env["stock.location"].create({"name": "Shelf", "location_id": self.stock.id})
        self.transfers = env["stock.picking"]

    def open_one(self, which):
        left = self.transfers.filtered(lambda each: each.state not in {"done", "cancel"})
        return left[which % len(left)] if left else left

    def plan(self, kind, product, quantity, dozens, **values):
        unit = self.dozen if dozens else product.uom_id
        made = self.env["stock.picking"].create(
            {
                "picking_type_id": getattr(self.warehouse, f"{kind}_type_id").id,
                "move_ids": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity, "product_uom": unit.id}
                    )
                ],
                **values,
            }
        )
        made.action_confirm()
        self.transfers |= made
        return made

    def do(self, name, product, which, quantity, flag):
        thing = self.products[product]
        one = self.open_one(which)
        if name == "receive":
            to = self.shelf if flag else self.stock
            self.plan("in", thing, quantity, dozens=False, location_dest_id=to.id).button_validate()
        elif name == "deliver":
            self.plan("out", thing, quantity, dozens=flag)
        elif name == "store":
            self.plan("int", thing, quantity, dozens=False, location_dest_id=self.shelf.id)
        elif name == "count":
            self.env["stock.quant"].create(
                {"product_id": thing.id, "location_id": self.stock.id, "inventory_quantity": quantity}
            ).action_apply_inventory()
        elif name == "return":
            done = self.transfers.filtered(lambda each: each.state == "done")
            if done:
                self.transfers |= self.env["stock.picking"].browse(done[which % len(done)].return_goods())
        elif one:
            self.on_one(name, one, quantity, flag)

    def on_one(self, name, one, quantity, flag):
        if name == "cancel":
            one.action_cancel()
        elif name == "unreserve":
            one.do_unreserve()
        elif name == "reserve":
            one.action_assign()
        elif name == "say":
            one.move_ids.filtered(lambda each: each.state not in {"done", "cancel"}).write(
                {"quantity": quantity}
            )
        elif name == "demand":
            one.move_ids.filtered(lambda each: each.state not in {"done", "cancel"}).write(
                {"product_uom_qty": quantity}
            )
        else:
            if name == "force":
                one.move_ids.filtered(lambda each: each.state not in {"done", "cancel"}).write(
                    {"quantity": quantity}
                )
            refused = [] if flag else one.ids
            one.with_context(skip_backorder=True, picking_ids_not_to_backorder=refused).button_validate()
            self.transfers |= one.backorder_ids

    def check(self, forced):
        self.env.flush()
        lines = self.env["stock.move.line"].search([("product_id", "in", self.products.ids)])
        on_hand, reserved = defaultdict(Decimal), defaultdict(Decimal)
        for line in lines:
            quantity = Decimal(repr(line.quantity_product_uom))
            place = (line.product_id.id, line.location_id.id)
            if line.state == "done":
                on_hand[place] -= quantity
                on_hand[line.product_id.id, line.location_dest_id.id] += quantity
                assert line.reserved_qty == 0
            else:
                reserved[place] += Decimal(repr(line.reserved_qty))
        quants = self.env["stock.quant"].search([("product_id", "in", self.products.ids)])
        for quant in quants:
            place = (quant.product_id.id, quant.location_id.id)
            assert Decimal(repr(quant.quantity)) == on_hand.pop(place, 0)
            assert Decimal(repr(quant.reserved_quantity)) == reserved.pop(place, 0)
            assert 0 <= quant.reserved_quantity <= max(quant.quantity, 0)
            if quant.location_id.is_own() and not forced:
                assert quant.quantity >= 0
        assert not any(on_hand.values())
        assert not any(reserved.values())
        for move in self.env["stock.move"].search([("state", "=", "done")]):
            held = sum(Decimal(repr(line.quantity_product_uom)) for line in move.move_line_ids)
            assert Decimal(repr(move.in_product_unit(move.quantity))) == held


class _Undo(Exception):  # noqa: N818 - a signal, not an error
    pass


@pytest.mark.parametrize("forced", [False, True], ids=["as reserved", "as said"])
def test_quantities_are_the_sum_of_moves_and_reservations(env, forced):
    known = [name for name in STEPS if forced or name not in {"force", "say"}]

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(step.filter(lambda each: each[0] in known), min_size=3, max_size=14))
    def any_day(steps):
        try:
            with env.savepoint():
                warehouse = Warehouse(env)
                for each in steps:
                    try:
                        with env.savepoint():
                            warehouse.do(*each)
                    except UserError:
                        pass
                    warehouse.check(forced)
                raise _Undo  # noqa: TRY301 - undoes the savepoint
        except _Undo:
            pass

    any_day()
