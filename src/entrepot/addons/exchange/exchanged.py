"""What every record that travels remembers: who made it, who wrote it last, and what nobody here understood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from entrepot.addons.exchange.sender import MANAGER_GROUP
from entrepot.addons.exchange.spellings import HERE, PLATFORM
from entrepot.api import Json, Model, Problem, Selection, ValidationError

KEPT = frozenset(
    {
        "create_by", "ek_last_writer", "ek_payload", "ek_key", "ek_peer_id", "ek_peer_ids", "ek_cart_id",
        "ek_order_id", "ek_state", "ek_role_id", "ek_ref", "credit_user_id", "responsible_user_id", "image_state",
    }
)  # fmt: skip
"""What messages and steps write: by hand, an order would be shown to another bank, or told as delivered."""
SIDES = [(PLATFORM, "Ekiclik"), (HERE, "Odoo")]


class Exchanged(Model, name="ek.exchanged", abstract=True):
    """A record that travels between this system and its peers."""

    create_by = Selection(SIDES, string="Created By", default=HERE, readonly=True, copy=False)
    ek_last_writer = Selection(SIDES, string="Last Writer", readonly=True, copy=False)
    ek_payload = Json(
        string="Unknown Keys",
        readonly=True,
        copy=False,
        groups="exchange.group_exchange_manager",
        help="What a peer sent under keys that mean nothing here.",
    )


def refuse_kept(records: Any, many: Any) -> None:
    """Refuse what the exchange keeps when it is written by hand; managers of the exchange may mend it.

    `records`: those that are changed, none when new ones are made; a form that takes over the defaults says nothing.
    """
    if records.env.su:
        return
    rows = [
        each for each in (many if isinstance(many, (list, tuple)) else [many]) if isinstance(each, Mapping)
    ]
    told = {
        name for row in rows for name in KEPT & row.keys() if records or row[name] not in (None, False, HERE)
    }
    if not told or records.env.has_group(MANAGER_GROUP):
        return
    text = "{} is kept by the exchange: messages and steps write it, or a manager of the exchange."
    problems = [Problem(name, "kept", text.format(name)) for name in sorted(told)]
    raise ValidationError(problems=problems, model=records.model_name)
