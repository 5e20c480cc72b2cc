"""What happened, kept for the administrator. Rows are added and never changed."""

from __future__ import annotations

from entrepot.api import Char, Integer, Json, Many2one, Model, Selection, Text

_LEVELS = [("debug", "Debug"), ("info", "Info"), ("warning", "Warning"), ("error", "Error")]


class Logging(Model, name="ir.logging", order="id desc"):
    """Logging"""

    name = Char(string="Event", required=True, index=True)
    type = Selection([("server", "Server"), ("client", "Client")], required=True, default="server")
    level = Selection(_LEVELS, required=True, default="info", index=True)
    message = Text()
    user_id = Many2one("res.users", on_delete="set null", index=True)
    model = Char()
    res_id = Integer(aggregator=None)
    data = Json()
