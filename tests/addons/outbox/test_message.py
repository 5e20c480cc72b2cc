"""The dead-letter box: what failed is seen, mended and sent again; what is old is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from entrepot.api import AccessError, BadRequest, Environment, UserError, ValidationError
from entrepot.clock import FixedClock

NOW = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def env(environment: Callable[..., Environment], clock: FixedClock) -> Environment:
    return environment(clock=clock)


@pytest.fixture
def bank(env: Environment) -> Any:
    return env["outbox.endpoint"].create({"name": "Bank", "url": "https://bank.example/in"})


@pytest.fixture
def dead(bank: Any) -> Any:
    """One that nobody took."""
    message = bank.post("order.state", "/order/7", {"state": "ODD"}, "PUT", "sale.order,7")
    message.write(
        {"state": "failed", "attempts": 10, "last_status": 422, "last_error": "The peer answered 422."}
    )
    return message


def test_a_person_mends_the_body_and_sends_it_again(bank: Any, dead: Any) -> None:
    hers = dead.with_user(2)
    before = dead.message_id
    hers.write({"body": '{"state": "DONE"}'})
    assert dead.body == '{"state": "DONE"}'
    assert dead.message_id != before, "who has seen the old content must not take this for a repetition"
    assert bank.failed_count == 1
    hers.action_replay()
    assert (dead.state, dead.attempts, dead.next_attempt, dead.last_error) == ("pending", 0, NOW, None)


def test_unchanged_it_goes_under_the_same_id(dead: Any) -> None:
    before = dead.message_id
    dead.with_user(2).action_replay()
    assert dead.message_id == before


@pytest.mark.parametrize(
    "values",
    [
        {"state": "sent"},
        {"attempts": 0},
        {"message_id": "msg_x"},
        {"endpoint_id": 1},
        {"lease": "x", "body": "{}"},
    ],
)
def test_nothing_else_of_a_message_is_a_persons_to_write(dead: Any, values: dict[str, Any]) -> None:
    with pytest.raises(AccessError):
        dead.with_user(2).write(values)


@pytest.mark.parametrize(
    ("values", "path"),
    [({"body": "{"}, "body"), ({"path": "//evil.example"}, "path"), ({"method": "TRACE"}, "method")],
)
def test_what_cannot_be_sent_is_refused(dead: Any, values: dict[str, Any], path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        dead.with_user(2).write(values)
    assert caught.value.problems[0].path == path


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_what_is_gone_cannot_be_changed(dead: Any, state: str) -> None:
    dead.write({"state": state})
    with pytest.raises(UserError):
        dead.with_user(2).write({"body": "{}"})


def test_nobody_makes_messages_by_hand(bank: Any) -> None:
    with pytest.raises(AccessError):
        bank.env["outbox.message"].with_user(2).create({"endpoint_id": bank.id, "topic": "a", "path": "/x"})


def test_cancelling_leaves_alone_what_is_on_its_way(bank: Any) -> None:
    made = [bank.post("a", "/x", {"n": n}) for n in range(4)]
    for message, state in zip(made, ("pending", "failed", "sending", "sent"), strict=True):
        message.write({"state": state})
    bank.env["outbox.message"].with_user(2).search([]).action_cancel()
    assert [each.state for each in made] == ["cancelled", "cancelled", "sending", "sent"]


def test_what_waits_for_its_next_try_is_tried_at_once(bank: Any) -> None:
    message = bank.post("a", "/x", {})
    message.write({"attempts": 3, "next_attempt": NOW + timedelta(hours=5)})
    bank.write({"not_before": NOW + timedelta(minutes=1)})
    message.with_user(2).action_replay()
    assert (message.state, message.attempts, message.next_attempt) == ("pending", 3, NOW)
    assert bank.not_before is None


def test_a_stretch_of_time_is_sent_again(env: Environment, clock: FixedClock, bank: Any) -> None:
    messages = env["outbox.message"]
    for _ in range(5):
        bank.post("a", "/x", {}).write({"state": "failed"})
        env.flush()
        clock.moment += timedelta(hours=1)
    hers = messages.with_user(2)
    assert hers.replay_range(bank.id, NOW + timedelta(hours=1), "2030-06-01 15:00:00") == 3
    assert messages.search_count([("state", "=", "pending")]) == 3
    assert hers.replay_range(topic="b") == 0
    assert hers.replay_range(states=["cancelled", "sent"]) == 0
    assert hers.replay_range() == 2


@pytest.mark.parametrize("states", ["failed", ["pending"], ["sending"], ["nope"]])
def test_only_what_is_settled_is_replayed(env: Environment, states: Any) -> None:
    with pytest.raises(BadRequest):
        env["outbox.message"].replay_range(states=states)


def test_what_waits_cannot_be_deleted(bank: Any, dead: Any) -> None:
    waiting = bank.post("a", "/x", {})
    with pytest.raises(ValidationError, match="cancel it first"):
        waiting.with_user(2).unlink()
    dead.with_user(2).unlink()
    assert not dead.exists()


def test_what_is_settled_for_long_is_forgotten(env: Environment, clock: FixedClock, bank: Any) -> None:
    made = {
        state: bank.post("a", "/x", {}) for state in ("pending", "sending", "sent", "failed", "cancelled")
    }
    for state, message in made.items():
        message.write({"state": state})
    attempt = env["outbox.attempt"].create({"message_id": made["sent"].id, "endpoint_id": bank.id, "at": NOW})
    env.flush()

    def left() -> set[str]:
        env["outbox.message"].remove_old()
        return {each.state for each in env["outbox.message"].search([])}

    clock.moment = NOW + timedelta(days=29)
    assert len(left()) == 5
    clock.moment = NOW + timedelta(days=31)
    assert left() == {"pending", "sending", "failed"}
    assert not attempt.exists()
    env["ir.config_parameter"].set_param("outbox.failed_retention_days", "40")
    clock.moment = NOW + timedelta(days=39)
    assert "failed" in left()
    clock.moment = NOW + timedelta(days=41)
    assert left() == {"pending", "sending"}
    env["ir.config_parameter"].set_param("outbox.retention_days", "never")
    left()
