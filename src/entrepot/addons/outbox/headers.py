"""How a peer's own authorization is spelled, and what may not stand in it. Pure."""

from __future__ import annotations

import re

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}", re.ASCII)
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", re.ASCII)
_OURS = {
    "host", "connection", "content-length", "content-type", "transfer-encoding", "upgrade", "te", "trailer",
    "expect", "user-agent", "accept", "accept-encoding", "cookie", "proxy-authorization", "keep-alive",
}  # fmt: skip
"""Headers that the sender writes itself, or that would change how the message is read."""


def problem(kind: str, name: str, secret: str) -> tuple[str, str, str] | None:
    """What is wrong with an authorization: (field, code, message); None when it can be sent."""
    if kind == "none":
        return None
    if not secret:
        return "auth_secret", "required", "This authorization needs a secret."
    if kind == "basic":
        if not name or ":" in name or not name.isprintable():
            return "auth_name", "not_user", "Give the user, without a colon."
        return None
    if not _VALUE.fullmatch(secret):
        return "auth_secret", "not_header", "A secret in a header is of plain printable characters."
    if kind == "header":
        lower = name.lower()
        if not _NAME.fullmatch(name) or lower in _OURS or lower.startswith("webhook-"):
            return (
                "auth_name",
                "not_header",
                "Give the name of a header, other than those that are always sent.",
            )
    return None
