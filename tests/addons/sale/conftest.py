"""A shop with goods on its shelves, a service, and a customer."""

import datetime as dt

import pytest

from entrepot.api import Command
from entrepot.clock import FixedClock

MORNING = dt.datetime(2030, 4, 10, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def env(environment):
    return environment(clock=FixedClock(MORNING))


@pytest.fixture
def customer(env):
    return env["res.partner"].create({"name": "Ann"})


@pytest.fixture
def untaxed(env):
    """Values of a product without taxes, so that sums are easy to follow."""
    return {"taxes_id": [Command.clear()]}


@pytest.fixture
def frame(env, untaxed):
    """Twenty frames on the shelf, billed as ordered."""
    made = env["product.product"].create(
        {"name": "Frame", "default_code": "FR", "list_price": 100, "is_storable": True, **untaxed}
    )
    stock = env.ref("stock.warehouse0").lot_stock_id
    quant = env["stock.quant"].create(
        {"product_id": made.id, "location_id": stock.id, "inventory_quantity": 20}
    )
    quant.action_apply_inventory()
    return made


@pytest.fixture
def fitting(env, untaxed):
    return env["product.product"].create({"name": "Fitting", "type": "service", "list_price": 25, **untaxed})


@pytest.fixture
def order(env, customer):
    """Make a quotation: `order((frame, 3), (fitting, 1, {"discount": 10}))`."""

    def make(*wanted, **values):
        lines = [
            Command.create(
                {"product_id": product.id, "product_uom_qty": quantity, **(more[0] if more else {})}
            )
            for product, quantity, *more in wanted
        ]
        return env["sale.order"].create({"partner_id": customer.id, "order_line": lines, **values})

    return make


@pytest.fixture
def ship():
    """Carry out a transfer: all of it, or some quantity of its only move."""

    def carry(picking, quantity=None):
        if quantity is not None:
            picking.move_ids.write({"quantity": quantity})
        assert picking.with_context(skip_backorder=True).button_validate() is True

    return carry


@pytest.fixture
def bill(env):
    """Invoice an order and post what comes of it."""

    def post(order, **options):
        made = env["account.move"].browse(order.create_invoices(**options))
        made.action_post()
        return made

    return post
