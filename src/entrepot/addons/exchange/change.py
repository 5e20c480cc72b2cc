"""Which fields a message that is still on its way tells of: until a peer has acknowledged it, both may have changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from entrepot.api import Char, Integer, Many2one, Model

_SETTLED = ("sent", "cancelled")


class Change(Model, name="ek.change", order="id", rec_name="field_name"):
    """Change on its way to a peer"""

    message_id = Many2one("outbox.message", required=True, index=True, on_delete="cascade")
    peer_id = Many2one("ek.peer", required=True, on_delete="cascade")
    model = Char(required=True)
    res_id = Integer(required=True, index=True, aggregator=None)
    field_name = Char(required=True)

    def unsettled(self, record: Any, names: Iterable[str], peers: Any) -> set[str]:
        """Those of some fields that were changed here and that one of the peers does not know of yet."""
        wanted = list(names)
        if not wanted or not peers:
            return set()
        found = self.sudo().search(
            [
                ("model", "=", record.model_name),
                ("res_id", "=", record.id),
                ("field_name", "in", wanted),
                ("peer_id", "in", peers.ids),
                ("message_id.state", "not in", list(_SETTLED)),
            ]
        )
        return {str(change.field_name) for change in found}

    def note(self, peer: Any, messages: Any, changed: Mapping[str, tuple[str, int, Iterable[str]]]) -> None:
        """Note for messages to a peer which fields they tell: coalesce key -> (model, id, fields)."""
        rows = [
            {
                "message_id": message.id,
                "peer_id": peer.id,
                "model": model,
                "res_id": res_id,
                "field_name": name,
            }
            for message in messages
            if message.coalesce_key in changed
            for model, res_id, names in [changed[message.coalesce_key]]
            for name in names
        ]
        if rows:
            self.sudo().create(rows)
