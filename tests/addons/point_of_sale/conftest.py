"""A small shop on a spring morning: bread and jam with taxes, a bag without."""

from __future__ import annotations

import datetime as dt
import itertools
from types import SimpleNamespace

import pytest

from entrepot.api import Command
from entrepot.clock import FixedClock


@pytest.fixture
def clock():
    return FixedClock(dt.datetime(2030, 4, 1, 8, tzinfo=dt.UTC))


@pytest.fixture
def env(environment, clock):
    return environment(clock=clock)


@pytest.fixture
def goods(env):
    """Bread 2.50 and jam 4.00 net with 15 %, a bag 0.10 with nothing; ten of each on the shelf."""
    tax = env["res.company"].browse(env.company.id).account_sale_tax_id

    def product(name, price, taxes, *, storable=True):
        return env["product.product"].create(
            {
                "name": name,
                "list_price": price,
                "type": "consu",
                "is_storable": storable,
                "taxes_id": [Command.set(taxes.ids)],
            }
        )

    found = SimpleNamespace(
        bread=product("Bread", 2.5, tax),
        jam=product("Jam", 4, tax),
        bag=product("Bag", 0.1, tax.browse(()), storable=False),
        tax=tax,
    )
    place = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1).lot_stock_id
    for each in (found.bread, found.jam):
        env["stock.quant"].create(
            {"product_id": each.id, "location_id": place.id, "inventory_quantity": 10}
        ).action_apply_inventory()
    return found


@pytest.fixture
def shop(env, goods):
    return env["pos.config"].create({"name": "Shop"})


@pytest.fixture
def methods(shop):
    found = {each.type: each for each in shop.payment_method_ids}
    return SimpleNamespace(**found)


@pytest.fixture
def session(env, shop):
    found = env["pos.session"].browse(shop.open_ui())
    found.set_opening_control(50)
    return found


@pytest.fixture
def customer(env):
    return env["res.partner"].create({"name": "Ada"})


@pytest.fixture
def ticket(session):
    """Make the JSON of a ticket: lines of (product, quantity), payments of (method, amount)."""
    numbers = itertools.count(1)

    def make(lines, payments, /, **values):
        return {
            "uuid": f"till-1-{next(numbers)}",
            "session_id": session.id,
            "lines": [[0, 0, {"product_id": product.id, "qty": quantity}] for product, quantity in lines],
            "payment_ids": [
                [0, 0, {"payment_method_id": each.id, "amount": amount}] for each, amount in payments
            ],
            **values,
        }

    return make


@pytest.fixture
def sell(env, ticket):
    """Sell at the till; the ticket's record."""

    def make(lines, payments, /, **values):
        [found] = env["pos.order"].sync_from_ui([ticket(lines, payments, **values)])["pos.order"]
        return env["pos.order"].browse(found["id"])

    return make
