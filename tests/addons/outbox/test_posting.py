"""An add-on posts: rows of the same transaction, coalesced, never sent back to where they came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from entrepot.api import Environment, ValidationError


@pytest.fixture
def bank(env: Environment) -> Any:
    return env["outbox.endpoint"].create(
        {"name": "Al Salam", "code": "alsalam", "url": "https://salam.example/in"}
    )


@pytest.fixture
def other(env: Environment) -> Any:
    return env["outbox.endpoint"].create({"name": "CPA", "code": "cpa", "url": "https://cpa.example"})


def test_a_message_for_each_endpoint_waits_with_what_is_sent(bank: Any, other: Any) -> None:
    made = (bank + other).post("order.state", "/order/7", {"state": "DONE"}, "PUT", "sale.order,7")
    assert made.mapped("endpoint_id") == bank + other
    first = made[0]
    assert (first.state, first.attempts, first.method, first.path) == ("pending", 0, "PUT", "/order/7")
    assert (first.body, first.record_key) == ('{"state":"DONE"}', "sale.order,7")
    assert first.message_id.startswith("msg_")
    assert first.message_id != made[1].message_id
    assert bank.waiting_count == 1


def test_one_without_a_body_and_one_to_the_address_itself(bank: Any) -> None:
    assert bank.post("product.archived", "/archive/5", method="PATCH").body is None
    assert bank.post("ping", "", {}).path is None


def test_the_senders_are_woken_once_when_it_has_committed(bank: Any, env: Environment) -> None:
    for number in range(3):
        bank.post("a", "/x", {"n": number})
    assert len(env.cache.after_commit) == 1


def test_rolled_back_work_leaves_no_message_and_wakes_nobody(bank: Any, env: Environment) -> None:
    def undone() -> None:
        with env.savepoint():
            bank.post("a", "/x", {})
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        undone()
    assert env["outbox.message"].search_count([]) == 0
    assert env.cache.after_commit == []
    bank.post("a", "/x", {})
    assert len(env.cache.after_commit) == 1


def test_of_a_quantity_only_the_last_value_waits(bank: Any) -> None:
    made = {
        bank.post("stock", "/stocks", [{"q": quantity}], "PUT", "product.product,3", "stock:3:WH").id
        for quantity in (5, 4, 3)
    }
    (only,) = bank.env["outbox.message"].search([])
    assert made == {only.id}
    assert only.body == '[{"q":3}]'


def test_a_value_does_not_overtake_what_came_between(bank: Any, env: Environment) -> None:
    first = bank.post("stock", "/stocks", 5, key="product.product,3", coalesce="stock:3")
    between = bank.post("product", "/products", {}, key="product.product,3")
    last = bank.post("stock", "/stocks", 4, key="product.product,3", coalesce="stock:3")
    assert (first.state, between.state, last.state) == ("cancelled", "pending", "pending")
    assert last.id > between.id


def test_what_was_tried_keeps_its_content_and_gives_way_to_a_new_one(bank: Any) -> None:
    first = bank.post("stock", "/stocks", 5, coalesce="stock:3")
    first.write({"attempts": 2, "next_attempt": first.env.now()})
    second = bank.post("stock", "/stocks", 4, coalesce="stock:3")
    assert second != first
    assert (first.state, first.body) == ("cancelled", "5")
    assert (second.body, second.attempts) == ("4", 2)
    assert second.message_id != first.message_id


def test_what_is_on_its_way_is_not_touched(bank: Any) -> None:
    first = bank.post("stock", "/stocks", 5, coalesce="stock:3")
    first.write({"state": "sending"})
    second = bank.post("stock", "/stocks", 4, coalesce="stock:3")
    assert (first.state, first.body, second.body) == ("sending", "5", "4")


def test_each_endpoint_coalesces_for_itself(bank: Any, other: Any) -> None:
    (bank + other).post("stock", "/stocks", 5, coalesce="stock:3")
    bank.post("stock", "/stocks", 4, coalesce="stock:3")
    bodies = {each.endpoint_id.code: each.body for each in bank.env["outbox.message"].search([])}
    assert bodies == {"alsalam": "4", "cpa": "5"}


@pytest.mark.parametrize("by_id", [True, False])
def test_a_change_is_not_sent_back_to_where_it_came_from(bank: Any, other: Any, *, by_id: bool) -> None:
    origin = bank.id if by_id else "alsalam"
    both = (bank + other).with_context(_origin=origin)
    assert both.post("pos.changed", "/pos", {}).mapped("endpoint_id") == other
    assert both.post("pos.changed", "/pos", {}, force=True).mapped("endpoint_id") == bank + other
    assert (bank + other).post("pos.changed", "/pos", {}, origin="cpa").mapped("endpoint_id") == bank
    assert not bank.post("pos.changed", "/pos", {}, origin=origin)


def test_who_it_came_from_is_kept(bank: Any, other: Any) -> None:
    assert other.post("pos.changed", "/pos", {}, origin="alsalam").origin == "alsalam"


def test_archived_endpoints_get_nothing_and_paused_ones_keep_it(bank: Any, other: Any) -> None:
    bank.active = False
    other.action_pause()
    made = (bank + other).post("a", "/x", {})
    assert (made.endpoint_id, made.state) == (other, "pending")


def test_everything_wrong_is_told_at_once(bank: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        bank.post_all(
            [
                {"topic": "good", "path": "/x"},
                {"topic": "not good", "path": "x", "body": {1, 2}, "method": "TRACE", "key": "k" * 201},
            ]
        )
    assert [(each.path, each.code) for each in caught.value.problems] == [
        ("1.body", "not_json"),
        ("1.topic", "not_topic"),
        ("1.method", "not_method"),
        ("1.path", "not_path"),
        ("1.key", "too_long"),
    ]


def test_a_body_over_the_bound_is_refused(bank: Any) -> None:
    with pytest.raises(ValidationError, match="at most 1,048,576"):
        bank.post("a", "/x", "x" * 1_100_000)


def test_whoever_changes_a_record_needs_no_right_on_messages(
    bank: Any, environment: Callable[..., Environment], env: Environment
) -> None:
    clerk = env["res.users"].create({"name": "Clerk", "login": "clerk", "password": "clerk's own"})
    mine = bank.with_user(clerk.id)
    assert mine.post("a", "/x", {}).sudo().state == "pending"


def test_many_messages_cost_a_few_statements(bank: Any, other: Any, env: Environment) -> None:
    def posts(value: int) -> list[dict[str, Any]]:
        return [
            {"topic": "stock", "path": "/s", "body": value, "key": f"product,{n}", "coalesce": f"stock:{n}"}
            for n in range(300)
        ]

    (bank + other).post_all(posts(1))
    env.flush()
    before = env.tx.statements
    (bank + other).post_all(posts(2))
    env.flush()
    assert env.tx.statements - before < 15
    assert env["outbox.message"].search_count([("body", "=", "2")]) == 600
