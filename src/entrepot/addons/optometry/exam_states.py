"""The states of an exam and the moves between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATES: Sequence[tuple[str, str]] = (
    ("scheduled", "Scheduled"),
    ("confirmed", "Confirmed"),
    ("checked_in", "Checked in"),
    ("pre_test", "Pre-test"),
    ("in_exam", "In exam"),
    ("dilating", "Dilating"),
    ("checkout", "Check-out"),
    ("completed", "Completed"),
    ("signed", "Signed"),
    ("no_show", "No show"),
    ("cancelled", "Cancelled"),
)

FORWARD: Mapping[str, tuple[str, ...]] = {
    "scheduled": ("confirmed", "checked_in"),  # walk-ins need no confirmation
    "confirmed": ("checked_in",),
    "checked_in": ("pre_test", "in_exam"),  # not every visit has a pre-test
    "pre_test": ("in_exam",),
    "in_exam": ("dilating", "checkout"),
    "dilating": ("in_exam",),
    "checkout": ("completed",),
    "completed": ("signed",),
}

BACKWARD: Mapping[str, str] = {
    "confirmed": "scheduled",
    "checked_in": "confirmed",
    "pre_test": "checked_in",
    "in_exam": "pre_test",
    "dilating": "in_exam",
    "checkout": "in_exam",
    "completed": "checkout",
}

BEFORE_EXAM = ("scheduled", "confirmed", "checked_in", "pre_test")
OFF = ("no_show", "cancelled")
DONE = ("completed", "signed")

HOURS: Mapping[str, float] = {
    "comprehensive": 0.75,
    "new_patient": 1.0,
    "follow_up": 0.25,
    "contact_lens_fit": 0.75,
    "contact_lens_check": 0.25,
    "medical": 0.5,
    "emergency": 0.5,
    "pediatric": 0.75,
    "low_vision": 1.0,
    "pre_post_op": 0.5,
}
"""How long an exam of each type is booked for, unless told."""


def refusal(old: str, new: str, *, doctor: bool) -> str | None:
    """Why an exam may not move from one state to another; None when it may, or does not move.

    Forward step by step; off (cancelled, no show) only before the exam began; back one step by a doctor;
    never from signed. Only a doctor signs.
    """
    if new == old:
        return None
    if old == "signed":
        return "A signed exam cannot change any more: add an addendum."
    if new in OFF:
        return None if old in BEFORE_EXAM else f"An exam that is {old} cannot become {new}."
    if new in FORWARD.get(old, ()):
        return "Only a doctor can sign an exam." if new == "signed" and not doctor else None
    if BACKWARD.get(old) == new:
        return None if doctor else "Only a doctor can take an exam one step back."
    allowed = ", ".join((*FORWARD.get(old, ()), *(OFF if old in BEFORE_EXAM else ()))) or "nothing"
    return f"An exam that is {old} cannot become {new}; next is {allowed}."
