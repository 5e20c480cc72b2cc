"""Two clients do the same at once, over two servers: an order is delivered and billed once."""

import threading
from contextlib import suppress
from functools import partial

import pytest

from app_fixtures import PASSWORD
from entrepot.errors import UserError
from entrepot.tenants.provision import Owner


@pytest.fixture
def shop(house, new_name):
    name = new_name()
    house.app.administer.make(name, addons=("sale",), demo=False, owner=Owner(password=PASSWORD))
    return name


def at_once(*calls):
    """Run the calls in a thread each, let go together; what each answered or raised."""
    gate = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(at, call):
        gate.wait()
        try:
            answers[at] = call()
        except UserError as error:
            answers[at] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return answers


def test_an_order_confirmed_and_billed_twice_at_once_is_delivered_and_billed_once(house, neighbour, shop):
    frame = house.call(shop, "product.product", "create", {"name": "Frame", "list_price": 10})
    customer = house.call(shop, "res.partner", "create", {"name": "Ann"})
    for _ in range(3):
        values = {"partner_id": customer, "order_line": [[0, 0, {"product_id": frame, "product_uom_qty": 2}]]}
        order = house.call(shop, "sale.order", "create", values)
        servers = (house, neighbour, house, neighbour)
        for method, field in (("action_confirm", "picking_ids"), ("create_invoices", "invoice_ids")):
            calls = [partial(each.call, shop, "sale.order", method, [order]) for each in servers]
            answers = at_once(*calls)
            refused = [each for each in answers if isinstance(each, UserError)]
            assert len(refused) == len(servers) - 1
            assert all("requiring confirmation" in str(e) or "Nothing to invoice" in str(e) for e in refused)
            found = house.call(shop, "sale.order", "search_read", [["id", "=", order]], [field])
            assert len(next(found.dicts())[field]) == 1
        with suppress(UserError):
            house.call(shop, "sale.order", "action_cancel", [order])
