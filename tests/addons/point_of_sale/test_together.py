"""Two tills do the same at once, over two servers: one session, one ticket, one entry."""

import threading

import pytest

from app_fixtures import PASSWORD
from entrepot.errors import UserError
from entrepot.tenants.provision import Owner


@pytest.fixture
def shop(house, new_name):
    name = new_name()
    house.app.administer.make(name, addons=("point_of_sale",), demo=False, owner=Owner(password=PASSWORD))
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


def test_everything_done_twice_at_once_is_done_once(house, neighbour, shop):
    servers = (house, neighbour, house, neighbour)

    def everywhere(model, method, *args):
        return at_once(*(lambda s=each: s.call(shop, model, method, *args) for each in servers))

    config = house.call(shop, "pos.config", "create", {"name": "Shop"})
    bread = house.call(shop, "product.product", "create", {"name": "Bread", "list_price": 10, "taxes_id": []})
    methods = house.call(shop, "pos.payment.method", "search_read", [["type", "=", "cash"]], ["id"])
    cash = next(methods.dicts())["id"]

    [session] = set(everywhere("pos.config", "open_ui", [config]))
    house.call(shop, "pos.session", "set_opening_control", [session], 0)

    def ticket(uuid):
        return {
            "uuid": uuid,
            "session_id": session,
            "lines": [[0, 0, {"product_id": bread, "qty": 1}]],
            "payment_ids": [[0, 0, {"payment_method_id": cash, "amount": 10}]],
        }

    answers = everywhere("pos.order", "sync_from_ui", [ticket("one"), ticket("two")])
    assert len({tuple(row["id"] for row in each["pos.order"]) for each in answers}) == 1

    mixed = at_once(
        *(
            lambda s=each, at=at: s.call(shop, "pos.order", "sync_from_ui", [ticket(f"more-{at}")])
            for at, each in enumerate(servers)
        )
    )
    names = [row["name"] for each in mixed for row in each["pos.order"]]
    assert sorted(names) == [f"Shop/0000{at}" for at in range(3, 7)]

    sold = house.call(shop, "pos.order", "search", [["uuid", "=", "one"]])
    drafts = [each for each in everywhere("pos.order", "refund", sold) if not isinstance(each, UserError)]
    assert len(drafts) == 1
    house.call(shop, "pos.order", "action_pos_order_cancel", drafts[0])

    house.call(shop, "pos.session", "post_closing_cash_details", [session], 60)
    closed = everywhere("pos.session", "action_pos_session_close", [session])
    assert sum(each is True for each in closed) == 1
    assert all(each is True or "closed already" in str(each) for each in closed)
    assert house.call(shop, "account.move", "search_count", [["journal_id.code", "=", "POSS"]]) == 1
