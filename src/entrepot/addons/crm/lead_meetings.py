"""Meetings of leads, as the calendar has them."""

from __future__ import annotations

from entrepot.api import Date, Integer, Model, One2many, depends


class LeadMeetings(Model, extends="crm.lead"):
    """Lead"""

    calendar_event_ids = One2many("calendar.event", "opportunity_id", string="Meetings")
    calendar_event_count = Integer(compute="_compute_meetings", string="# Meetings", aggregator=None)
    meeting_count = Integer(related="calendar_event_count", aggregator=None)
    meeting_display_date = Date(compute="_compute_meetings", help="The next meeting, else the last.")

    @depends("calendar_event_ids.start")
    def _compute_meetings(self) -> None:
        """Private meetings count as well; they are only counted."""
        now = self.env.now()
        for lead in self.sudo():
            starts = sorted(each.start for each in lead.calendar_event_ids if each.start)
            coming = [each for each in starts if each >= now]
            shown = coming[0] if coming else starts[-1] if starts else None
            lead.calendar_event_count = len(starts)
            lead.meeting_display_date = shown.date() if shown else None
