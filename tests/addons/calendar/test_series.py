"""Series of events: made, moved, cut and taken away."""

import datetime as dt

import pytest

from entrepot.api import UserError, ValidationError

WEEKLY = {"recurrency": True, "rrule_type": "weekly", "end_type": "count", "count": 4, "mon": True}


def series_of(event):
    found = event.with_context(active_test=False).search(
        [("recurrence_id", "=", event.recurrence_id.id)], order="start, id"
    )
    return list(found)


def starts(event):
    return [f"{each.start:%m-%d %H:%M}" for each in series_of(event)]


def test_a_recurring_event_makes_its_occurrences(event, people):
    first = event(**WEEKLY, partner_ids=[people.ann.partner_id.id])
    assert starts(first) == ["04-01 09:00", "04-08 09:00", "04-15 09:00", "04-22 09:00"]
    assert first.recurrency
    assert first.rrule == "FREQ=WEEKLY;COUNT=4;BYDAY=MO"
    assert all(each.duration == 1 and each.name == "Talk" for each in series_of(first))
    assert all(each.attendee_ids.partner_id == people.ann.partner_id for each in series_of(first))
    assert first.recurrence_id.base_event_id == first
    assert first.recurrence_id.name == "Every week on Mon for 4 events"


def test_days_that_are_not_given_follow_the_first(event):
    values = {"recurrency": True, "count": 2}
    assert starts(event(**values, rrule_type="weekly")) == ["04-01 09:00", "04-08 09:00"]
    assert starts(event(**values, rrule_type="monthly")) == ["04-01 09:00", "05-01 09:00"]
    by_day = event(**values, rrule_type="monthly", month_by="day")
    assert (by_day.weekday, by_day.byday) == ("MON", "1")
    assert starts(by_day) == ["04-01 09:00", "05-06 09:00"]
    assert starts(event(recurrency=True, rrule="FREQ=DAILY;COUNT=2")) == ["04-01 09:00", "04-02 09:00"]


def test_an_event_off_its_rule_moves_to_the_first_slot(event):
    first = event(**{**WEEKLY, "mon": False, "wed": True, "count": 2})
    assert first.start == dt.datetime(2030, 4, 3, 9, tzinfo=dt.UTC)
    assert starts(first) == ["04-03 09:00", "04-10 09:00"]


def test_nine_o_clock_stays_nine_o_clock(event):
    first = event(
        start=dt.datetime(2030, 3, 25, 8, tzinfo=dt.UTC), event_tz="Europe/Paris", **{**WEEKLY, "count": 2}
    )
    assert starts(first) == ["03-25 08:00", "04-01 07:00"]


def test_whole_days_repeat_by_days(event):
    first = event(
        allday=True, start_date="2030-03-29", stop_date="2030-03-30", event_tz="Europe/Paris", recurrency=True,
        rrule="FREQ=DAILY;INTERVAL=2;COUNT=2",
    )  # fmt: skip
    assert [(str(each.start_date), str(each.stop_date)) for each in series_of(first)] == [
        ("2030-03-29", "2030-03-30"),
        ("2030-03-31", "2030-04-01"),
    ]


def test_one_event_is_changed_by_itself(event):
    first, second, third, _ = series_of(event(**WEEKLY))
    second.write({"start": "2030-04-09 10:00:00", "stop": "2030-04-09 12:00:00"})
    third.write({"name": "Special", "recurrence_update": "self_only"})
    assert starts(first) == ["04-01 09:00", "04-09 10:00", "04-15 09:00", "04-22 09:00"]
    assert (second.follow_recurrence, third.follow_recurrence) == (False, True)
    first.write({"name": "All", "recurrence_update": "all_events"})
    assert {each.name for each in series_of(first)} == {"All"}


def test_all_events_move_and_those_moved_alone_stay(event):
    first, second, third, fourth = series_of(event(**WEEKLY))
    second.write({"start": "2030-04-09 10:00:00", "stop": "2030-04-09 12:00:00"})
    third.write({"start": "2030-04-16 14:00:00", "duration": 2, "recurrence_update": "all_events"})
    assert starts(first) == ["04-02 14:00", "04-09 10:00", "04-16 14:00", "04-23 14:00"]
    assert [each.id for each in series_of(first)] == [first.id, second.id, third.id, fourth.id]
    assert (first.duration, fourth.duration) == (2, 2)
    assert (first.mon, first.tue) == (False, True)


def test_following_events_become_a_series_of_their_own(event):
    first, second, third, fourth = series_of(event(**WEEKLY))
    third.write({"start": "2030-04-15 11:00:00", "duration": 1, "recurrence_update": "future_events"})
    assert starts(first) == ["04-01 09:00", "04-08 09:00"]
    assert starts(third) == ["04-15 11:00", "04-22 11:00"]
    assert (first.recurrence_id.count, third.recurrence_id.count) == (2, 2)
    assert third.recurrence_id.base_event_id == third
    assert second.recurrence_id != fourth.recurrence_id


def test_a_series_by_date_is_cut_by_date(event):
    first = event(recurrency=True, rrule="FREQ=DAILY;UNTIL=20300404")
    third = series_of(first)[2]
    third.write({"start": "2030-04-03 10:00:00", "duration": 1, "recurrence_update": "future_events"})
    assert starts(first) == ["04-01 09:00", "04-02 09:00"]
    assert first.until == dt.date(2030, 4, 2)
    assert starts(third) == ["04-03 10:00", "04-04 10:00"]


def test_a_changed_rule_makes_and_takes_events(event):
    first = event(**WEEKLY)
    ids = [each.id for each in series_of(first)]
    first.write({"count": 6, "recurrence_update": "all_events"})
    assert len(series_of(first)) == 6
    assert [each.id for each in series_of(first)][:4] == ids
    first.write({"rrule_type": "daily", "count": 3, "recurrence_update": "all_events"})
    assert starts(first) == ["04-01 09:00", "04-02 09:00", "04-03 09:00"]
    last = series_of(first)[-1]
    last.write({"count": 1, "recurrence_update": "all_events"})
    assert series_of(last) == [last]


def test_a_deleted_event_leaves_its_slot_empty(event):
    first, second, *_ = series_of(event(**WEEKLY))
    second.unlink()
    assert starts(first) == ["04-01 09:00", "04-15 09:00", "04-22 09:00"]
    first.write({"start": "2030-04-01 08:00:00", "duration": 1, "recurrence_update": "all_events"})
    assert starts(first) == ["04-01 08:00", "04-15 08:00", "04-22 08:00"]
    first.write({"count": 5, "recurrence_update": "all_events"})
    assert starts(first) == ["04-01 08:00", "04-15 08:00", "04-22 08:00", "04-29 08:00"]


def test_events_are_deleted_in_three_ways(env, event):
    first, second, third, _ = series_of(event(**WEEKLY))
    series = first.recurrence_id
    third.action_mass_deletion("future_events")
    assert starts(first) == ["04-01 09:00", "04-08 09:00"]
    assert first.count == 2
    first.with_context(recurrence_update="all_events").unlink()
    assert not env["calendar.event"].search([("id", "in", [first.id, second.id])])
    assert not series.exists()


def test_the_last_event_takes_the_rule_along(env, event):
    first = event(**{**WEEKLY, "count": 1})
    series = first.recurrence_id
    first.unlink()
    assert not series.exists()


def test_an_event_leaves_its_series(event):
    first, second, *_ = series_of(event(**WEEKLY))
    second.write({"recurrency": False})
    assert not second.recurrence_id
    assert len(series_of(first)) == 3
    first.write({"recurrency": False, "recurrence_update": "all_events", "name": "Once"})
    assert (first.recurrence_id.id, first.name, first.recurrency) == (0, "Once", False)


def test_archiving_what_follows(event):
    _, second, *_ = events = series_of(event(**WEEKLY))
    second.action_mass_archive("future_events")
    assert [each.active for each in events] == [True, False, False, False]


def test_an_event_becomes_a_series_later(event):
    lone = event()
    lone.write({"recurrency": True, "rrule_type": "daily", "count": 3})
    assert starts(lone) == ["04-01 09:00", "04-02 09:00", "04-03 09:00"]


def test_a_copy_is_an_event_of_its_own(event):
    copied = event(**WEEKLY).copy()
    assert (copied.recurrency, copied.recurrence_id.id) == (False, 0)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"count": 721}, "count"),
        ({"count": 0}, "count"),
        ({"interval": 0}, "interval"),
        ({"end_type": "end_date"}, "until"),
        ({"end_type": "end_date", "until": "2029-01-01"}, "until"),
        ({"end_type": "end_date", "until": "2099-01-01"}, "until"),
        ({"rrule_type": "hourly"}, "rrule_type"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule"),
        ({"rrule_type": "monthly", "day": 32}, "day"),
        ({"recurrence_id": 1}, "recurrence_id"),
    ],
)
def test_rules_without_measure_are_refused(event, values, path):
    with pytest.raises(ValidationError) as caught:
        event(**{**WEEKLY, **values})
    assert [problem.path for problem in caught.value.problems] == [path]


def test_a_rule_is_not_changed_for_one_event(event):
    first = event(**WEEKLY)
    with pytest.raises(ValidationError) as caught:
        first.write({"count": 9})
    assert caught.value.problems[0].code == "series"
    first.write({"count": 4, "mon": True, "rrule": first.rrule, "name": "Written back"})
    assert first.name == "Written back"


def test_ways_are_three_and_for_one_event(event):
    first, second, *_ = series_of(event(**WEEKLY))
    with pytest.raises(UserError):
        first.write({"name": "x", "recurrence_update": "some"})
    with pytest.raises(UserError):
        (first + second).write({"name": "x", "recurrence_update": "all_events"})


def test_a_series_without_end_is_bounded(event):
    first = event(recurrency=True, rrule_type="weekly", end_type="forever")
    assert len(series_of(first)) == 720


def test_a_series_costs_no_statement_an_event(env, event, people):
    def cost(work):
        env.flush()
        before = env.tx.statements
        work()
        env.flush()
        return env.tx.statements - before

    spent = []
    for count in (20, 200):
        made = []
        values = {"recurrency": True, "rrule": f"FREQ=DAILY;COUNT={count}"}
        partners = [people.ann.partner_id.id, people.ben.partner_id.id]
        create = cost(lambda v=values, m=made, p=partners: m.append(event(**v, partner_ids=p)))
        made[0].attendee_ids.do_accept()
        later = {"start": "2030-04-01 11:00:00", "duration": 2, "recurrence_update": "all_events"}
        move = cost(lambda m=made, v=later: m[0].write(v))
        assert set(made[0].attendee_ids.mapped("state")) == {"needsAction"}
        delete = cost(lambda m=made: m[0].action_mass_deletion("all_events"))
        spent.append((create, move, delete))
    assert all(many <= few + 5 for few, many in zip(*spent, strict=True))
