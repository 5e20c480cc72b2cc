"""Session ids and the form tokens bound to them.

A session id is 256 random bits, a dot and the tenant's name: `<43 url-safe letters>.<tenant>`. The name is
there so that the tenant whose database holds the session is known before it is opened; it proves nothing,
since the session is looked up there by the digest of the whole id. Only that digest is stored: who reads the
table cannot use it.
"""

from __future__ import annotations

import hmac
import re
import secrets
from hashlib import sha256

from entrepot import names

_RANDOM_BYTES = 32
_SID = re.compile(r"([A-Za-z0-9_-]{43})\.(.{1,63})", re.ASCII)
_TOKEN = re.compile(r"([0-9a-f]{64})o([0-9]{1,12})", re.ASCII)


def new_sid(tenant: str) -> str:
    """A fresh session id of a tenant. Raises ValidationError for what cannot be a tenant's name."""
    return f"{secrets.token_urlsafe(_RANDOM_BYTES)}.{names.tenant(tenant)}"


def tenant_of(sid: object) -> str | None:
    """The tenant named by a session id, None for anything that is not of its form."""
    match = _SID.fullmatch(sid) if isinstance(sid, str) else None
    return match[2] if match and names.is_tenant(match[2]) else None


def digest(sid: str) -> str:
    """What is stored instead of a session id: its SHA-256, as 64 hexadecimal letters."""
    return sha256(sid.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token(secret: bytes, sid: str, *, expires_s: int) -> str:
    """A token that a form of this session carries until `expires_s` (Unix time): `<HMAC-SHA256,
    hex>o<expires_s>`.
    """
    return f"{_signature(secret, sid, expires_s)}o{expires_s}"


def is_csrf_token(secret: bytes, sid: str, token: object, *, now_s: float) -> bool:
    """Whether a token was made with this secret for this session and is alive at `now_s` (Unix time)."""
    match = _TOKEN.fullmatch(token) if isinstance(token, str) else None
    if match is None:
        return False
    expires_s = int(match[2])
    fits = hmac.compare_digest(match[1], _signature(secret, sid, expires_s))
    return fits and now_s < expires_s


def _signature(secret: bytes, sid: str, expires_s: int) -> str:
    if not secret:
        raise ValueError("a form token needs a secret")
    # "csrf" keeps a signature made here from ever serving elsewhere under the same secret.
    return hmac.new(secret, f"csrf {expires_s} {sid}".encode("utf-8", "surrogatepass"), sha256).hexdigest()
