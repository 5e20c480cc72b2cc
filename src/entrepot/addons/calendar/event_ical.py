"""Events as iCalendar files (RFC 5545), for any calendar program."""

from __future__ import annotations

import datetime as dt
import html
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import nh3

from entrepot.addons.calendar.wall_clock import moment_of
from entrepot.api import Model, UserError, public

MAX_EVENTS = 5_000
_STATUS = {"tentative": "TENTATIVE", "confirmed": "CONFIRMED", "cancelled": "CANCELLED"}
_ANSWERS = {
    "accepted": "ACCEPTED",
    "declined": "DECLINED",
    "tentative": "TENTATIVE",
    "needsAction": "NEEDS-ACTION",
}


class EventIcal(Model, extends="calendar.event"):
    """Calendar Event"""

    @public(readonly=True)
    def to_ical(self) -> str:
        """An iCalendar text of these events, each by itself."""
        return self._calendar([event._as_component() for event in self._bounded()])  # noqa: SLF001 - its own kind

    @public(readonly=True)
    def series_to_ical(self) -> str:
        """An iCalendar text of these events with their series as rules: a rule, the events moved alone, and the slots
        that have none. An event of no series is there by itself.
        """
        found = [event._as_component() for event in self.filtered(lambda each: not each.recurrence_id)]  # noqa: SLF001
        for series in self.mapped("recurrence_id"):
            members = self.search([("recurrence_id", "=", series.id)], order="recurrence_slot, id")
            found.extend(members._as_series(series))  # noqa: SLF001 - its own kind
        return self._calendar(found)

    @public(readonly=True, model=True)
    def range_to_ical(self, start: Any, stop: Any, partner_ids: Any = None) -> str:
        """An iCalendar text of the events that overlap a time, of some partners or of everybody, as far as the caller
        may read them.
        """
        domain: list[Any] = [("start", "<", self._asked(stop)), ("stop", ">", self._asked(start))]
        if partner_ids:
            domain.append(("partner_ids", "in", list(partner_ids)))
        return self.search(domain, limit=MAX_EVENTS + 1, order="start, id").to_ical()

    def _bounded(self) -> Any:
        if len(self.ids) > MAX_EVENTS:
            raise UserError(f"An iCalendar file holds at most {MAX_EVENTS} events: ask for a shorter time.")
        return self

    def _calendar(self, components: list[icalendar.Event]) -> str:
        calendar = icalendar.Calendar()
        calendar.add("prodid", "-//Entrepot//Calendar//EN")
        calendar.add("version", "2.0")
        for each in components:
            calendar.add_component(each)
        calendar.add_missing_timezones()
        return str(calendar.to_ical().decode())

    def _as_component(self, zone: str = "UTC") -> icalendar.Event:
        """One event; `zone` is the clock its times are told in."""
        found = icalendar.Event()
        found.add("uid", f"{self.env.work.tenant}-event-{self.id}")
        found.add("dtstamp", self.write_date or self.env.now())
        found.add("summary", self.name)
        found.add("dtstart", self._told(self.start, zone))
        found.add("dtend", self._told(self.stop, zone))
        found.add("status", _STATUS[self.status or "confirmed"])
        found.add("class", (self.privacy or "public").upper())
        found.add("transp", "TRANSPARENT" if self.show_as == "free" else "OPAQUE")
        if self.location:
            found.add("location", self.location)
        if self.videocall_location:
            found.add("url", self.videocall_location)
        if self.description:
            found.add("description", _plain(self.description))
        if self.categ_ids:
            found.add("categories", self.categ_ids.mapped("name"))
        self._add_people(found)
        self._add_alarms(found)
        return found

    def _told(self, moment: dt.datetime, zone: str) -> dt.date:
        return (
            moment.date() if self.allday else moment.astimezone(ZoneInfo(zone) if zone != "UTC" else dt.UTC)
        )

    def _add_people(self, found: icalendar.Event) -> None:
        organiser = self.sudo().user_id.partner_id
        if organiser.email:
            address = icalendar.vCalAddress(f"mailto:{organiser.email}")
            address.params["CN"] = organiser.name or organiser.email
            found.add("organizer", address)
        for attendee in self.sudo().attendee_ids:
            if attendee.email:
                address = icalendar.vCalAddress(f"mailto:{attendee.email}")
                address.params["CN"] = attendee.common_name or attendee.email
                address.params["PARTSTAT"] = _ANSWERS[attendee.state or "needsAction"]
                found.add("attendee", address, encode=False)

    def _add_alarms(self, found: icalendar.Event) -> None:
        for minutes in sorted(self.reminders()):
            alarm = icalendar.Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", self.name)
            alarm.add("trigger", dt.timedelta(minutes=-minutes))
            found.add_component(alarm)

    def _as_series(self, series: Any) -> list[icalendar.Event]:
        """The events of one series: its rule on the first, and each that differs in its slot."""
        follows = self.filtered("follow_recurrence")
        if not follows:
            return [event._as_component() for event in self]  # noqa: SLF001 - its own kind
        zone, uid = series.zone(), f"{self.env.work.tenant}-series-{series.id}"
        model = follows[0]
        length = model.stop - model.start
        master = model._as_component(zone)  # noqa: SLF001 - its own kind
        slots = series.slots()
        _put(master, "uid", uid)
        _put(master, "dtstart", self._slot(series, slots[0]))
        _put(master, "dtend", self._slot(series, slots[0] + length))
        master.add("rrule", icalendar.vRecur.from_ical(_ending(series, slots)))
        there = {event.recurrence_slot for event in self}
        for slot in slots:
            if slot.isoformat() not in there:
                master.add("exdate", self._slot(series, slot))
        found = [master]
        for event in self - follows:
            component = event._as_component(zone)  # noqa: SLF001 - its own kind
            _put(component, "uid", uid)
            slot = dt.datetime.fromisoformat(event.recurrence_slot)
            component.add("recurrence-id", self._slot(series, slot))
            found.append(component)
        return found

    def _slot(self, series: Any, slot: dt.datetime) -> dt.date:
        if series.allday:
            return slot.date()
        zone = series.zone()
        return moment_of(slot, zone).astimezone(ZoneInfo(zone) if zone != "UTC" else dt.UTC)


def _put(component: icalendar.Event, name: str, value: Any) -> None:
    if name in component:
        del component[name]
    component.add(name, value)


def _ending(series: Any, slots: list[dt.datetime]) -> str:
    """The rule's text; a day as its end is spelled as the last moment, as the standard asks of timed events, and a
    series without end ends with its last event.
    """
    text = str(series.rrule)
    if series.end_type == "count":
        return text
    days, _, ending = text.partition(";UNTIL=")
    rest = ending.partition(";")[2]
    last = f"{slots[-1]:%Y%m%d}" if series.allday else f"{series.moment(slots[-1]):%Y%m%dT%H%M%SZ}"
    return ";".join(part for part in (days, f"UNTIL={last}", rest) if part)


def _plain(markup: str) -> str:
    """The text of HTML."""
    lines = markup.replace("<br>", "\n").replace("</p>", "\n")
    return html.unescape(nh3.clean(lines, tags=set())).strip()
