"""Recurrences: the rule that the events of a series follow, as fields, and the slots it gives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from entrepot.addons.base.timezones import timezones
from entrepot.addons.calendar.recurrence_rule import (
    DAYS,
    MAX_INTERVAL,
    MAX_OCCURRENCES,
    Rule,
    from_text,
    place_of,
    spoken,
)
from entrepot.addons.calendar.wall_clock import moment_of
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Datetime,
    Integer,
    Json,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    ValidationError,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

RRULE_TYPES = [("daily", "Days"), ("weekly", "Weeks"), ("monthly", "Months"), ("yearly", "Years")]
END_TYPES = [("count", "Number of repetitions"), ("end_date", "End date"), ("forever", "Forever")]
MONTH_BY = [("date", "Date of month"), ("day", "Day of month")]
WEEKDAYS = [
    ("MON", "Monday"),
    ("TUE", "Tuesday"),
    ("WED", "Wednesday"),
    ("THU", "Thursday"),
    ("FRI", "Friday"),
    ("SAT", "Saturday"),
    ("SUN", "Sunday"),
]
BYDAY = [("1", "First"), ("2", "Second"), ("3", "Third"), ("4", "Fourth"), ("-1", "Last")]
RULE_FIELDS = (
    "rrule_type",
    "interval",
    "end_type",
    "count",
    "until",
    *DAYS,
    "month_by",
    "day",
    "weekday",
    "byday",
)


class Recurrence(Model, name="calendar.recurrence"):
    """Event Recurrence Rule"""

    name = Char(compute="_compute_name", store=True)
    base_event_id = Many2one("calendar.event", on_delete="set null", index=True, copy=False)
    calendar_event_ids = One2many("calendar.event", "recurrence_id")
    event_tz = Selection("_timezones", string="Timezone", required=True, default="UTC")
    allday = Boolean(help="Slots are days, without a zone.")
    first_slot = Char(required=True, help="Where the series begins, on the clock of its zone.")
    dtstart = Datetime(compute="_compute_dtstart")
    rrule = Char(compute="_compute_name", store=True)
    rrule_type = Selection(RRULE_TYPES, required=True, default="weekly")
    end_type = Selection(END_TYPES, required=True, default="count")
    interval = Integer(default=1, required=True, aggregator=None)
    count = Integer(default=1, aggregator=None)
    until = Date()
    mon = Boolean()
    tue = Boolean()
    wed = Boolean()
    thu = Boolean()
    fri = Boolean()
    sat = Boolean()
    sun = Boolean()
    month_by = Selection(MONTH_BY, default="date")
    day = Integer(default=1, aggregator=None)
    weekday = Selection(WEEKDAYS)
    byday = Selection(BYDAY)
    excluded = Json(help="Slots that have no event any more, as texts.")

    def _timezones(self) -> tuple[tuple[str, str], ...]:
        return timezones()

    @depends("first_slot", "event_tz", "allday")
    def _compute_dtstart(self) -> None:
        for series in self:
            series.dtstart = series.moment(series.first())

    @depends(*RULE_FIELDS)
    def _compute_name(self) -> None:
        for series in self:
            rule = series.rule()
            series.name, series.rrule = spoken(rule), rule.text()

    @constrains(*RULE_FIELDS)
    def _rule_can_be_kept(self) -> Iterator[Problem]:
        for series in self:
            yield from rule_problems(series.rule_values())

    def zone(self) -> str:
        """The zone of the slots; days are the same in all."""
        return "UTC" if self.allday else self.event_tz or "UTC"

    def moment(self, slot: dt.datetime) -> dt.datetime:
        """The UTC moment of a slot."""
        return moment_of(slot, self.zone())

    def rule_values(self) -> dict[str, Any]:
        """The fields of the rule."""
        return {name: getattr(self, name) for name in RULE_FIELDS}

    def rule(self) -> Rule:
        """The rule as a plain value."""
        return rule_of(self.rule_values())

    def slots(self) -> list[dt.datetime]:
        """Every slot of the series, in order, on the wall of its zone; those without an event among them."""
        return slots_of(self.rule(), self.first())

    def first(self) -> dt.datetime:
        """Where the series begins, on the wall of its zone."""
        return dt.datetime.fromisoformat(self.first_slot or "")


def slots_of(rule: Rule, first: dt.datetime) -> list[dt.datetime]:
    """The slots of a rule. Raises ValidationError when there are none, or too many."""
    slots = rule.slots(first)
    if not slots:
        raise ValidationError(
            problems=[Problem("until", "empty", "The rule gives no event: move its end or its days.")]
        )
    if len(slots) > MAX_OCCURRENCES:
        text = f"The rule gives more than {MAX_OCCURRENCES} events: choose an earlier end."
        path = "until" if rule.count is None else "count"
        raise ValidationError(problems=[Problem(path, "too_many", text)])
    return slots


def rule_of(values: Mapping[str, Any]) -> Rule:
    """The rule of field values; those that do not belong to its type play no part."""
    kind, ends = values.get("rrule_type") or "weekly", values.get("end_type") or "count"
    by_day = kind == "monthly" and values.get("month_by") == "day"
    flags = frozenset(at for at, name in enumerate(DAYS) if values.get(name))
    named = [at for at, (key, _) in enumerate(WEEKDAYS) if key == values.get("weekday")]
    until = values.get("until")
    return Rule(
        kind=kind,
        interval=values.get("interval") or 1,
        count=values.get("count") or 1 if ends == "count" else None,
        until=until if ends == "end_date" else None,
        weekdays=flags if kind == "weekly" else frozenset(named) if by_day else frozenset(),
        day=values.get("day") or None if kind == "monthly" and not by_day else None,
        place=(values.get("byday") or "1") if by_day else None,
    )


def values_of(rule: Rule) -> dict[str, Any]:
    """The field values of a rule."""
    by_day = rule.place is not None
    return {
        "rrule_type": rule.kind,
        "interval": rule.interval,
        "end_type": "count" if rule.count is not None else "end_date" if rule.until else "forever",
        "count": rule.count or 0,
        "until": rule.until,
        **{name: rule.kind == "weekly" and at in rule.weekdays for at, name in enumerate(DAYS)},
        "month_by": "day" if by_day else "date",
        "day": rule.day or 0,
        "weekday": WEEKDAYS[min(rule.weekdays)][0] if by_day and rule.weekdays else None,
        "byday": rule.place,
    }


def opened(values: Mapping[str, Any], first: dt.datetime) -> dict[str, Any]:
    """Field values with what a monthly rule leaves open taken from its first day."""
    found = dict(values)
    if found.get("rrule_type") != "monthly":
        return found
    if found.get("month_by") != "day":
        return {**found, "month_by": "date", "day": found.get("day") or first.day}
    found["weekday"] = found.get("weekday") or WEEKDAYS[first.weekday()][0]
    found["byday"] = found.get("byday") or place_of(first.date())
    return found


def rule_problems(values: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the field values of a rule."""
    if not 1 <= (values.get("interval") or 0) <= MAX_INTERVAL:
        yield Problem("interval", "range", f"A series repeats every 1 to {MAX_INTERVAL} days, weeks …")
    ends = values.get("end_type")
    if ends == "count" and not 1 <= (values.get("count") or 0) <= MAX_OCCURRENCES:
        yield Problem("count", "range", f"A series has 1 to {MAX_OCCURRENCES} events.")
    if ends == "end_date" and not values.get("until"):
        yield Problem("until", "required", "Say until which day the series runs.")
    by_date = values.get("rrule_type") == "monthly" and values.get("month_by") == "date"
    if by_date and not 1 <= (values.get("day") or 0) <= 31:
        yield Problem("day", "range", "The day of a month is 1 to 31.")


def values_of_text(text: Any) -> dict[str, Any]:
    """The field values of the text of a rule. Raises ValidationError saying what cannot be read."""
    try:
        rule = from_text(text if isinstance(text, str) else "")
    except ValueError as error:
        raise ValidationError(
            problems=[Problem("rrule", "rule", f"The rule cannot be kept: {error}.")]
        ) from error
    return values_of(rule)
