"""Signing what leaves and verifying what arrives, as Standard Webhooks says. Pure: no clock, no network.

A receiver verifies with `verify`, or with any of the public libraries of that standard. What is signed is
`{message id}.{unix time}.{body}`, so a body that was parsed and written anew does not fit any more.

Source: Standard Webhooks 1.0.0, github.com/standard-webhooks/standard-webhooks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with, not one
SECRET_BYTES = 32
LEAST_SECRET_BYTES, MOST_SECRET_BYTES = 24, 64
TOLERANCE_SECONDS = 300
"""How far the clocks of sender and receiver may be apart, and how long a message may travel."""
MOST_SIGNATURES = 16
"""A header with more is refused: each costs the receiver a comparison."""

_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


class Unverified(Exception):  # noqa: N818 - a state of the message, like "unsigned"
    """The message does not come from who shares the secret, or comes too late."""


def new_secret() -> str:
    """A random signing secret of 32 bytes, spelled `whsec_…`."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def secret_bytes(secret: str) -> bytes:
    """The key behind a `whsec_…` text. Raises ValueError unless it is base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX).encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError(f"a secret is {SECRET_PREFIX} and base64") from error
    if not LEAST_SECRET_BYTES <= len(key) <= MOST_SECRET_BYTES:
        raise ValueError(f"a secret has {LEAST_SECRET_BYTES} to {MOST_SECRET_BYTES} bytes, not {len(key)}")
    return key


def problem_of_secret(secret: str) -> str | None:
    """What is wrong with a secret that somebody brings along; None when it can be used."""
    if not secret.startswith(SECRET_PREFIX):
        return f"it begins with {SECRET_PREFIX}"
    try:
        secret_bytes(secret)
    except ValueError as error:
        return str(error)
    return None


def new_message_id() -> str:
    """A random name for a message, the same at each of its tries: `msg_` and 27 letters and digits.

    No dot can stand in it, so what is signed has one reading.
    """
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "msg_" + "".join(secrets.choice(alphabet) for _ in range(27))


def sign(secret: str, message_id: str, unix_time: int, body: bytes) -> str:
    """One signature: `v1,` and base64. Raises ValueError for a secret that is none."""
    content = b"%s.%d.%s" % (message_id.encode(), unix_time, body)
    digest = hmac.new(secret_bytes(secret), content, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def headers(signing: Iterable[str], message_id: str, unix_time: int, body: bytes) -> dict[str, str]:
    """The three headers of a message, with a signature for each secret: several while they change."""
    signatures = " ".join(sign(secret, message_id, unix_time, body) for secret in signing)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(unix_time),
        "webhook-signature": signatures,
    }


def verify(
    secrets_: Sequence[str],
    given: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    tolerance_s: int = TOLERANCE_SECONDS,
) -> str:
    """The id of a message that is genuine; `given` are its headers, `now` is unix time.

    Every secret is compared with every signature, in constant time. Remember the id for as long as `tolerance_s`: a
    message may come more than once. Raises Unverified, which does not say what was wrong, for a missing header, a
    time too far away, or a signature that fits no secret.
    """
    found = {name.lower(): value for name, value in given.items()}
    message_id, sent = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    if not message_id or "." in message_id or not _TIME.fullmatch(sent):
        raise Unverified
    if abs(now - int(sent)) > tolerance_s:
        raise Unverified
    signatures = [each.encode() for each in found.get("webhook-signature", "").split(" ") if each]
    if len(signatures) > MOST_SIGNATURES:
        raise Unverified
    genuine = False
    for secret in secrets_:
        expected = sign(secret, message_id, int(sent), body).encode()
        for signature in signatures:
            genuine |= hmac.compare_digest(expected, signature)
    if not genuine:
        raise Unverified
    return message_id
