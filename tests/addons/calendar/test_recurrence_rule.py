# ruff: noqa: DTZ001 - slots are times on the wall, which have no zone
"""Rules of series as plain values."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrepot.addons.calendar.recurrence_rule import MAX_OCCURRENCES, Rule, from_text, place_of, spoken
from entrepot.addons.calendar.wall_clock import moment_of, on_the_wall

MONDAY = dt.datetime(2030, 4, 1, 9)


def days(rule, start=MONDAY):
    return [f"{slot:%m-%d}" for slot in rule.slots(start)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FREQ=DAILY;COUNT=3", ["04-01", "04-02", "04-03"]),
        ("FREQ=DAILY;INTERVAL=3;UNTIL=20300408", ["04-01", "04-04", "04-07"]),
        ("FREQ=WEEKLY;COUNT=4;BYDAY=MO,WE", ["04-01", "04-03", "04-08", "04-10"]),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=3;BYDAY=TU", ["04-02", "04-16", "04-30"]),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=31", ["05-31", "07-31", "08-31"]),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=1MO", ["04-01", "05-06", "06-03"]),
        ("FREQ=MONTHLY;COUNT=2;BYDAY=-1FR", ["04-26", "05-31"]),
        ("FREQ=MONTHLY;COUNT=2;BYDAY=FR;BYSETPOS=-1", ["04-26", "05-31"]),
        ("FREQ=YEARLY;COUNT=2", ["04-01", "04-01"]),
        ("FREQ=DAILY;UNTIL=20300331", []),
    ],
)
def test_slots_of_a_rule(text, expected):
    assert days(from_text(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=3",
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=2MO",
        "FREQ=MONTHLY;BYDAY=1MO,2TU",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20300101",
        "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;COUNT=2;COUNT=3",
        "FREQ=WEEKLY;UNTIL=soon",
        "FREQ=YEARLY;BYMONTHDAY=3",
    ],
)
def test_what_is_not_kept_is_refused(text):
    with pytest.raises(ValueError):
        from_text(text)


rules = st.builds(
    Rule,
    kind=st.sampled_from(["daily", "weekly", "monthly", "yearly"]),
    interval=st.integers(1, 40),
    count=st.one_of(st.none(), st.integers(1, 2000)),
)
starts = st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)).map(
    lambda each: each.replace(microsecond=0)
)


@given(rules, starts, st.frozensets(st.integers(0, 6), min_size=1))
def test_slots_rise_are_bounded_and_keep_the_time_of_day(rule, start, weekdays):
    rule = rule if rule.kind != "weekly" else Rule("weekly", rule.interval, rule.count, weekdays=weekdays)
    slots = rule.completed(start).slots(start)
    assert slots == sorted(set(slots))
    assert len(slots) <= MAX_OCCURRENCES + (rule.count is not None)
    assert all(slot >= start and slot.time() == start.time() for slot in slots)
    if rule.kind == "weekly":
        assert {slot.weekday() for slot in slots} <= weekdays
    if rule.count is not None and rule.count <= MAX_OCCURRENCES and rule.kind in {"daily", "weekly"}:
        assert len(slots) == rule.count


@given(rules, starts, st.integers(-40, 40))
def test_a_moved_rule_finds_the_day_it_was_moved_to(rule, start, shift):
    old = rule.completed(start)
    new = start + dt.timedelta(days=shift)
    moved = old.moved(start, new)
    assert moved.slots(new)[0] == new
    assert old.moved(start, start) == old


@given(rules, starts, st.sampled_from(["date", "day"]))
def test_the_text_of_a_rule_reads_back(rule, start, by):
    if rule.kind == "monthly" and by == "day":
        rule = Rule("monthly", rule.interval, rule.count, place=place_of(start.date()))
    full = rule.completed(start)
    assert from_text(full.text()) == full
    assert spoken(full).startswith("Every ")


@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        (dt.datetime(2030, 3, 30, 9), "2030-03-30 08:00"),
        (dt.datetime(2030, 3, 31, 9), "2030-03-31 07:00"),
        (dt.datetime(2030, 3, 31, 2, 30), "2030-03-31 01:30"),  # skipped: shown as 03:30
        (dt.datetime(2030, 10, 27, 2, 30), "2030-10-27 00:30"),  # twice: the first
    ],
)
def test_wall_times_become_moments(wall, utc):
    assert f"{moment_of(wall, 'Europe/Paris'):%Y-%m-%d %H:%M}" == utc


@given(st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1), timezones=st.just(dt.UTC)))
def test_moments_survive_the_wall_but_for_hours_that_come_twice(moment):
    back = moment_of(on_the_wall(moment, "America/New_York"), "America/New_York")
    assert moment - back in {dt.timedelta(), dt.timedelta(hours=1)}
