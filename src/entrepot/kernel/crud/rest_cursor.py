"""Cursors: where in an order a client stands, as a text that only this tenant can have made.

A cursor holds the key values of the last row of a page, and a digest of what was asked: it fits the same model, filter,
order and language again and nothing else. It grants nothing: rights are asked anew with every page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadQuery, UserError
from entrepot.kernel.crud.rest_query import bad

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

SECRET = "database.secret"  # noqa: S105 - the name of the parameter that holds it
MAX_LENGTH = 8192
_DIGEST_BYTES = 16
_MEMO = "cursor secret"


def fingerprint(env: Environment, model: str, domain: Any, order: str) -> str:
    """What a cursor belongs to, in 22 letters."""
    asked = json.dumps(
        [model, domain, order, env.lang, bool(env.context.get("active_test", True))], default=str
    )
    return _text(hashlib.sha256(asked.encode("utf-8", "replace")).digest()[:_DIGEST_BYTES])


def spell(env: Environment, belongs: str, values: Sequence[Any]) -> str:
    """The cursor behind a row with these key values."""
    body = json.dumps([belongs, [_plain(each) for each in values]], separators=(",", ":")).encode()
    return f"{_text(body)}.{_text(_sign(env, body))}"


def read(env: Environment, cursor: Any, belongs: str) -> list[Any]:
    """The key values of a cursor. Raises BadQuery for one that this tenant did not make, or made for something else."""
    if not isinstance(cursor, str) or len(cursor) > MAX_LENGTH:
        raise _refused()
    body, _, signature = cursor.partition(".")
    try:
        raw, given = _bytes(body), _bytes(signature)
    except (ValueError, binascii.Error) as error:
        raise _refused() from error
    if not hmac.compare_digest(_sign(env, raw), given):
        raise _refused()
    mine, values = json.loads(raw)
    if mine != belongs:
        text = "The cursor belongs to another filter or order; ask again without it."
        raise bad("cursor", "other_cursor", text)
    return [Decimal(each["d"]) if isinstance(each, dict) else each for each in values]


def _refused() -> BadQuery:
    return bad(
        "cursor", "bad_cursor", "This is no cursor of this server; take next_cursor as it was answered."
    )


def _plain(value: Any) -> Any:
    return {"d": str(value)} if isinstance(value, Decimal) else value


def _sign(env: Environment, body: bytes) -> bytes:
    key = f"{_secret(env)}\n{env.work.tenant}".encode()
    return hmac.new(key, body, hashlib.sha256).digest()[:_DIGEST_BYTES]


def _secret(env: Environment) -> str:
    """The tenant's secret, read once for each policy. Raises UserError where an upgrade has yet to make it."""
    found: str | None = env.policy.memo.get(_MEMO)
    if found is None:
        parameter = env["ir.config_parameter"].sudo().search([("key", "=", SECRET)], limit=1)
        if not parameter:
            raise UserError(f"This database has no parameter {SECRET!r}: upgrade its add-on base.")
        found = env.policy.memo[_MEMO] = str(parameter.value)
    return found


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
