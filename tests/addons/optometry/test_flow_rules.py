"""Pure rules of the working day: exam states, colliding bookings, consent tags, summaries."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from entrepot.addons.optometry import consent_tags, exam_states, summary
from entrepot.addons.optometry.bookings import Booking, collisions

DAY = [
    "scheduled",
    "confirmed",
    "checked_in",
    "pre_test",
    "in_exam",
    "dilating",
    "in_exam",
    "checkout",
    "completed",
    "signed",
]
NINE = datetime(2025, 3, 3, 9, tzinfo=UTC)


def test_a_whole_day_forward():
    for old, new in itertools.pairwise(DAY):
        assert exam_states.refusal(old, new, doctor=True) is None


@pytest.mark.parametrize(
    ("old", "new", "doctor", "allowed"),
    [
        ("scheduled", "checked_in", False, True),
        ("scheduled", "in_exam", True, False),
        ("scheduled", "cancelled", False, True),
        ("pre_test", "no_show", False, True),
        ("in_exam", "cancelled", True, False),
        ("completed", "signed", False, False),
        ("completed", "checkout", False, False),
        ("completed", "checkout", True, True),
        ("signed", "completed", True, False),
        ("signed", "signed", False, True),
        ("cancelled", "scheduled", True, False),
    ],
)
def test_moves(old, new, doctor, allowed):
    assert (exam_states.refusal(old, new, doctor=doctor) is None) is allowed


def test_every_state_is_known_to_the_moves():
    names = {name for name, _ in exam_states.STATES}
    assert set(exam_states.FORWARD) | set(exam_states.BACKWARD) <= names
    assert {new for moves in exam_states.FORWARD.values() for new in moves} <= names


def booking(key, start, minutes, *things):
    begin = NINE + timedelta(minutes=start)
    return Booking(key, begin, begin + timedelta(minutes=minutes), things)


def test_collisions():
    doctor, room = ("doctor", 1), ("room", 1)
    day = [
        booking("a", 0, 30, doctor, room),
        booking("b", 30, 30, doctor),
        booking("c", 45, 30, room),
        booking("d", 59, 5, doctor),
        booking("e", 60, 5, ("doctor", 2), room),
    ]
    found = {(each.first.key, each.second.key, each.what) for each in collisions(day)}
    assert found == {("b", "d", "doctor"), ("c", "e", "room")}


def test_consent_tags():
    text = consent_tags.render(
        "<p>I, {{patient.name}}, on {{ today }}: {{guardian.name}}</p>",
        {"patient.name": "A <b>", "today": "2025-03-03"},
    )
    assert text == "<p>I, A &lt;b&gt;, on 2025-03-03: ________</p>"


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        ("{{patient.name}} {{today}}", []),
        ("{{patient.ssn}}", ["unknown_tag"]),
        ("{{patient.name", ["broken_tag"]),
        ("{{patient.__class__}}", ["unknown_tag"]),
        ("{{ 7*7 }} {{nobody}}", ["unknown_tag", "broken_tag"]),
        ("{% if x %}", []),
    ],
)
def test_templates_are_checked(template, codes):
    assert [each.code for each in consent_tags.tag_problems(template)] == codes


def test_values_are_not_tags_themselves():
    assert consent_tags.render("{{patient.name}}", {"patient.name": "{{today}}", "today": "x"}) == "{{today}}"


def test_summaries_are_escaped():
    page = summary.page("Chart of <A>", "Clinic", [summary.Section("Allergies", ["x & y"])])
    assert "&lt;A&gt;" in page
    assert "<li>x &amp; y</li>" in page
