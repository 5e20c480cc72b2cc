"""What every record that travels remembers: who made it, who wrote it last, and what nobody here understood."""

from __future__ import annotations

from entrepot.addons.exchange.spellings import HERE, PLATFORM
from entrepot.api import Json, Model, Selection

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
