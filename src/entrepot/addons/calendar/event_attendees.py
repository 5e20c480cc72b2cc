"""What events know of their attendees: one for each partner, and how many answered what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Self

from entrepot.addons.calendar.attendee import STATES
from entrepot.api import Integer, Model, One2many, Selection, depends

_TIMES = frozenset({"start", "stop", "duration", "allday", "start_date", "stop_date"})


class EventAttendees(Model, extends="calendar.event"):
    """Calendar Event"""

    attendee_ids = One2many("calendar.attendee", "event_id", string="Participant")
    attendees_count = Integer(compute="_compute_counts", aggregator=None)
    accepted_count = Integer(compute="_compute_counts", aggregator=None)
    declined_count = Integer(compute="_compute_counts", aggregator=None)
    tentative_count = Integer(compute="_compute_counts", aggregator=None)
    awaiting_count = Integer(compute="_compute_counts", aggregator=None)
    current_status = Selection(STATES, compute="_compute_current_status", string="Attending?")

    @depends("attendee_ids.state")
    def _compute_counts(self) -> None:
        for event in self:
            found = Counter(event.attendee_ids.mapped("state"))
            event.attendees_count = found.total()
            event.accepted_count = found["accepted"]
            event.declined_count = found["declined"]
            event.tentative_count = found["tentative"]
            event.awaiting_count = found["needsAction"]

    @depends("attendee_ids.state", "attendee_ids.partner_id")
    def _compute_current_status(self) -> None:
        me = self.env.user.partner_id
        for event in self:
            mine = event.attendee_ids.filtered(lambda each: each.partner_id == me)
            event.current_status = mine.state if mine else None

    def create(self, vals_list: Any) -> Self:
        """Create; each partner becomes an attendee, who has yet to answer unless it is the organiser."""
        made = super().create(vals_list)
        made.match_attendees()
        return made

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; attendees follow the partners, and a new time asks for new answers."""
        before = {each.id: (each.start, each.stop) for each in self} if _TIMES & vals.keys() else {}
        done = super().write(vals)
        if "partner_ids" in vals and not self.env.context.get("_attendees"):
            self.match_attendees()
        if not self.env.context.get("_series"):  # a series asks once for all of its events
            moved = self.filtered(lambda each: before.get(each.id, ()) not in {(), (each.start, each.stop)})
            moved.ask_again()
        return done

    def unlink(self) -> bool:
        """Delete, with the attendees."""
        return super(EventAttendees, self.with_context(_attendees=True)).unlink()

    def match_attendees(self) -> None:
        """Let each partner of these events be an attendee, and nobody else."""
        attendees = self.env["calendar.attendee"].sudo().with_context(_attendees=True)
        missing: list[dict[str, Any]] = []
        gone: list[int] = []
        for event in self.sudo().with_context(active_test=False):
            there = {each.partner_id.id: each.id for each in event.attendee_ids}
            wanted = event.partner_ids.ids
            organiser = event.user_id.partner_id.id
            missing.extend(
                {
                    "event_id": event.id,
                    "partner_id": partner,
                    "state": "accepted" if partner == organiser else "needsAction",
                }
                for partner in wanted
                if partner not in there
            )
            gone.extend(each for partner, each in there.items() if partner not in set(wanted))
        attendees.create(missing)
        attendees.browse(gone).unlink()

    def ask_again(self) -> None:
        """Forget the answers of all but the organisers: the time is another one."""
        others = self.sudo().mapped("attendee_ids")
        others = others.filtered(lambda each: each.partner_id != each.event_id.user_id.partner_id)
        others.filtered(lambda each: each.state != "needsAction").write({"state": "needsAction"})
