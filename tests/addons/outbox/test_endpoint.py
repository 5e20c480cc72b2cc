"""Endpoints: addresses that are looked at, secrets that are written and not read, who may do what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from entrepot.api import AccessError, BadRequest, Environment, UserError, ValidationError, new_webhook_secret


@pytest.fixture
def bank(env: Environment) -> Any:
    return env["outbox.endpoint"].create({"name": "Bank", "url": "https://bank.example/in"})


@pytest.fixture
def manager(env: Environment) -> Any:
    """One who sees to messages, and is no administrator."""
    group = env.ref("outbox.group_outbox_manager").id
    values = {"name": "Mia", "login": "mia", "password": "mia's own", "groups_id": [(4, group, 0)]}
    return env["res.users"].create(values)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://127.0.0.1/", "internal"),
        ("http://10.0.0.5/", "internal"),
        ("http://[::1]/", "internal"),
        ("http://localhost/", "internal"),
        ("http://2130706433/", "odd_spelling"),
        ("http://me:pw@bank.example/", "userinfo"),
        ("ftp://bank.example/", "scheme"),
        ("https://bank.example/in?a=b", "odd_spelling"),
    ],
)
def test_an_address_inside_or_odd_is_refused_when_saved(env: Environment, url: str, code: str) -> None:
    with pytest.raises(ValidationError) as caught:
        env["outbox.endpoint"].create({"name": "x", "url": url})
    assert [(each.path, each.code) for each in caught.value.problems] == [("url", code)]


def test_the_system_may_allow_the_inner_network(env: Environment, bank: Any) -> None:
    bank.write({"url": "http://127.0.0.1:8069/", "allow_internal": True})
    with pytest.raises(ValidationError):
        bank.write({"allow_internal": False})


def test_only_an_administrator_opens_the_inner_network(env: Environment, bank: Any, manager: Any) -> None:
    hers = bank.with_user(manager.id)
    for refused in ({"allow_internal": True}, {"url": "http://10.0.0.1", "allow_internal": True}):
        with pytest.raises(AccessError), env.savepoint():
            hers.write(refused)
        with pytest.raises(AccessError), env.savepoint():
            hers.create({"name": "x", "url": "http://10.0.0.1/", **refused})
    bank.write({"url": "http://10.0.0.1/", "allow_internal": True})
    with pytest.raises(AccessError), env.savepoint():
        hers.write({"url": "http://10.0.0.2/"})
    hers.write({"name": "Renamed", "url": "http://10.0.0.1/"})
    hers.write({"allow_internal": False, "url": "https://outside.example/"})
    with pytest.raises(AccessError), env.savepoint():
        hers.copy({"allow_internal": True})
    with pytest.raises(AccessError), env.savepoint():
        hers.with_context(default_allow_internal=True).create({"name": "x", "url": "http://10.0.0.1/"})
    bank.with_user(2).write({"url": "http://10.0.0.3/", "allow_internal": True})


def test_secrets_are_written_and_never_read(env: Environment, bank: Any, manager: Any) -> None:
    hers = bank.with_user(manager.id)
    hers.write({"auth_kind": "bearer", "auth_secret": "canary-auth", "secret": new_webhook_secret()})
    shown = str(list(hers.read().dicts())) + str(list(hers.search_read([]).dicts()))
    assert "canary" not in shown
    assert "whsec_" not in shown
    for name in ("secret_kept", "auth_secret_kept", "secrets_before"):
        with pytest.raises(AccessError):
            hers.read([name])
        with pytest.raises((AccessError, ValidationError)):
            hers.search([(name, "like", "c%")])
        with pytest.raises(AccessError):
            hers.write({name: "x"})
        assert name not in hers.fields_get()
    assert (bank.auth_secret_kept, hers.auth_secret) == ("canary-auth", None)
    assert "canary" not in str(hers.export_data(["auth_secret", "name"]))


def test_a_copy_has_a_secret_of_its_own(bank: Any) -> None:
    bank.write({"auth_kind": "bearer", "auth_secret": "abc"})
    with pytest.raises(ValidationError):
        bank.copy()
    copy = bank.copy({"auth_kind": "none"})
    assert copy.secret_kept != bank.secret_kept
    assert copy.auth_secret_kept is None


def test_an_authorization_may_be_given_with_the_endpoint(env: Environment) -> None:
    made = env["outbox.endpoint"].create(
        {
            "name": "x",
            "url": "https://x.example",
            "auth_kind": "header",
            "auth_name": "X-Key",
            "auth_secret": "k",
        }
    )
    assert made.auth_secret_kept == "k"
    with pytest.raises(ValidationError) as caught:
        made.write({"auth_secret": "a\r\nb: c"})
    assert caught.value.problems[0].path == "auth_secret"


def test_the_secret_is_shown_once(bank: Any, manager: Any) -> None:
    hers = bank.with_user(manager.id)
    assert hers.action_reveal_secret() == {"secret": bank.secret_kept}
    with pytest.raises(UserError, match="action_rotate_secret"):
        hers.action_reveal_secret()
    events = bank.env["ir.logging"].search([("name", "=", "outbox_secret_shown")])
    assert len(events) == 1
    assert "whsec_" not in str(list(events.read().dicts()))


def test_while_rotating_the_old_ones_are_kept_for_a_while(bank: Any) -> None:
    first = bank.secret_kept
    second = bank.action_rotate_secret(overlap_hours=1)["secret"]
    third = bank.action_rotate_secret(overlap_hours=48)["secret"]
    assert len({first, second, third}) == 3
    assert [each["secret"] for each in bank.secrets_before] == [first, second]
    assert bank.secret_kept == third
    for _ in range(10):
        bank.action_rotate_secret()
    assert len(bank.secrets_before) == 5


@pytest.mark.parametrize("hours", [-1, 10_000, True, "2", 1.5])
def test_an_overlap_has_bounds(bank: Any, hours: Any) -> None:
    with pytest.raises(UserError):
        bank.action_rotate_secret(hours)


@pytest.mark.parametrize("secret", ["plain", "whsec_###", "whsec_c2hvcnQ="])
def test_a_secret_of_ones_own_is_looked_at(bank: Any, secret: str) -> None:
    with pytest.raises(UserError) as caught:
        bank.write({"secret": secret})
    assert secret not in caught.value.message


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timeout_s", 0),
        ("timeout_s", 61),
        ("max_attempts", 0),
        ("max_attempts", 51),
        ("disable_after_days", -1),
        ("retry_schedule", "soon"),
        ("retry_schedule", "999999999"),
    ],
)
def test_patience_has_bounds(bank: Any, field: str, value: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        bank.write({field: value})
    assert caught.value.problems[0].path == field


def test_pausing_and_resuming(bank: Any) -> None:
    bank.action_pause("Their maintenance")
    assert (bank.state, bank.disabled_reason) == ("paused", "Their maintenance")
    bank.write(
        {"failures": 3, "failing_since": bank.env.now(), "not_before": bank.env.now() + timedelta(hours=1)}
    )
    bank.action_resume()
    assert (bank.state, bank.disabled_reason, bank.failures, bank.not_before) == ("running", None, 0, None)


def test_a_message_is_sent_by_hand(bank: Any, manager: Any) -> None:
    (message_id,) = bank.with_user(manager.id).action_send(
        "order.state", "/order/7", {"state": "DONE"}, "PUT", "sale.order,7"
    )
    message = bank.env["outbox.message"].search([("message_id", "=", message_id)])
    assert (message.state, message.body, message.record_key) == (
        "pending",
        '{"state":"DONE"}',
        "sale.order,7",
    )
    assert bank.env["outbox.message"].search_count([]) == 1
    wrongs: list[dict[str, Any]] = [{"topic": 5}, {"key": ["a"]}, {"path": {"a": 1}}, {"method": 1}]
    for wrong in wrongs:
        with pytest.raises((BadRequest, ValidationError)):
            bank.action_send(**{"topic": "a", "path": "/x", **wrong})


def test_one_with_messages_is_archived_not_deleted(bank: Any) -> None:
    bank.post("a", "/x", {})
    with pytest.raises(ValidationError, match="archive"):
        bank.unlink()
    bank.action_archive()


def test_a_clerk_sees_nothing_of_it(env: Environment, bank: Any) -> None:
    clerk = env["res.users"].create({"name": "Clerk", "login": "clerk", "password": "clerk's own"})
    bank.post("a", "/x", {})
    for model in ("outbox.endpoint", "outbox.message", "outbox.attempt"):
        with pytest.raises(AccessError):
            env[model].with_user(clerk.id).search([])


def test_the_administrator_sees_to_it(bank: Any) -> None:
    assert bank.with_user(2).has_access("write")
