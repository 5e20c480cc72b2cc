"""Events: a name, a time, and who organises it.

An event of whole days runs from the first moment of its first day to the first moment after its last, both written in
UTC whatever the zone: a holiday is the same day everywhere.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.timezones import timezones
from entrepot.addons.base.value_lists import with_each
from entrepot.addons.calendar.wall_clock import midnight_before, moment_of
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Datetime,
    Float,
    Html,
    Integer,
    Many2many,
    Many2one,
    Model,
    Problem,
    Selection,
    UserError,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STATUSES = [("tentative", "Tentative"), ("confirmed", "Confirmed"), ("cancelled", "Cancelled")]
_PRIVACY = [("public", "Public"), ("private", "Private"), ("confidential", "Only internal users")]
_SHOW_AS = [("free", "Available"), ("busy", "Busy")]
_LONGEST_REMINDER_MIN = 60 * 24 * 60
_DAY = timedelta(days=1)
_TIMES = frozenset({"start", "stop", "allday", "duration", "start_date", "stop_date"})


class Event(Model, name="calendar.event", order="start desc, id"):
    """Calendar Event"""

    name = Char(string="Meeting Subject", required=True)
    start = Datetime(required=True, index=True, default=lambda self: self.env.now())
    stop = Datetime(required=True, index=True, help="The first moment after the event.")
    allday = Boolean(string="All Day")
    start_date = Date(compute="_compute_dates", inverse="_set_start_date", help="First day, of whole days.")
    stop_date = Date(compute="_compute_dates", inverse="_set_stop_date", help="Last day, of whole days.")
    duration = Float(compute="_compute_duration", inverse="_set_duration", help="Hours.", aggregator="sum")
    event_tz = Selection(
        "_timezones", string="Timezone", default=lambda self: self._own_zone(), required=True
    )
    user_id = Many2one("res.users", string="Organizer", default=lambda self: self.env.uid, index=True)
    partner_id = Many2one("res.partner", related="user_id.partner_id", string="Scheduled by", readonly=True)
    partner_ids = Many2many(
        "res.partner",
        table="calendar_event_res_partner_rel",
        column="event_id",
        other="partner_id",
        string="Attendees",
    )
    categ_ids = Many2many(
        "calendar.event.type",
        table="meeting_category_rel",
        column="event_id",
        other="type_id",
        string="Tags",
    )
    location = Char()
    videocall_location = Char(string="Meeting URL")
    description = Html()
    status = Selection(_STATUSES, required=True, default="confirmed")
    privacy = Selection(_PRIVACY, required=True, default="public")
    show_as = Selection(_SHOW_AS, required=True, default="busy")
    reminder_minutes = Integer(
        nullable=True, aggregator=None, help="Minutes before the start; empty for no reminder."
    )
    active = Boolean(default=True)

    def _timezones(self) -> tuple[tuple[str, str], ...]:
        return timezones()

    def _own_zone(self) -> str:
        zone = self.env.tz or "UTC"
        return zone if (zone, zone) in timezones() else "UTC"

    @depends("start", "stop")
    def _compute_duration(self) -> None:
        for event in self:
            lasting = event.stop - event.start if event.start and event.stop else timedelta()
            event.duration = round(lasting.total_seconds() / 3600, 4)

    def _set_duration(self) -> None:
        for event in self:
            if event.start:
                event.stop = event.start + timedelta(seconds=round(event.duration * 3600))

    @depends("start", "stop", "allday")
    def _compute_dates(self) -> None:
        for event in self:
            first, last = None, None
            if event.allday and event.start and event.stop:
                first = event.start.date()
                last = max(event.start, event.stop - timedelta(seconds=1)).date()
            event.start_date, event.stop_date = first, last

    def _set_start_date(self) -> None:
        for event in self:
            if event.allday and event.start_date:
                event.start = _midnight(event.start_date)

    def _set_stop_date(self) -> None:
        for event in self:
            if event.allday and event.stop_date:
                event.stop = _midnight(event.stop_date) + _DAY

    def create(self, vals_list: Any) -> Self:
        """Create; without a stop the event lasts `duration` hours, or one; a day if it is of whole days."""
        return super().create(with_each(vals_list, self._with_times))

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; events of whole days keep to midnights."""
        done = super().write(vals)
        if _TIMES & vals.keys():
            for event in self.filtered("allday"):
                if event.start is None or event.stop is None:
                    continue
                start, stop = _whole_days(event.start, event.stop)
                if (start, stop) != (event.start, event.stop):
                    super(Event, event).write({"start": start, "stop": stop})
        return done

    def begins(self) -> datetime:
        """When it begins; an event of whole days at midnight in its own zone."""
        return self._in_zone(self.start)

    def ends(self) -> datetime:
        """The first moment after it, in the same way."""
        return self._in_zone(self.stop)

    def _in_zone(self, moment: datetime | None) -> datetime:
        if moment is None:
            raise UserError("This event has no time yet.")
        return moment_of(moment.replace(tzinfo=None), self.event_tz or "UTC") if self.allday else moment

    def _with_times(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        whole = bool(values.get("allday"))
        days = {key: _moment(values.get(key)) for key in ("start_date", "stop_date")} if whole else {}
        start = days.get("start_date") or (
            _moment(values["start"]) if values.get("start") else self.env.now()
        )
        if start is None:
            return values
        others = {key: each for key, each in values.items() if key not in {"start_date", "stop_date"}}
        last = days.get("stop_date")
        stop = last + _DAY if last else _moment(values["stop"]) if values.get("stop") else None
        if whole and (stop or not values.get("stop")):
            start, stop = _whole_days(start, stop or start)
            return {**_without_duration(others), "start": start, "stop": stop}
        if values.get("stop"):
            return values
        try:
            stop = start + timedelta(seconds=round(float(values.get("duration") or 1) * 3600))
        except (TypeError, ValueError, OverflowError):
            return values  # the fields themselves say what is wrong with these
        return {**_without_duration(others), "start": start, "stop": stop}

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


def _without_duration(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key != "duration"}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _whole_days(start: datetime, stop: datetime) -> tuple[datetime, datetime]:
    """The midnights around a time; at least one day. An end before the start stays for the constraint to refuse."""
    if stop < start:
        return start, stop
    first, last = midnight_before(start), midnight_before(stop)
    return first, last if last == stop and last > first else last + _DAY


def _moment(value: Any) -> datetime | None:
    """What a caller sent as a moment, as far as it can be read here; the field judges the rest."""
    if isinstance(value, datetime):
        return value if value.tzinfo else None
    if isinstance(value, date):
        return _midnight(value)
    if not isinstance(value, str):
        return None
    try:
        if len(value) == 10:
            return datetime.combine(datetime.fromisoformat(value).date(), time(), UTC)
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        return None
