"""Numbers given out one after the other, each once: chart numbers, orders, invoices."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from entrepot.addons.base.numbering import Reset, interpolate, number_text, period_start
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Integer,
    Many2one,
    Model,
    Problem,
    Selection,
    UserError,
    constrains,
    depends,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMPLEMENTATIONS = [("standard", "Standard"), ("no_gap", "No gap")]
_RESETS = [("never", "Never"), ("year", "Every Year"), ("month", "Every Month"), ("day", "Every Day")]


class Sequence(Model, name="ir.sequence", order="name, id"):
    """Sequence"""

    name = Char(required=True)
    code = Char(string="Sequence Code", index=True)
    implementation = Selection(_IMPLEMENTATIONS, required=True, default="standard")
    active = Boolean(default=True)
    prefix = Char(trim=False, help="May hold %(year)s, %(month)s, %(day)s, %(y)s, %(h24)s and the like.")
    suffix = Char(trim=False)
    padding = Integer(string="Sequence Size", default=0, aggregator=None)
    number_next = Integer(string="Next Number", required=True, default=1, aggregator=None)
    number_next_actual = Integer(
        compute="_compute_actual", inverse="_set_actual", string="Actual Next Number", aggregator=None
    )
    number_increment = Integer(string="Step", required=True, default=1, aggregator=None)
    reset = Selection(_RESETS, required=True, default="never", help="When numbers start at 1 again.")
    period = Date(string="Current Period", readonly=True, copy=False)
    company_id = Many2one("res.company", default=lambda self: self.env.company)

    @depends("number_next")
    def _compute_actual(self) -> None:
        for sequence in self:
            sequence.number_next_actual = sequence.number_next

    def _set_actual(self) -> None:
        for sequence in self:
            sequence.number_next = sequence.number_next_actual or 1

    @constrains("prefix", "suffix")
    def _patterns_can_be_filled(self) -> Iterator[Problem]:
        for sequence in self:
            for field in ("prefix", "suffix"):
                try:
                    interpolate(getattr(sequence, field) or "", self.env.now())
                except ValueError as error:
                    yield Problem(field, "pattern", f"Invalid {field} of sequence {sequence.name!r}: {error}")

    @constrains("number_increment", "padding")
    def _numbers_make_sense(self) -> Iterator[Problem]:
        for sequence in self:
            if sequence.number_increment == 0:
                yield Problem("number_increment", "zero", "Step must not be zero.")
            if not 0 <= sequence.padding <= 40:
                yield Problem("padding", "range", "Sequence Size is between 0 and 40.")

    @public(model=True, right="read")
    def next_by_code(self, sequence_code: str, sequence_date: Any = None) -> str | None:
        """The next number of the caller's company's sequence with a code, else of the shared one; None
        without any.
        """
        found = self.sudo().search(
            [("code", "=", sequence_code), ("company_id", "in", [self.env.company.id or False, False])],
        )
        if not found:
            return None
        best = min(found, key=lambda sequence: (not sequence.company_id, sequence.id))
        return best.take(sequence_date)

    @public(right="read")
    def next_by_id(self, sequence_date: Any = None) -> str:
        """The next number of this sequence."""
        return self.ensure_one().take(sequence_date)

    def take(self, day: Any = None) -> str:
        """Take one number. The row is locked, read and written in this transaction, so no two calls commit the same
        number, and a call that fails gives its number back: standard and gapless sequences are both without holes.
        """
        sequence = self.ensure_one().sudo().lock()
        moment = self._moment(day)
        begins = period_start(moment.date(), _reset(sequence.reset))
        number = sequence.number_next
        values: dict[str, Any] = {}
        if begins is not None and begins != sequence.period:
            number = 1 if sequence.period else number
            values["period"] = begins
        values["number_next"] = number + sequence.number_increment
        sequence.write(values)
        try:
            return number_text(sequence.prefix or "", number, sequence.padding, sequence.suffix or "", moment)
        except ValueError as error:
            raise UserError(f"Invalid prefix or suffix for sequence {sequence.name!r}: {error}") from error

    def _moment(self, day: Any) -> dt.datetime:
        """The moment that patterns are filled from: a day that was asked for, else now where the user is."""
        if day is None or day is False:
            now = self.env.now()
            with contextlib.suppress(ValueError, KeyError, OSError):
                return now.astimezone(ZoneInfo(self.env.tz or "UTC"))
            return now
        try:
            asked = dt.date.fromisoformat(day[:10]) if isinstance(day, str) else day
            return dt.datetime(asked.year, asked.month, asked.day, tzinfo=dt.UTC)
        except (AttributeError, ValueError) as error:
            raise UserError(f"The date of a number is a date, not {str(day)[:40]!r}.") from error


def _reset(text: str | None) -> Reset:
    match text:
        case "year" | "month" | "day":
            return text
        case _:
            return "never"
