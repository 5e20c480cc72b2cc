"""Attendees: who is asked to an event, and what they answered. Kept in step with the event's `partner_ids`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Self

from entrepot.api import Char, Command, Many2one, Model, Problem, Selection, ValidationError, depends, public

STATES = [
    ("accepted", "Yes"),
    ("declined", "No"),
    ("tentative", "Maybe"),
    ("needsAction", "Needs Action"),
]


class Attendee(
    Model, name="calendar.attendee", rec_name="common_name", order="id", unique=[("event_id", "partner_id")]
):
    """Calendar Attendee Information"""

    event_id = Many2one("calendar.event", string="Meeting", required=True, index=True, on_delete="cascade")
    partner_id = Many2one("res.partner", string="Attendee", required=True, index=True, on_delete="cascade")
    email = Char(related="partner_id.email")
    phone = Char(related="partner_id.phone")
    common_name = Char(compute="_compute_common_name", store=True)
    state = Selection(STATES, string="Status", required=True, default="needsAction")

    @depends("partner_id.name", "partner_id.email")
    def _compute_common_name(self) -> None:
        for attendee in self:
            attendee.common_name = attendee.partner_id.name or attendee.partner_id.email

    def create(self, vals_list: Any) -> Self:
        """Create; whoever attends is among the event's partners."""
        made = super().create(vals_list)
        if not self.env.context.get("_attendees"):
            made._tell_events(Command.link)  # noqa: SLF001 - its own kind
        return made

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; an attendee stays the same person of the same event."""
        for name in ("event_id", "partner_id"):
            if name in vals and any(getattr(each, name).id != vals[name] for each in self):
                text = "Remove this attendee and add the other one instead."
                raise ValidationError(problems=[Problem(name, "fixed", text)])
        return super().write(vals)

    def unlink(self) -> bool:
        """Delete; who no longer attends is not among the event's partners."""
        if not self.env.context.get("_attendees"):
            self._tell_events(Command.unlink)
        return super().unlink()

    def _tell_events(self, command: Any) -> None:
        told: dict[int, list[Any]] = defaultdict(list)
        for attendee in self.sudo():
            told[attendee.event_id.id].append(command(attendee.partner_id.id))
        events = self.env["calendar.event"].sudo().with_context(_attendees=True, _series=True)
        for event_id, commands in told.items():
            events.browse(event_id).write({"partner_ids": commands})

    @public
    def do_accept(self) -> bool:
        """Answer yes."""
        return self.write({"state": "accepted"})

    @public
    def do_tentative(self) -> bool:
        """Answer maybe."""
        return self.write({"state": "tentative"})

    @public
    def do_decline(self) -> bool:
        """Answer no."""
        return self.write({"state": "declined"})
