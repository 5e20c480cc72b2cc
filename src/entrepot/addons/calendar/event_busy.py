"""Who is busy when: for everybody's planning, without telling what private events are about."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from entrepot.addons.calendar.busy_times import Interval, clipped, gaps, joined
from entrepot.api import AccessError, Model, UserError, public

MAX_DAYS = 366
MAX_PARTNERS = 200
MAX_EVENTS = 20_000
_DAY = dt.timedelta(days=1)


class EventBusy(Model, extends="calendar.event"):
    """Calendar Event"""

    @public(readonly=True, model=True)
    def free_busy(self, partner_ids: Sequence[int], start: Any, stop: Any) -> list[dict[str, Any]]:
        """For each partner, in the order asked: `busy`, the joined intervals from `start` until before `stop`; `free`,
        what lies between; `events`, each with times, status and, where the caller may read it, id and name.

        Busy is who attends and has not declined; of an event without attendees, its organiser. At most 366 days and
        200 partners; people from outside ask for themselves. Raises UserError, AccessError.
        """
        within = (self._asked(start), self._asked(stop))
        if not dt.timedelta() < within[1] - within[0] <= dt.timedelta(days=MAX_DAYS):
            raise UserError(f"Ask for a time of up to {MAX_DAYS} days that ends after it starts.")
        ids = _ids(partner_ids)
        if not (self.env.su or self.env.has_group("base.group_user")) and ids != [
            self.env.user.partner_id.id
        ]:
            raise AccessError("People from outside ask for their own times only.")
        events = self._overlapping(ids, within)
        readable = set(self.browse(events.ids)._filter_readable().ids)  # noqa: SLF001 - its own kind
        people: dict[int, list[tuple[Interval, Any]]] = defaultdict(list)
        for event in events:
            interval = clipped((event.begins(), event.ends()), within)
            for partner in event.busy_partners() if interval else ():
                people[partner].append((interval, event))  # type: ignore[arg-type]  # not None here
        return [_told(partner, people[partner], within, readable) for partner in ids]

    def busy_partners(self) -> set[int]:
        """The ids of the partners that an event keeps busy."""
        if self.attendee_ids:
            return {each.partner_id.id for each in self.attendee_ids if each.state != "declined"}
        return {self.user_id.partner_id.id}

    def _overlapping(self, partners: Sequence[int], within: Interval) -> Any:
        """Events that may overlap a time and concern partners, whoever may read them; days reach into other zones."""
        found = self.sudo().search(
            [
                ("start", "<", within[1] + _DAY),
                ("stop", ">", within[0] - _DAY),
                ("status", "!=", "cancelled"),
                ("show_as", "=", "busy"),
                "|",
                ("partner_ids", "in", list(partners)),
                "&",
                ("partner_ids", "=", False),
                ("user_id.partner_id", "in", list(partners)),
            ],
            limit=MAX_EVENTS + 1,
            order="start, id",
        )
        if len(found) > MAX_EVENTS:
            raise UserError(f"More than {MAX_EVENTS} events: ask for fewer people or a shorter time.")
        return found

    def _filter_readable(self) -> Any:
        return self.with_context(active_test=False).search([("id", "in", self.ids)])

    def _asked(self, value: Any) -> dt.datetime:
        if isinstance(value, dt.datetime) and value.tzinfo:
            return value.astimezone(dt.UTC)
        try:
            found = dt.datetime.fromisoformat(value if isinstance(value, str) else "")
        except ValueError as error:
            raise UserError("A time is asked for as YYYY-MM-DD HH:MM:SS in UTC.") from error
        return found.astimezone(dt.UTC) if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _ids(given: Any) -> list[int]:
    ids = list(given) if isinstance(given, (list, tuple)) else []
    if not ids or len(ids) > MAX_PARTNERS or not all(type(each) is int and 0 < each < 2**31 for each in ids):
        raise UserError(f"Ask for the ids of 1 to {MAX_PARTNERS} partners.")
    return list(dict.fromkeys(ids))


def _told(
    partner: int, busy: Sequence[tuple[Interval, Any]], within: Interval, readable: set[int]
) -> dict[str, Any]:
    times = joined(interval for interval, _ in busy)
    events = []
    for (start, stop), event in busy:
        told: dict[str, Any] = {"start": start, "stop": stop, "status": event.status}
        events.append(told | ({"id": event.id, "name": event.name} if event.id in readable else {}))
    return {
        "partner_id": partner,
        "busy": [{"start": start, "stop": stop} for start, stop in times],
        "free": [{"start": start, "stop": stop} for start, stop in gaps(times, within)],
        "events": events,
    }
