"""The states of moves and pickings, and what the state of a picking follows from. Pure."""

from __future__ import annotations

from collections.abc import Sequence

MOVE_STATES: Sequence[tuple[str, str]] = (
    ("draft", "New"),
    ("waiting", "Waiting Another Move"),
    ("confirmed", "Waiting Availability"),
    ("partially_available", "Partially Available"),
    ("assigned", "Available"),
    ("done", "Done"),
    ("cancel", "Cancelled"),
)
PICKING_STATES: Sequence[tuple[str, str]] = (
    ("draft", "Draft"),
    ("waiting", "Waiting Another Operation"),
    ("confirmed", "Waiting"),
    ("assigned", "Ready"),
    ("done", "Done"),
    ("cancel", "Cancelled"),
)
OPEN = ("waiting", "confirmed", "partially_available", "assigned")
"""Confirmed and neither done nor cancelled: what reserves and is forecast."""
CLOSED = ("done", "cancel")
RESERVED = ("partially_available", "assigned")


def picking_state(states: Sequence[str], *, all_at_once: bool) -> str:
    """The state of a picking whose moves have these states.

    Ready with the first goods, or, when everything is to go at once, with the last.
    """
    if not states or "draft" in states:
        return "draft"
    if all(state == "cancel" for state in states):
        return "cancel"
    left = [state for state in states if state not in CLOSED]
    if not left:
        return "done"
    if all_at_once:
        for state in ("waiting", "confirmed", "partially_available"):
            if state in left:
                return "confirmed" if state == "partially_available" else state
        return "assigned"
    if any(state in RESERVED for state in left):
        return "assigned"
    return "confirmed" if "confirmed" in left else "waiting"


def move_state(demand: float, promised: float, *, waits: bool) -> str:
    """The state of a confirmed move by what is promised (or said to be done) of its demand, in one unit.

    `waits`: a move that brings its goods is not done yet.
    """
    if promised >= demand and (promised or not demand):
        return "assigned"
    if promised > 0:
        return "partially_available"
    return "waiting" if waits else "confirmed"
