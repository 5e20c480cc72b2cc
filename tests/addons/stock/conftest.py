"""A warehouse with a few products, and the people who work in it."""

import datetime as dt

import pytest

from entrepot.api import Command
from entrepot.clock import FixedClock

MORNING = dt.datetime(2030, 4, 10, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def env(environment):
    return environment(clock=FixedClock(MORNING))


@pytest.fixture
def warehouse(env):
    return env.ref("stock.warehouse0")


@pytest.fixture
def stock(warehouse):
    return warehouse.lot_stock_id


@pytest.fixture
def shelf(env, stock):
    """Make a location below the stock."""

    def make(name):
        return env["stock.location"].create({"name": name, "location_id": stock.id})

    return make


@pytest.fixture
def product(env):
    """Make a stored product."""

    def make(name="Frame", **values):
        return env["product.product"].create({"name": name, "is_storable": True, **values})

    return make


@pytest.fixture
def frame(product):
    return product()


@pytest.fixture
def transfer(env, warehouse):
    """Make a transfer of one kind: `transfer("in", (product, 5), (other, 2, {"product_uom": …}))`."""

    def make(kind, *wanted, **values):
        return env["stock.picking"].create(
            {
                "picking_type_id": getattr(warehouse, f"{kind}_type_id").id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            **(more[0] if more else {}),
                        }
                    )
                    for product, quantity, *more in wanted
                ],
                **values,
            }
        )

    return make


@pytest.fixture
def receive(transfer):
    """Bring products in."""

    def make(product, quantity, **values):
        receipt = transfer("in", (product, quantity), **values)
        receipt.action_confirm()
        assert receipt.button_validate() is True
        return receipt

    return make


@pytest.fixture
def on_hand(env):
    """(quantity, reserved) of a product in a location."""

    def look(product, location):
        quant = env["stock.quant"].search(
            [("product_id", "=", product.id), ("location_id", "=", location.id)]
        )
        return (quant.quantity, quant.reserved_quantity)

    return look
