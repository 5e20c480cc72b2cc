"""Alarms: how long before an event people are reminded, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import Char, Integer, Model, Problem, Selection, constrains, depends

if TYPE_CHECKING:
    from collections.abc import Iterator

_MINUTES = {"minutes": 1, "hours": 60, "days": 1440}
_LONGEST_MIN = 60 * 24 * 60


class Alarm(Model, name="calendar.alarm", order="duration_minutes, id"):
    """Event Alarm"""

    name = Char(required=True, translate=True)
    alarm_type = Selection(
        [("notification", "Notification"), ("email", "Email")], string="Type", required=True, default="email"
    )
    duration = Integer(string="Remind Before", required=True, default=1, aggregator=None)
    interval = Selection(
        [("minutes", "Minutes"), ("hours", "Hours"), ("days", "Days")],
        string="Unit",
        required=True,
        default="hours",
    )
    duration_minutes = Integer(compute="_compute_duration_minutes", store=True, aggregator=None)

    @depends("duration", "interval")
    def _compute_duration_minutes(self) -> None:
        for alarm in self:
            alarm.duration_minutes = alarm.duration * _MINUTES[alarm.interval or "hours"]

    @constrains("duration", "interval")
    def _is_within_sixty_days(self) -> Iterator[Problem]:
        for alarm in self:
            if not 0 <= alarm.duration * _MINUTES[alarm.interval or "hours"] <= _LONGEST_MIN:
                yield Problem("duration", "range", "An alarm is 0 minutes to 60 days before the start.")
