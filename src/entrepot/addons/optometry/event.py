"""What a clinic's calendar adds to events: patient, exam and room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.optometry import exam_states
from entrepot.addons.optometry.bookings import Booking, Sync, collisions
from entrepot.addons.optometry.exam_booking import overbooks, overlap_message
from entrepot.api import Many2one, Model, Problem, UserError, constrains, ondelete

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MOVES = {"start": "date_start", "stop": "date_end", "user_id": "optometrist_id", "room_id": "room_id"}


class Event(Model, extends="calendar.event"):
    """Calendar Event"""

    patient_id = Many2one("got2.patient", on_delete="set null", index=True)
    exam_id = Many2one("appointment.exam", on_delete="cascade", index=True)
    room_id = Many2one("appointment.room", on_delete="set null")

    def booking(self) -> Booking:
        """What this event occupies."""
        occupies = [("room", self.room_id.id)] if self.room_id else []
        if self.user_id:
            occupies.append(("doctor", self.user_id.id))
        return Booking(("event", self.id), self.start, self.stop, tuple(occupies))

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; an exam moves with its event."""
        done = super().write(vals)
        if self.env.context.get("booking_sync") is Sync.ON:
            return done
        moved = {target: vals[key] for key, target in _MOVES.items() if key in vals}
        if "duration" in vals:
            moved["duration"] = vals["duration"]
        off = vals.get("status") == "cancelled"
        for event in self:
            if event.exam_id and moved:
                event.exam_id.write(moved)
            if event.exam_id and off and event.exam_id.state not in exam_states.OFF:
                event.exam_id.write({"state": "cancelled"})
        return done

    @constrains("start", "stop", "user_id", "room_id", "status", "active")
    def _rooms_are_booked_once(self) -> Iterator[Problem]:
        # The times of exams are judged by the exam itself; here is what else wants a doctor or room.
        mine = self.filtered(lambda event: not event.exam_id and event.active and event.status != "cancelled")
        mine = mine.filtered(lambda event: not event.allday and event.start and event.stop)
        if not mine or overbooks(self.env):
            return
        first, last = min(mine.mapped("start")), max(mine.mapped("stop"))
        rooms = mine.mapped("room_id").ids
        exams = self.env["appointment.exam"].search(
            [
                ("date_start", "<", last),
                ("date_end", ">", first),
                ("state", "not in", list(exam_states.OFF)),
                "|",
                ("room_id", "in", rooms),
                ("optometrist_id", "in", mine.mapped("user_id").ids),
            ]
        )
        others = self.search(
            [
                ("start", "<", last),
                ("stop", ">", first),
                ("room_id", "in", rooms),
                ("exam_id", "=", False),
                ("allday", "=", False),
                ("status", "!=", "cancelled"),
            ]
        )
        new = {("event", event.id) for event in mine}
        booked = [event.booking() for event in mine | others] + [exam.booking() for exam in exams]
        for clash in collisions(booked):
            keys = {clash.first.key, clash.second.key}
            # People may have two meetings at once; a doctor may not have one during an exam.
            if not keys & new or (
                clash.what == "doctor" and keys <= {("event", each) for each in (mine | others).ids}
            ):
                continue
            yield Problem(
                "room_id" if clash.what == "room" else "start",
                "overlap",
                overlap_message(clash.what, clash.first),
            )

    @ondelete
    def _exams_keep_their_booking(self) -> None:
        if self.env.context.get("booking_sync") is Sync.ON:
            return
        for event in self:
            if event.exam_id and event.exam_id.state not in exam_states.OFF:
                raise UserError(f"{event.name} books an exam: cancel the exam instead.")
