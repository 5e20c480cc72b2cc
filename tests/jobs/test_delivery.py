"""What an outcome means for a message and its endpoint: tables over every kind of answer."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.jobs import delivery
from entrepot.jobs.delivery import Claimed, Outcome, Peer
from entrepot.jobs.outgoing import Answer, Unreached
from entrepot.jobs.webhooks import new_secret, verify

NOW = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)
PEER = Peer(
    id=1,
    url="https://bank.example/in/",
    internal=False,
    signing=(new_secret(),),
    auth_kind="none",
    auth_name="",
    auth_secret="",
    timeout_s=15,
    max_attempts=3,
    delays=(10, 100),
    disable_after_days=5,
    failures=0,
    failing_since=None,
    last_success=None,
)
CLAIMED = Claimed(PEER, 7, "msg_7", "stock.changed", "PUT", "/stocks", '{"a":1}', 1, "lease", NOW)


def outcome(status: int | None, retry_after_s: float | None = None) -> Outcome:
    return Outcome(NOW, 12.5, status, None if status == 200 else "no", None, retry_after_s)


@pytest.mark.parametrize(
    ("status", "state", "rests"),
    [
        (200, "sent", False),
        (201, "sent", False),
        (204, "sent", False),
        (299, "sent", False),
        (199, "pending", False),
        (301, "pending", False),
        (302, "pending", False),
        (400, "pending", False),
        (404, "pending", False),
        (409, "pending", False),
        (500, "pending", False),
        (429, "pending", True),
        (502, "pending", True),
        (503, "pending", True),
        (504, "pending", True),
        (None, "pending", True),
    ],
)
def test_an_answer_is_success_failure_or_nobody_there(status: int | None, state: str, *, rests: bool) -> None:
    ruled = delivery.verdict(CLAIMED, outcome(status), NOW, 0.5)
    assert ruled.state == state
    assert (ruled.rest_until is not None) is rests
    assert ruled.disable is None
    if state == "pending":
        assert ruled.next_attempt == NOW + timedelta(seconds=10)


@pytest.mark.parametrize(
    ("attempt", "state", "seconds"), [(1, "pending", 10), (2, "pending", 100), (3, "failed", 100)]
)
def test_after_the_last_try_a_message_is_given_up(attempt: int, state: str, seconds: int) -> None:
    ruled = delivery.verdict(replace(CLAIMED, attempt=attempt), outcome(500), NOW, 0.5)
    assert (ruled.state, ruled.next_attempt) == (state, NOW + timedelta(seconds=seconds))


def test_what_the_peer_asks_for_is_waited_for() -> None:
    ruled = delivery.verdict(CLAIMED, outcome(429, 3600), NOW, 0.5)
    assert ruled.next_attempt == ruled.rest_until == NOW + timedelta(hours=1)
    assert delivery.verdict(CLAIMED, outcome(503, 1), NOW, 0.5).next_attempt == NOW + timedelta(seconds=10)
    alone = delivery.verdict(CLAIMED, outcome(500, 3600), NOW, 0.5)
    assert (alone.next_attempt, alone.rest_until) == (NOW + timedelta(hours=1), None)


def test_gone_switches_the_endpoint_off_and_keeps_the_message() -> None:
    ruled = delivery.verdict(replace(CLAIMED, attempt=3), outcome(410), NOW, 0.5)
    assert ruled.state == "pending"
    assert "410" in (ruled.disable or "")


@pytest.mark.parametrize(
    ("days", "failing_for", "disables"),
    [(5, timedelta(days=5), True), (5, timedelta(days=4, hours=23), False), (0, timedelta(days=500), False)],
)
def test_failing_for_days_switches_the_endpoint_off(
    days: int, failing_for: timedelta, *, disables: bool
) -> None:
    peer = replace(PEER, failing_since=NOW - failing_for, disable_after_days=days)
    ruled = delivery.verdict(replace(CLAIMED, peer=peer), outcome(500), NOW, 0.5)
    assert (ruled.disable is not None) is disables


def test_an_endpoint_in_trouble_rests_longer_each_time() -> None:
    rests = [
        delivery.verdict(replace(CLAIMED, peer=replace(PEER, failures=n)), outcome(None), NOW, 1.0).rest_until
        for n in (0, 1, 2, 10)
    ]
    assert rests == [NOW + timedelta(seconds=each) for each in (1, 2, 4, 60)]


@pytest.mark.parametrize(
    ("kind", "name", "secret", "expected"),
    [
        ("none", "", "", {}),
        ("bearer", "", "t0ken", {"authorization": "Bearer t0ken"}),
        (
            "basic",
            "erp",
            "pä:ss",
            {"authorization": "Basic " + base64.b64encode("erp:pä:ss".encode()).decode()},
        ),
        ("header", "X-Api-Key", "k", {"x-api-key": "k"}),
    ],
)
def test_the_peers_own_authorization(kind: str, name: str, secret: str, expected: dict[str, str]) -> None:
    peer = replace(PEER, auth_kind=kind, auth_name=name, auth_secret=secret)
    found = delivery.request_headers(replace(CLAIMED, peer=peer), b"{}", 1)
    assert {key: value for key, value in found.items() if not key.startswith("webhook-")} == {
        "content-type": "application/json",
        **expected,
    }


def test_the_headers_verify_with_every_secret() -> None:
    secrets = (new_secret(), new_secret())
    found = delivery.request_headers(replace(CLAIMED, peer=replace(PEER, signing=secrets)), b"{}", 1000)
    for secret in secrets:
        assert verify([secret], found, b"{}", now=1000) == "msg_7"
    assert "content-type" not in delivery.request_headers(CLAIMED, None, 1000)


@pytest.mark.parametrize(
    ("base", "path", "url"),
    [
        ("https://b.example", "/x", "https://b.example/x"),
        ("https://b.example/", "/x", "https://b.example/x"),
        ("https://b.example/in", "/x?y=1", "https://b.example/in/x?y=1"),
        ("https://b.example/in/", "", "https://b.example/in/"),
        ("https://b.example/hook", "", "https://b.example/hook"),
    ],
)
def test_where_a_message_goes(base: str, path: str, url: str) -> None:
    assert delivery.url_of(replace(CLAIMED, peer=replace(PEER, url=base), path=path)) == url


def test_old_secrets_sign_until_their_time_is_over() -> None:
    kept = [
        {"secret": "a", "until": (NOW - timedelta(seconds=1)).isoformat()},
        {"secret": "b", "until": (NOW + timedelta(seconds=1)).isoformat()},
        {"secret": "c", "until": (NOW + timedelta(days=1)).isoformat()},
    ]
    assert delivery.signing("now", json.dumps(kept), NOW) == ("now", "c", "b")
    assert delivery.signing("now", None, NOW) == ("now",)
    assert delivery.signing("now", "null", NOW) == ("now",)


def test_the_log_keeps_the_beginning_of_an_answer() -> None:
    found = delivery.answered(
        Answer(500, {"retry-after": "7"}, b"\xff\x00" + b"x" * 5000, whole=True), NOW, 3.0
    )
    assert (found.status, found.retry_after_s) == (500, 7)
    assert found.response is not None
    assert len(found.response) == delivery.KEPT_RESPONSE
    assert "\0" not in found.response
    lost = delivery.unanswered(Unreached("timeout", "b.example: no answer in time."), NOW, 3.0)
    assert delivery.as_values(lost) == {
        "at": "2030-01-01 12:00:00",
        "ms": 3.0,
        "status": None,
        "error": "timeout: b.example: no answer in time.",
        "response": None,
    }
