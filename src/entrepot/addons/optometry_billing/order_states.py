"""The states of a lab job and the moves between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

STATES: Sequence[tuple[str, str]] = (
    ("new", "New"),
    ("at_lab", "Sent to the lab"),
    ("in_lab", "In the lab"),
    ("received", "Received"),
    ("inspected", "Inspected"),
    ("ready", "Ready"),
    ("notified", "Patient notified"),
    ("dispensed", "Dispensed"),
    ("remake", "Remake"),
    ("cancelled", "Cancelled"),
)

MOVES: Mapping[str, tuple[str, ...]] = {
    "new": ("at_lab", "ready", "cancelled"),  # what needs no lab is ready when it is there
    "at_lab": ("in_lab", "received", "cancelled"),
    "in_lab": ("received", "cancelled"),
    "received": ("inspected", "remake", "cancelled"),
    "inspected": ("ready", "remake", "cancelled"),
    "ready": ("notified", "dispensed", "remake", "cancelled"),
    "notified": ("dispensed", "remake", "cancelled"),
    "dispensed": ("remake",),
    "remake": ("at_lab", "cancelled"),
    "cancelled": ("new",),
}
NEED_LAB = ("glasses",)
"""The kinds of order that a lab makes: they are inspected before they are ready."""


def refusal(old: str, new: str, *, kind: str) -> str | None:
    """Why a job of one kind may not move from one state to another; None when it may."""
    if old == "new" and new == "ready" and kind in NEED_LAB:
        return "Glasses go to the lab first: action_send_to_lab."
    if old == "new" and new == "at_lab" and kind not in NEED_LAB:
        return f"An order of kind {kind} needs no lab: it becomes ready by action_ready."
    if new in MOVES.get(old, ()):
        return None
    following = ", ".join(MOVES.get(old, ())) or "nothing"
    return f"A job that is {old} cannot become {new}; next is {following}."
