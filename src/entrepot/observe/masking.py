"""Secrets kept out of the log: by the name they stand under, and by their look.

Names are the first defence and looks the second: a text that holds one of our API keys or session ids, a
bearer header, the password inside a URL or `password=…` loses that part wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

MASK = "***"
MAX_TEXT = 2000
"""Longest text kept of one value, in characters."""

_MAX_DEPTH = 6
_MAX_ITEMS = 50
_NAME = re.compile(
    r"passw|passphrase|pwd|secret|token|authori[sz]ation|cookie|credential|api_?key|private_?key"
    r"|(?:^|[^a-z])(?:key|keys|sid|pw|csrf|otp|pin)(?:$|[^a-z])|session_?id",
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LOOK = re.compile(
    r"(?P<key>(?<![0-9A-Za-z])[0-9a-f]{40}(?![0-9A-Za-z]))"
    r"|(?P<sid>(?<![0-9A-Za-z_-])[A-Za-z0-9_-]{43}\.[A-Za-z0-9][A-Za-z0-9_.-]{0,62})"
    r"|(?P<bearer>(?<=bearer )\S+|(?<=basic )\S+)"
    r"|(?P<url>(?<=://)[^/\s@]+(?=@))"
    r"|(?P<pair>(?<![a-z])(?P<name>[a-z_-]{0,40}(?:passw(?:or)?d|pwd|secret|token|key|sid|session_id|cookie))"
    r"(?P<sign>['\")\]]?\s{0,3}[=:]\s{0,3})(?:'[^']*'|\"[^\"]*\"|\([^)]*\)|[^\s&;,'\"<>)]+))",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """Whether what stands under this name should never be read: password, apiKey, X-Auth-Token, sid …"""
    return _NAME.search(_CAMEL.sub("_", name).lower()) is not None


def masked_text(text: str, *, longest: int = MAX_TEXT) -> str:
    """The text without what looks like a secret, cut to `longest` characters."""
    if len(text) > longest:
        # Cut first, at twice the length: a secret across the final cut is still seen whole.
        text = text[: 2 * longest]
    # Short names and numbers, the most of what is logged, can hold none of the looks.
    if len(text) >= 40 or "=" in text or ":" in text or " " in text:
        text = _LOOK.sub(_hide, text)
    return text if len(text) <= longest else text[:longest] + "…"


def masked(name: str, value: Any, *, depth: int = 0) -> Any:
    """What may be logged of a value under a name: plain, bounded in depth, number of items and length."""
    if is_secret_name(name):
        return MASK if value else value
    if isinstance(value, str):
        return masked_text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if depth >= _MAX_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        pairs = list(value.items())[:_MAX_ITEMS]
        return {masked_text(str(key)): masked(str(key), each, depth=depth + 1) for key, each in pairs}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [masked("", each, depth=depth + 1) for each in list(value)[:_MAX_ITEMS]]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<{len(value)} bytes>"
    return masked_text(str(value))


def _hide(match: re.Match[str]) -> str:
    if match["pair"] is not None:
        return f"{match['name']}{match['sign']}{MASK}"
    return MASK
