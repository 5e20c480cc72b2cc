"""Laying a series out: which event stands in which slot of its rule, what is made and what goes.

Functions over events and their recurrence, run with the system's rights behind the methods of the event, which checked
the caller's.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from entrepot.addons.calendar.recurrence import opened, slots_of, values_of
from entrepot.addons.calendar.wall_clock import on_the_wall

_END = frozenset({"count", "until", "end_type"})
Moment = dt.datetime


def wall_of(event: Any) -> Moment:
    """Where an event begins on the clock of its zone."""
    return on_the_wall(event.start, "UTC" if event.allday else event.event_tz or "UTC")


def begin(event: Any, given: Mapping[str, Any]) -> None:
    """Make the series of one event from the fields of a rule, and all its other events."""
    first = wall_of(event)
    series = event.env["calendar.recurrence"].sudo().create(_series_values(event, first, _fields(given)))
    slots = _settled(series, first)
    _arrange(series, slots, {0: event}, template=event, follow=True)


def affected(event: Any, way: str) -> tuple[Any, str]:
    """The events of a series from an event on (or all), and the slot where they begin ("" for all of them)."""
    series = event.recurrence_id.sudo().lock()
    at = (event.recurrence_slot or "") if way == "future_events" else ""
    members = event.sudo().with_context(active_test=False)
    found = members.search([("recurrence_id", "=", series.id)], order="recurrence_slot, id")
    return found.filtered(lambda each: (each.recurrence_slot or "") >= at), at


def cut(series: Any, at: str) -> None:
    """End a series before a slot; nothing at its first, where no part of it stays."""
    if not series or not at or at <= series.first_slot:
        return
    slots = series.slots()
    before = [slot for slot in slots if slot.isoformat() < at]
    end: dict[str, Any] = {"end_type": "count", "count": len(before)}
    if series.end_type != "count":
        end = {"end_type": "end_date", "until": before[-1].date()}
    series.write({**end, "excluded": [each for each in series.excluded or [] if each < at]})


def leave_slots(events: Any) -> None:
    """Remember that the slots of events that leave their series stay empty."""
    empty: dict[int, set[str]] = defaultdict(set)
    for event in events.sudo():
        if event.recurrence_id and event.recurrence_slot:
            empty[event.recurrence_id.id].add(event.recurrence_slot)
    for series in events.sudo().mapped("recurrence_id"):
        series.lock()
        series.write({"excluded": sorted({*(series.excluded or []), *empty[series.id]})})


def let_go(events: Any) -> None:
    """Take events out of their series; they stay as events of their own."""
    leave_slots(events)
    series = events.sudo().mapped("recurrence_id")
    alone = {"recurrency": False, "recurrence_id": False, "recurrence_slot": None, "follow_recurrence": False}
    events.with_context(_series=True).write(alone)
    drop_empty(series)


def drop_empty(series: Any) -> None:
    """Delete recurrences without any event; give the others a base where theirs is gone."""
    if not series:
        return
    members = series.env["calendar.event"].sudo().with_context(active_test=False)
    found = members.search([("recurrence_id", "in", series.ids)], order="recurrence_slot, id")
    first: dict[int, int] = {}
    for event in found:
        first.setdefault(event.recurrence_id.id, event.id)
    series.filtered(lambda each: each.id not in first).unlink()
    for each in series.filtered(lambda each: each.id in first and not each.base_event_id):
        each.write({"base_event_id": first[each.id]})


def move(event: Any, at: str, given: Mapping[str, Any], *, moved: bool) -> None:
    """Bring a series, from the slot `at` on, in line with one of its events that was changed, and with a changed rule.

    `moved`: the event begins at another time, or in another zone; then all slots move as far as its own did.
    """
    old = event.recurrence_id.sudo()
    slots = old.slots()
    index = {slot.isoformat(): place for place, slot in enumerate(slots)}
    own, begin_at = index[event.recurrence_slot], index[at] if at else 0
    first = wall_of(event) - (slots[own] - slots[begin_at]) if moved else slots[begin_at]
    rule = values_of(old.rule().moved(slots[begin_at], first))
    if rule["end_type"] == "count":
        rule["count"] -= begin_at
    fields = _fields(given)
    same_days = not fields.keys() - _END
    events, _ = affected(event, "future_events" if at else "all_events")
    kept = {index[each.recurrence_slot] - begin_at: each for each in events if each.recurrence_slot in index}
    excluded = [index[each] - begin_at for each in old.excluded or [] if index.get(each, -1) >= begin_at]
    values = _series_values(event, first, {**rule, **fields})
    if begin_at:
        cut(old, at)
        series = old.create(values)
    else:
        series = old
        series.write({**values, "base_event_id": old.base_event_id.id or event.id})
    new_slots = _settled(series, first)
    last = len(new_slots) - 1
    if own - begin_at > last:  # a shorter series keeps the event that somebody is just changing
        displaced = kept.pop(last, None)
        kept[last] = kept.pop(own - begin_at)
        kept.update({} if displaced is None else {own - begin_at: displaced})
    _arrange(
        series,
        new_slots,
        kept,
        template=event,
        follow=not same_days,
        moved=event if moved else None,
        excluded=excluded if same_days else (),
    )
    drop_empty(old | series)


def _fields(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "rrule"}


def _series_values(event: Any, first: Moment, rule: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **opened(rule, first),
        "event_tz": event.event_tz,
        "allday": event.allday,
        "first_slot": first.isoformat(),
        "base_event_id": event.id,
    }


def _settled(series: Any, first: Moment) -> list[Moment]:
    """The slots of a series whose rule was just given; what the rule left open follows from the first day."""
    series.write(values_of(series.rule().completed(first)))
    return slots_of(series.rule(), first)


def _arrange(
    series: Any,
    slots: Sequence[Moment],
    kept: Mapping[int, Any],
    *,
    template: Any,
    follow: bool,
    moved: Any = None,
    excluded: Collection[int] = (),
) -> None:
    """Put events into slots by their place: those kept, copies of `template` where there is none.

    Events that were moved alone keep their time unless `follow`; those past the last slot go.
    """
    length = template.stop - template.start
    texts = [slot.isoformat() for slot in slots]
    series.write(
        {"first_slot": texts[0], "excluded": [texts[each] for each in excluded if 0 <= each < len(texts)]}
    )
    missing: list[dict[str, Any]] = []
    changed: list[int] = []
    for place, (slot, text) in enumerate(zip(slots, texts, strict=True)):
        joins = {"recurrency": True, "recurrence_id": series.id, "recurrence_slot": text}
        start = series.moment(slot)
        stands = {**joins, "start": start, "stop": start + length, "follow_recurrence": True}
        if place in kept:
            event = kept[place].with_context(_series=True)
            follows = follow or event.follow_recurrence or (moved is not None and event.id == moved.id)
            if follows and (event.start, event.stop) != (start, start + length):
                changed.append(event.id)
            zone = {"allday": template.allday, "event_tz": template.event_tz}
            event.sudo().write({**stands, **zone} if follows else joins)
        elif place not in excluded:
            missing.append(stands)
    surplus = [event.id for place, event in kept.items() if place >= len(slots)]
    if changed or moved is not None:
        template.browse(dict.fromkeys([*changed, template.id])).ask_again()
    _make(template, missing)
    template.browse(surplus).sudo().with_context(_series=True).unlink()


def _make(template: Any, wanted: Sequence[Mapping[str, Any]]) -> None:
    if not wanted:
        return
    values = template.copy_data()
    template.browse().sudo().with_context(_series=True).create([{**values, **each} for each in wanted])
