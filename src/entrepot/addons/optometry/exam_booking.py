"""The booking of an exam: its event in the calendar, and that no doctor or room is booked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry import exam_states
from entrepot.addons.optometry.bookings import Booking, Sync, collisions
from entrepot.addons.optometry.clinic_groups import OVERBOOK
from entrepot.addons.optometry.confirmations import SUPERUSER, importing
from entrepot.api import AccessError, Environment, Model, Problem, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator

STATUS = {
    "confirmed": "confirmed",
    "scheduled": "tentative",
    "cancelled": "cancelled",
    "no_show": "cancelled",
}


class ExamBooking(Model, extends="appointment.exam"):
    """Exam"""

    @constrains("date_start", "duration", "date_end", "optometrist_id", "room_id", "state", "active")
    def _nobody_is_booked_twice(self) -> Iterator[Problem]:
        if overbooks(self.env):
            return
        mine = self.filtered(lambda exam: exam.active and exam.state not in exam_states.OFF and exam.date_end)
        if not mine:
            return
        first, last = min(mine.mapped("date_start")), max(mine.mapped("date_end"))
        others = self.search(
            [
                ("date_start", "<", last),
                ("date_end", ">", first),
                ("state", "not in", list(exam_states.OFF)),
                "|",
                ("optometrist_id", "in", mine.mapped("optometrist_id").ids),
                ("room_id", "in", mine.mapped("room_id").ids),
            ]
        )
        events = self.env["calendar.event"].search(
            [
                ("start", "<", last),
                ("stop", ">", first),
                ("exam_id", "=", False),
                ("allday", "=", False),
                ("status", "!=", "cancelled"),
                "|",
                ("user_id", "in", mine.mapped("optometrist_id").ids),
                ("room_id", "in", mine.mapped("room_id").ids),
            ]
        )
        booked = [exam.booking() for exam in mine | others] + [event.booking() for event in events]
        new = {("exam", exam.id) for exam in mine}
        for clash in collisions(booked):
            if clash.first.key in new or clash.second.key in new:
                path = "room_id" if clash.what == "room" else "date_start"
                yield Problem(path, "overlap", overlap_message(clash.what, clash.first))

    def booking(self) -> Booking:
        """What this exam occupies."""
        occupies = [("doctor", self.optometrist_id.id)]
        if self.room_id:
            occupies.append(("room", self.room_id.id))
        start, stop = self.date_start, self.date_end
        return Booking(("exam", self.id), start, stop, tuple(occupies))

    def book(self) -> None:
        """Bring the calendar in line with these exams: one event each."""
        if self.env.context.get("booking_sync") is Sync.ON:
            return
        events = self.env["calendar.event"].sudo().with_context(booking_sync=Sync.ON)
        fresh = self.filtered(lambda exam: not exam.calendar_event_id)
        made = events.create([exam.event_values() for exam in fresh])
        for exam, event in zip(fresh, made, strict=True):
            exam.sudo().with_context(booking_sync=Sync.ON).attach_event(event)
        for exam in self - fresh:
            event = exam.sudo().calendar_event_id.with_context(booking_sync=Sync.ON)
            event.write({**exam.event_values(), "status": STATUS.get(exam.state or "", "confirmed")})

    def unlink(self) -> bool:
        """Delete, with the bookings; refused for signed exams."""
        return super(ExamBooking, self.with_context(booking_sync=Sync.ON)).unlink()

    def event_values(self) -> dict[str, Any]:
        """The event of this exam: private, and without a clinical word, since attendees see it."""
        return {
            "name": f"{self.name}: {self.patient_id.name}",
            "start": self.date_start,
            "stop": self.date_end,
            "user_id": self.optometrist_id.id,
            "partner_ids": [self.patient_id.partner_id.id, self.optometrist_id.sudo().partner_id.id],
            "patient_id": self.patient_id.id,
            "exam_id": self.id,
            "room_id": self.room_id.id or None,
            "location": self.room_id.name,
            "privacy": "private",
            "status": STATUS.get(self.state or "", "confirmed"),
        }


def overbooks(env: Environment) -> bool:
    """Whether this call books over others on purpose (context `overbook`). Raises AccessError without the
    right.
    """
    if importing(env):
        return True
    if not env.context.get("overbook"):
        return False
    if env.uid != SUPERUSER and not env.has_group(OVERBOOK):
        raise AccessError("Booking a doctor or a room twice needs the right to overbook.")
    return True


def overlap_message(what: str, taken: Booking) -> str:
    """What to tell somebody who wants a taken time."""
    hours = f"{taken.start:%Y-%m-%d %H:%M} to {taken.stop:%H:%M} UTC"
    return f"The {what} is already booked {hours}: choose another time, or repeat with context overbook."
