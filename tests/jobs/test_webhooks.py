"""Signatures: the public library of the standard verifies ours, and ours verifies what is genuine and nothing else."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from entrepot.jobs import webhooks
from entrepot.jobs.webhooks import Unverified

NOW = 1_700_000_000
BODY = b'{"type":"stock.changed","data":{"quantity":3}}'


def signed(*secrets: str, body: bytes = BODY, at: int = NOW, message: str = "msg_1") -> dict[str, str]:
    return webhooks.headers(secrets, message, at, body)


def test_the_public_library_verifies_what_we_sign() -> None:
    secret = webhooks.new_secret()
    found = signed(secret, at=int(time.time()), message=webhooks.new_message_id())
    assert Webhook(secret).verify(BODY, found) == json.loads(BODY)


def test_we_verify_what_the_public_library_signs() -> None:
    secret = webhooks.new_secret()
    signature = Webhook(secret).sign("msg_1", datetime.fromtimestamp(NOW, UTC), BODY.decode())
    found = {"Webhook-Id": "msg_1", "Webhook-Timestamp": str(NOW), "Webhook-Signature": signature}
    assert webhooks.verify([secret], found, BODY, now=NOW) == "msg_1"


def test_a_signature_is_the_hmac_that_the_specification_says() -> None:
    """The vector that the libraries of several languages test themselves with."""
    found = webhooks.sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_while_secrets_change_a_receiver_with_either_is_content() -> None:
    old, new = webhooks.new_secret(), webhooks.new_secret()
    found = signed(new, old, at=int(time.time()))
    assert len(found["webhook-signature"].split()) == 2
    for secret in (old, new):
        assert Webhook(secret).verify(BODY, found)
        assert webhooks.verify([secret], found, BODY, now=time.time())
    with pytest.raises(WebhookVerificationError):
        Webhook(webhooks.new_secret()).verify(BODY, found)


SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
GENUINE = signed(SECRET)


@pytest.mark.parametrize(
    ("changed", "body", "now"),
    [
        pytest.param({}, BODY + b" ", NOW, id="a blank more"),
        pytest.param({}, json.dumps(json.loads(BODY)).encode(), NOW, id="parsed and written anew"),
        pytest.param({}, b"", NOW, id="no body"),
        pytest.param({}, BODY, NOW + 301, id="replayed later"),
        pytest.param({}, BODY, NOW - 301, id="from the future"),
        pytest.param({"webhook-id": "msg_2"}, BODY, NOW, id="another id"),
        pytest.param({"webhook-id": ""}, BODY, NOW, id="no id"),
        pytest.param({"webhook-id": "msg_1.1700000000"}, BODY, NOW, id="a dot in the id"),
        pytest.param({"webhook-timestamp": str(NOW + 1)}, BODY, NOW, id="another time"),
        pytest.param({"webhook-timestamp": "0x6553f100"}, BODY, NOW, id="an odd time"),
        pytest.param({"webhook-timestamp": "9" * 5000}, BODY, NOW, id="a time of thousands of digits"),
        pytest.param({"webhook-timestamp": ""}, BODY, NOW, id="no time"),
        pytest.param({"webhook-signature": ""}, BODY, NOW, id="unsigned"),
        pytest.param({"webhook-signature": GENUINE["webhook-signature"][3:]}, BODY, NOW, id="no version"),
        pytest.param(
            {"webhook-signature": GENUINE["webhook-signature"].replace("v1,", "v1a,")}, BODY, NOW, id="v1a"
        ),
        pytest.param({"webhook-signature": GENUINE["webhook-signature"][:-2]}, BODY, NOW, id="cut"),
        pytest.param({"webhook-signature": "v1,ü"}, BODY, NOW, id="letters beyond ASCII"),
        pytest.param({"webhook-signature": " ".join(["v1,x"] * 17)}, BODY, NOW, id="too many signatures"),
    ],
)
def test_what_is_not_genuine_is_refused(changed: dict[str, str], body: bytes, now: float) -> None:
    assert webhooks.verify([SECRET], GENUINE, BODY, now=NOW + 300) == "msg_1"
    with pytest.raises(Unverified):
        webhooks.verify([SECRET], GENUINE | changed, body, now=now)


def test_another_secret_is_refused_and_one_of_several_suffices() -> None:
    with pytest.raises(Unverified):
        webhooks.verify([webhooks.new_secret()], GENUINE, BODY, now=NOW)
    assert webhooks.verify([webhooks.new_secret(), SECRET], GENUINE, BODY, now=NOW)


@given(body=st.binary(max_size=200), at=st.integers(0, 10**11))
def test_every_body_and_time_comes_through(body: bytes, at: int) -> None:
    assert webhooks.verify([SECRET], signed(SECRET, body=body, at=at), body, now=at) == "msg_1"


@pytest.mark.parametrize(
    ("secret", "problem"),
    [
        (SECRET, None),
        (SECRET.removeprefix("whsec_"), "it begins with whsec_"),
        ("whsec_###", "a secret is whsec_ and base64"),
        ("whsec_ü", "a secret is whsec_ and base64"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "a secret has 24 to 64 bytes, not 23"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "a secret has 24 to 64 bytes, not 65"),
    ],
)
def test_a_secret_that_is_brought_along_is_looked_at(secret: str, problem: str | None) -> None:
    assert webhooks.problem_of_secret(secret) == problem


def test_secrets_and_ids_are_random_and_of_their_form() -> None:
    assert len({webhooks.new_secret() for _ in range(50)}) == 50
    ids = {webhooks.new_message_id() for _ in range(50)}
    assert len(ids) == 50
    assert all(each.startswith("msg_") and each[4:].isalnum() and len(each) == 31 for each in ids)
