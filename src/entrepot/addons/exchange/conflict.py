"""The conflict box: both sides changed one value, and a person says which one holds. Source: B6."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.exchange.sender import MANAGER_GROUP, ORIGIN
from entrepot.api import (
    AccessError,
    Char,
    Datetime,
    Integer,
    Json,
    Many2one,
    Model,
    Selection,
    UserError,
    depends,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATES = [("open", "Open"), ("ours", "Ours holds"), ("theirs", "Theirs holds")]
_REASONS = [
    ("both_changed", "Both sides changed it"),
    ("mirrored", "Changed here though the peer keeps it"),
]


class Conflict(Model, name="ek.conflict", order="id desc", rec_name="field_name"):
    """Exchange conflict"""

    model = Char(required=True, index=True)
    res_id = Integer(string="Record", required=True, aggregator=None)
    record_name = Char(compute="_compute_record_name", string="Record Name")
    field_name = Char(string="Field", required=True)
    peer_id = Many2one("ek.peer", on_delete="cascade", index=True)
    reason = Selection(_REASONS, required=True, default="both_changed")
    ours = Json()
    theirs = Json()
    state = Selection(_STATES, required=True, default="open", index=True)
    resolved_by = Many2one("res.users", readonly=True)
    resolved_on = Datetime(readonly=True)

    @depends("model", "res_id")
    def _compute_record_name(self) -> None:
        for conflict in self:
            known = conflict.model in self.env
            record = (
                self.env[str(conflict.model)].sudo().browse([conflict.res_id]).exists() if known else None
            )
            conflict.record_name = record.display_name if record else None

    @public(right="read")
    def keep_ours(self) -> bool:
        """Our value holds, and the peer is told it."""
        for conflict in self._open():
            record = conflict.record()
            self.env["ek.teller"].sudo().tell_again(record, conflict.field_name, conflict.peer_id)
        return self._resolve("ours")

    @public(right="read")
    def take_theirs(self) -> bool:
        """The peer's value is written here; other peers are told it."""
        for conflict in self._open():
            record = conflict.record().with_context(**{ORIGIN: (conflict.peer_id.id,)})
            record.write({conflict.field_name: conflict.theirs})
        return self._resolve("theirs")

    def record(self) -> Any:
        """The record in question, with the exchange's rights. Raises UserError when it is gone."""
        found = self.env[str(self.model)].sudo().browse([self.res_id]).exists()
        if not found:
            raise UserError(f"{self.model} {self.res_id} is gone; there is nothing left to resolve.")
        return found

    def _open(self) -> Any:
        if not self.env.su and not self.env.has_group(MANAGER_GROUP):
            raise AccessError("Conflicts are resolved by managers of the exchange.")
        self.lock()
        done = self.filtered(lambda each: each.state != "open")
        if done:
            raise UserError("This conflict is resolved already.", ids=done.ids)
        return self

    def _resolve(self, state: str) -> bool:
        return self.sudo().write({"state": state, "resolved_by": self.env.uid, "resolved_on": self.env.now()})

    def note(self, records: Any, values: Mapping[str, Any], peers: Any, reason: str) -> None:
        """Note the values of peers that were not taken: one open entry for each record, field and peer."""
        for record in records:
            for name, theirs in values.items():
                for peer_id in peers.ids or [None]:
                    same = [
                        ("model", "=", records.model_name),
                        ("res_id", "=", record.id),
                        ("field_name", "=", name),
                        ("peer_id", "=", peer_id or False),
                        ("state", "=", "open"),
                    ]
                    told = {
                        "ours": as_json(getattr(record, name)),
                        "theirs": as_json(theirs),
                        "reason": reason,
                    }
                    there = self.sudo().search(same, limit=1)
                    if there:
                        there.write(told)
                        continue
                    where = {
                        "model": records.model_name,
                        "res_id": record.id,
                        "field_name": name,
                        "peer_id": peer_id,
                    }
                    self.sudo().create({**where, **told})


def as_json(value: Any) -> Any:
    """A field's value as the box keeps it: what `write` takes back."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if hasattr(value, "ids"):
        return value.id or None if len(value) <= 1 else list(value.ids)
    return str(value)
