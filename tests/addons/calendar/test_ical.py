"""Events as iCalendar files."""

import datetime as dt

import icalendar

FIELDS = {"recurrency": True, "rrule_type": "weekly", "count": 4, "mon": True}


def components(text):
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_an_event_is_readable_elsewhere(env, event, people):
    talk = event(
        user_id=people.ann.id,
        partner_ids=[people.ben.partner_id.id],
        location="Room; 1, left",
        description="<p>Bring &amp; share</p>",
        privacy="confidential",
        reminder_minutes=15,
        categ_ids=[env.ref("calendar.categ_meet1").id],
    )
    [found] = components(talk.to_ical())
    assert str(found["summary"]) == "Talk"
    assert found["dtstart"].dt == dt.datetime(2030, 4, 1, 9, tzinfo=dt.UTC)
    assert str(found["location"]) == "Room; 1, left"
    assert str(found["description"]) == "Bring & share"
    assert str(found["class"]) == "CONFIDENTIAL"
    assert found["attendee"] == "mailto:ben@example.com"
    assert found["organizer"] == "mailto:ann@example.com"
    assert [each["trigger"].dt for each in found.walk("VALARM")] == [dt.timedelta(minutes=-15)]


def test_whole_days_are_days(event):
    [found] = components(event(allday=True, start_date="2030-04-01", stop_date="2030-04-02").to_ical())
    assert (found["dtstart"].dt, found["dtend"].dt) == (dt.date(2030, 4, 1), dt.date(2030, 4, 3))


def test_a_series_is_a_rule_with_exceptions(env, event):
    first = event(start=dt.datetime(2030, 3, 25, 8, tzinfo=dt.UTC), event_tz="Europe/Paris", **FIELDS)
    members = env["calendar.event"].search([("recurrence_id", "=", first.recurrence_id.id)], order="start")
    members[1].unlink()
    members[2].write({"start": "2030-04-08 12:00:00", "duration": 1, "name": "Later"})
    text = first.series_to_ical()
    assert "BEGIN:VTIMEZONE" in text
    master, moved = components(text)
    assert master["rrule"].to_ical() == b"FREQ=WEEKLY;COUNT=4;BYDAY=MO"
    assert master["dtstart"].dt.isoformat() == "2030-03-25T09:00:00+01:00"
    assert [each.dt.isoformat() for each in master["exdate"].dts] == ["2030-04-01T09:00:00+02:00"]
    assert moved["recurrence-id"].dt.isoformat() == "2030-04-08T09:00:00+02:00"
    assert (str(moved["summary"]), moved["uid"]) == ("Later", master["uid"])


def test_a_range_holds_what_the_caller_may_read(env, event, people):
    event(name="Mine", privacy="private", user_id=people.ann.id)
    event(name="Open", user_id=people.ann.id)
    event(name="Next week", start="2030-04-08 09:00:00")
    env.flush()

    def names(user):
        text = (
            env["calendar.event"]
            .with_user(user.id)
            .range_to_ical("2030-04-01 00:00:00", "2030-04-02 00:00:00")
        )
        return {str(each["summary"]) for each in components(text)}

    assert names(people.ann) == {"Mine", "Open"}
    assert names(people.cid) == {"Open"}
