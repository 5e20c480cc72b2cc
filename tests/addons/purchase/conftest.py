"""A vendor, products it sells, and the people who buy."""

import datetime as dt
from decimal import Decimal

import pytest

from entrepot.api import Command
from entrepot.clock import FixedClock

MORNING = dt.datetime(2030, 4, 10, 8, 0, tzinfo=dt.UTC)


@pytest.fixture
def env(environment):
    return environment(clock=FixedClock(MORNING))


@pytest.fixture
def vendor(env):
    return env["res.partner"].create({"name": "Lens Works", "is_company": True})


@pytest.fixture
def tax(env):
    return env["account.tax"].create({"name": "VAT 20", "amount": 20.0, "type_tax_use": "purchase"})


@pytest.fixture
def lens(env, vendor, tax):
    """Bought for 8.00, from 12 for 6.50 a unit."""
    return env["product.product"].create(
        {
            "name": "Lens",
            "is_storable": True,
            "standard_price": Decimal("9.00"),
            "supplier_taxes_id": [Command.set(tax.ids)],
            "seller_ids": [
                Command.create(
                    {
                        "partner_id": vendor.id,
                        "price": 8.0,
                        "delay": 3,
                        "product_code": "LW-1",
                        "product_name": "Clear",
                    }
                ),
                Command.create({"partner_id": vendor.id, "price": 6.5, "min_qty": 12, "delay": 5}),
            ],
        }
    )


@pytest.fixture
def grinding(env, tax):
    """A service at a cost of 30.00."""
    return env["product.product"].create(
        {
            "name": "Grinding",
            "type": "service",
            "standard_price": Decimal("30.00"),
            "supplier_taxes_id": [Command.set(tax.ids)],
        }
    )


@pytest.fixture
def request_for(env, vendor):
    """Make a request: `request_for((lens, 5), (grinding, 1, {"price_unit": 25}))`."""

    def make(*wanted, **values):
        lines = [
            Command.create({"product_id": product.id, "product_qty": quantity, **(more[0] if more else {})})
            for product, quantity, *more in wanted
        ]
        return env["purchase.order"].create({"partner_id": vendor.id, "order_line": lines, **values})

    return make


@pytest.fixture
def ordered(request_for):
    """The same, confirmed."""

    def make(*wanted, **values):
        order = request_for(*wanted, **values)
        order.button_confirm()
        return order

    return make
