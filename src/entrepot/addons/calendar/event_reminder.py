"""Reminders: each event knows when its next one is due; a scheduled action queues the mail, each once.

A reminder whose moment was past when it was set is not sent.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from entrepot.addons.base.timezones import timezones
from entrepot.addons.calendar.reminder import is_worth_it, next_due, text_of
from entrepot.api import Datetime, Many2many, Model, cron, depends

BATCH = 500
"""Events that one run of the scheduled action looks at; the next run takes the rest."""


class EventReminder(Model, extends="calendar.event"):
    """Calendar Event"""

    alarm_ids = Many2many(
        "calendar.alarm",
        table="calendar_alarm_calendar_event_rel",
        column="event_id",
        other="alarm_id",
        string="Reminders",
    )
    next_reminder = Datetime(
        compute="_compute_next_reminder", store=True, index=True, help="When the next mail is due."
    )

    @depends(
        "start",
        "allday",
        "event_tz",
        "reminder_minutes",
        "alarm_ids",
        "alarm_ids.alarm_type",
        "alarm_ids.duration_minutes",
    )
    def _compute_next_reminder(self) -> None:
        now = self.env.now()
        for event in self:
            begins = event.begins() if event.start else None
            event.next_reminder = next_due(begins, event.reminders(), now, included=True)

    def reminders(self) -> set[int]:
        """How many minutes before the start mail goes out."""
        found = {each.duration_minutes for each in self.alarm_ids if each.alarm_type == "email"}
        return found if self.reminder_minutes is None else {*found, self.reminder_minutes}

    @cron(every="5 minutes")
    def queue_reminders(self) -> None:
        """Queue the mail of every reminder that is due."""
        now = self.env.now()
        due = self.sudo().search(
            [("next_reminder", "<=", now), ("active", "=", True)], limit=BATCH, order="next_reminder, id"
        )
        due = due.lock().exists().filtered(lambda each: each.next_reminder and each.next_reminder <= now)
        mails = [
            mail
            for event in due
            if event.status != "cancelled" and is_worth_it(event.begins(), now)
            for mail in event.reminder_mails()
        ]
        self.env["mail.mail"].sudo().create(mails)
        for event in due:
            event.write({"next_reminder": next_due(event.begins(), event.reminders(), now, included=False)})

    def reminder_mails(self) -> list[dict[str, Any]]:
        """The mail of one event's reminder: one for each who attends, else to its organiser."""
        coming = self.attendee_ids.filtered(lambda each: each.state != "declined").mapped("partner_id")
        people = coming or (self.user_id.partner_id if not self.attendee_ids else coming)
        return [self._mail_to(person, self.begins()) for person in people if person.email]

    def _mail_to(self, person: Any, begins: dt.datetime) -> dict[str, Any]:
        own = person.tz or self.event_tz or "UTC"
        zone = (self.event_tz or "UTC") if self.allday or (own, own) not in timezones() else own
        subject, body = text_of(
            self.name, begins, zone, whole_day=bool(self.allday), place=self.location or None
        )
        return {
            "subject": subject,
            "body_html": body,
            "email_to": person.email,
            "email_from": self.user_id.partner_id.email or None,
            "model": "calendar.event",
            "res_id": self.id,
        }
