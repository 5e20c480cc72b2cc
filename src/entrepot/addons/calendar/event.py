"""Events: a name, a time, and who is there."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Float,
    Html,
    Integer,
    Many2many,
    Many2one,
    Model,
    Problem,
    Selection,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STATUSES = [("tentative", "Tentative"), ("confirmed", "Confirmed"), ("cancelled", "Cancelled")]
_PRIVACY = [("public", "Public"), ("private", "Private")]
_LONGEST_REMINDER_MIN = 60 * 24 * 60


class Event(Model, name="calendar.event", order="start desc, id"):
    """Calendar Event"""

    name = Char(string="Meeting Subject", required=True)
    start = Datetime(required=True, index=True, default=lambda self: self.env.now())
    stop = Datetime(required=True, index=True, help="The first moment after the event.")
    allday = Boolean(string="All Day")
    duration = Float(compute="_compute_duration", inverse="_set_duration", help="Hours.", aggregator="sum")
    user_id = Many2one("res.users", string="Organizer", default=lambda self: self.env.uid, index=True)
    partner_ids = Many2many(
        "res.partner",
        table="calendar_event_res_partner_rel",
        column="event_id",
        other="partner_id",
        string="Attendees",
    )
    location = Char()
    description = Html()
    status = Selection(_STATUSES, required=True, default="confirmed")
    privacy = Selection(_PRIVACY, required=True, default="public")
    reminder_minutes = Integer(
        nullable=True, aggregator=None, help="Minutes before the start; empty for no reminder."
    )
    active = Boolean(default=True)

    @depends("start", "stop")
    def _compute_duration(self) -> None:
        for event in self:
            lasting = event.stop - event.start if event.start and event.stop else timedelta()
            event.duration = round(lasting.total_seconds() / 3600, 4)

    def _set_duration(self) -> None:
        for event in self:
            if event.start:
                event.stop = event.start + timedelta(seconds=round(event.duration * 3600))

    def create(self, vals_list: Any) -> Self:
        """Create; without a stop the event lasts `duration` hours, or one."""
        return super().create(with_each(vals_list, self._with_stop))

    def _with_stop(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if values.get("stop"):
            return values
        start = _moment(values["start"]) if values.get("start") else self.env.now()
        if start is None:
            return values
        try:
            hours = float(values.get("duration") or (24 if values.get("allday") else 1))
            stop = start + timedelta(seconds=round(hours * 3600))
        except (TypeError, ValueError, OverflowError):
            return values  # the fields themselves say what is wrong with these
        return {
            **{key: value for key, value in values.items() if key != "duration"},
            "start": start,
            "stop": stop,
        }

    @constrains("start", "stop", "allday", "reminder_minutes")
    def _times_make_sense(self) -> Iterator[Problem]:
        for event in self:
            if event.start and event.stop and event.stop <= event.start and not event.allday:
                yield Problem("stop", "before_start", "The end of an event lies after its start.")
            elif event.start and event.stop and event.stop < event.start:
                yield Problem("stop", "before_start", "The last day of an event is not before its first.")
            if (
                event.reminder_minutes is not None
                and not 0 <= event.reminder_minutes <= _LONGEST_REMINDER_MIN
            ):
                yield Problem(
                    "reminder_minutes", "range", "A reminder is 0 minutes to 60 days before the start."
                )


def _moment(value: Any) -> datetime | None:
    """What a caller sent as a moment, as far as it can be read here; the field judges the rest."""
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            return datetime.combine(datetime.fromisoformat(value).date(), time(), UTC)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        return None
