"""Events of a series: making one, changing one, those after it or all, and taking some away.

Each event of a series stands in one slot of its rule (`recurrence_slot`). An event that was moved alone keeps its slot
and its own time (`follow_recurrence` off); a slot whose event was deleted stays empty. When the series moves, slots move
one by one, so events keep their ids and what people wrote into them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.calendar import series_layout
from entrepot.addons.calendar.recurrence import (
    BYDAY,
    END_TYPES,
    MONTH_BY,
    RRULE_TYPES,
    RULE_FIELDS,
    WEEKDAYS,
    values_of_text,
)
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
    ValidationError,
    public,
)

WAYS = [
    ("self_only", "This event"),
    ("future_events", "This and following events"),
    ("all_events", "All events"),
]
_KEPT = ("recurrence_id", "recurrence_slot", "follow_recurrence")
_TIMES = frozenset({"start", "stop", "allday", "duration", "start_date", "stop_date", "event_tz"})


class EventSeries(Model, extends="calendar.event"):
    """Calendar Event"""

    recurrency = Boolean(string="Recurrent", copy=False)
    recurrence_id = Many2one(
        "calendar.recurrence", string="Recurrence Rule", index=True, copy=False, on_delete="set null"
    )
    recurrence_slot = Char(
        readonly=True, copy=False, help="Its place in the series, on the clock of its zone."
    )
    follow_recurrence = Boolean(readonly=True, copy=False, help="Off when it was moved by itself.")
    recurrence_update = Selection(WAYS, compute="_compute_recurrence_update", inverse="_keep")
    rrule = Char(related="recurrence_id.rrule", string="Recurrent Rule")
    rrule_type = Selection(RRULE_TYPES, related="recurrence_id.rrule_type", string="Recurrence")
    interval = Integer(related="recurrence_id.interval", string="Repeat On", aggregator=None)
    end_type = Selection(END_TYPES, related="recurrence_id.end_type", string="Recurrence Termination")
    count = Integer(related="recurrence_id.count", string="Repeat", aggregator=None)
    until = Date(related="recurrence_id.until")
    mon = Boolean(related="recurrence_id.mon")
    tue = Boolean(related="recurrence_id.tue")
    wed = Boolean(related="recurrence_id.wed")
    thu = Boolean(related="recurrence_id.thu")
    fri = Boolean(related="recurrence_id.fri")
    sat = Boolean(related="recurrence_id.sat")
    sun = Boolean(related="recurrence_id.sun")
    month_by = Selection(MONTH_BY, related="recurrence_id.month_by", string="Option")
    day = Integer(related="recurrence_id.day", string="Date of month", aggregator=None)
    weekday = Selection(WEEKDAYS, related="recurrence_id.weekday")
    byday = Selection(BYDAY, related="recurrence_id.byday", string="By day")

    def _compute_recurrence_update(self) -> None:
        for event in self:
            event.recurrence_update = "self_only"

    def _keep(self) -> None:
        """The way of an update is an order of one call, nothing that is kept."""

    def create(self, vals_list: Any) -> Self:
        """Create; an event with `recurrency` and the fields of a rule begins a series."""
        if self.env.context.get("_series"):
            return super().create(vals_list)
        rules: list[dict[str, Any] | None] = []

        def plain(values: Mapping[str, Any]) -> Mapping[str, Any]:
            _refuse_kept(values)
            rules.append(_rule_given(values) if values.get("recurrency") else None)
            return _without_rule(values)

        made = super().create(with_each(vals_list, plain))
        for event, rule in zip(made, rules, strict=True):
            if rule is not None:
                series_layout.begin(event, rule)
        return made

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write on these events, or with `recurrence_update` on those after one, or on its whole series."""
        if self.env.context.get("_series") or not self.ids:
            return super().write(vals)
        way = _way(vals.get("recurrence_update"))
        if way == "self_only" or not any(self.mapped("recurrence_id").ids):
            return self._write_alone(vals)
        self._only_one()
        return self._write_series(vals, way)

    def unlink(self) -> bool:
        """Delete these events; context `recurrence_update` says whether those after one, or all, go with it."""
        way = _way(self.env.context.get("recurrence_update"))
        if self.env.context.get("_series") or not self.ids:
            return super().unlink()
        if way != "self_only" and self.mapped("recurrence_id").ids:
            return self._only_one().action_mass_deletion(way)
        series_layout.leave_slots(self)
        series = self.mapped("recurrence_id").sudo()
        done = super().unlink()
        series_layout.drop_empty(series)
        return done

    @public(right="unlink")
    def action_mass_deletion(self, recurrence_update_setting: str) -> bool:
        """Delete this event (`self_only`), it and those after it (`future_events`) or its series (`all_events`)."""
        way = _way(recurrence_update_setting)
        if way == "self_only" or not self.recurrence_id:
            return self.with_context(recurrence_update=None).unlink()
        events, at = series_layout.affected(self._only_one(), way)
        series = self.recurrence_id.sudo()
        series_layout.cut(series, at)
        self.browse(events.ids).with_context(_series=True).unlink()
        series_layout.drop_empty(series)
        return True

    @public
    def action_mass_archive(self, recurrence_update_setting: str) -> bool:
        """Archive this event, it and those after it, or its series."""
        way = _way(recurrence_update_setting)
        events = self
        if way != "self_only" and self.recurrence_id:
            events = self.browse(series_layout.affected(self._only_one(), way)[0].ids)
        return events.with_context(_series=True).write({"active": False})

    def _only_one(self) -> Self:
        if len(self.ids) != 1:
            raise UserError("Change the series of one event at a time.")
        return self

    def _write_alone(self, vals: Mapping[str, Any]) -> bool:
        rule, wanted = _rule_given(vals), vals.get("recurrency")
        members = self.filtered("recurrence_id")
        _refuse_kept(vals, self)
        if wanted is not False:
            for event in members:
                _refuse_rule(event, rule)
        before = {event.id: (event.start, event.stop) for event in members} if _TIMES & vals.keys() else {}
        done = super().write(_without_rule(vals))
        moved = members.filtered(lambda each: before.get(each.id, ()) not in {(), (each.start, each.stop)})
        if moved.filtered("follow_recurrence"):
            super(EventSeries, moved).write({"follow_recurrence": False})
        if wanted is False and members:
            series_layout.let_go(members)
        if wanted and self - members:
            for event in self - members:
                series_layout.begin(event, dict(rule))
        return done

    def _write_series(self, vals: Mapping[str, Any], way: str) -> bool:
        """Write what is not a time on every event concerned, then move the series as this event moved."""
        _refuse_kept(vals, self)
        events, at = series_layout.affected(self, way)
        if vals.get("recurrency") is False:
            series = self.recurrence_id.sudo()
            self.browse((events - self).ids).with_context(_series=True).unlink()
            series_layout.let_go(self)
            series_layout.cut(series.exists(), at)
            return super().write(_without_rule(vals))
        rest = _without_rule(vals)
        rule = {name: value for name, value in _rule_given(vals).items() if not _same(self, name, value)}
        here = self.with_context(_series=True)
        times = {key: value for key, value in rest.items() if key in _TIMES}
        plain = {key: value for key, value in rest.items() if key not in _TIMES}
        stood, length = (self.start, self.allday, self.event_tz), self.stop - self.start
        if plain:
            here.browse(events.ids).write(plain)
        if times:
            here.write(times)
        moved = stood != (self.start, self.allday, self.event_tz)
        if rule or moved or length != self.stop - self.start:
            series_layout.move(self, at, rule, moved=moved)
        return True


def _way(asked: Any) -> str:
    way = asked or "self_only"
    if way not in {key for key, _ in WAYS}:
        raise UserError("recurrence_update is self_only, future_events or all_events.")
    return str(way)


def _rule_given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a rule among values; the text of a rule counts as its fields."""
    found = {name: values[name] for name in RULE_FIELDS if name in values}
    text = values.get("rrule")
    return {**values_of_text(text), **found, "rrule": text} if text else found


def _without_rule(values: Mapping[str, Any]) -> dict[str, Any]:
    dropped = {*RULE_FIELDS, "rrule", "recurrence_update", *_KEPT, "recurrency"}
    return {key: value for key, value in values.items() if key not in dropped}


def _refuse_kept(values: Mapping[str, Any], events: Any = ()) -> None:
    """Which series an event belongs to is not for callers to say; a row that was read may be written back."""
    for name in _KEPT:
        value = values.get(name)
        if not value or (events and all(_same(event, name, value) for event in events)):
            continue
        text = "An event joins a series by being made by its rule: set recurrency and the rule instead."
        raise ValidationError(problems=[Problem(name, "readonly", text)])


def _refuse_rule(event: Any, rule: Mapping[str, Any]) -> None:
    for name, value in rule.items():
        if not _same(event, name, value):
            text = "A rule is changed for several events: say recurrence_update future_events or all_events."
            raise ValidationError(problems=[Problem(name, "series", text)])


def _same(event: Any, name: str, value: Any) -> bool:
    return (_plain(value) or None) == (_plain(getattr(event, name)) or None)


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.id if isinstance(value, Model) else value
