"""API keys: 160 random bits in the form Odoo's clients expect, of which only a digest is stored.

A key needs no slow hash: nobody can try 2^160 of them. It is found by its index (the first letters, stored
openly, so the owner can tell keys apart) and proven by comparing digests in constant time.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

INDEX_LETTERS = 8
"""How many leading letters of a key may be stored and shown."""

_KEY = re.compile(r"[0-9a-f]{40}", re.ASCII)


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key at its birth: `text` is shown once and kept nowhere, `index` and `digest` are stored."""

    text: str = field(repr=False)
    index: str
    digest: str


def new_key() -> NewKey:
    """Make a key of 40 hexadecimal letters."""
    text = secrets.token_hex(20)
    return NewKey(text, text[:INDEX_LETTERS], digest(text))


def is_key(text: object) -> bool:
    """Whether something has the form of a key; most passwords do not, and are spared the look-up."""
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def index(text: str) -> str:
    """The part of a key by which its row is found."""
    return text[:INDEX_LETTERS]


def digest(text: str) -> str:
    """The SHA-256 of a key, as 64 hexadecimal letters."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_same(stored_digest: str, text: str) -> bool:
    """Whether a key belongs to a stored digest, in a time that does not tell how much of it fits."""
    return compare_digest(stored_digest.encode("utf-8", "surrogatepass"), digest(text).encode())


def is_expired(expires: datetime | None, now: datetime) -> bool:
    """Whether a key's time is over (both aware UTC). A key without an end never expires."""
    return expires is not None and expires <= now
