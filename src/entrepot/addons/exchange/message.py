"""The box of what came in: each accepted message with what became of it. What is sent stands in the outbox."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from entrepot.api import Char, Datetime, Json, Many2one, Model, Selection, cron

KEPT_DAYS = "exchange.messages_kept_days"
_SECRET = re.compile(
    r"salar|birth|naissance|passw|passwd|pwd|mot_?de_?passe|secret|token|api_?key|authoriz|cookie|session|credential"
    r"|(^|[._])(pin|cvv|iban|rib|nin|ssn|card)",
    re.IGNORECASE,
)
"""Keys whose values only their record may hold, or nobody: whatever somebody sends under them by mistake."""


class Message(Model, name="ek.message", order="id desc", rec_name="kind"):
    """Exchange message"""

    kind = Char(
        required=True,
        index=True,
        help="product, client, point of sale, opportunity, purchase, order state, user.",
    )
    verb = Selection([("POST", "POST"), ("PUT", "PUT")], required=True)
    peer_id = Many2one("ek.peer", on_delete="set null", index=True)
    user_id = Many2one("res.users", required=True, default=lambda self: self.env.uid)
    received = Datetime(required=True, default=lambda self: self.env.now())
    key = Char(index=True, help="The business key by which the message found its record.")
    model = Char()
    res_id = Char(string="Record")
    payload = Json(groups="exchange.group_exchange_manager")
    unknown = Json(string="Unknown Keys", groups="exchange.group_exchange_manager")
    warnings = Json()

    @cron(every="1 day")
    def forget_old(self) -> None:
        """Delete messages older than the parameter `exchange.messages_kept_days` (90)."""
        days = int(self.env["ir.config_parameter"].sudo().get_param(KEPT_DAYS, "90") or 90)
        self.search([("received", "<", self.env.now() - timedelta(days=days))], limit=10_000).unlink()


def without_secrets(payload: Any) -> Any:
    """A message without what only its record may hold."""
    if isinstance(payload, dict):
        return {
            key: "…" if _SECRET.search(str(key)) else without_secrets(value) for key, value in payload.items()
        }
    if isinstance(payload, (list, tuple)):
        return [without_secrets(each) for each in payload]
    return payload
