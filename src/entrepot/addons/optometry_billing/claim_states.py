"""The states of a claim and the moves between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

STATES: Sequence[tuple[str, str]] = (
    ("draft", "Draft"),
    ("ready", "Ready"),
    ("submitted", "Submitted"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("partially_paid", "Partially paid"),
    ("paid", "Paid"),
    ("denied", "Denied"),
    ("appealed", "Appealed"),
    ("closed", "Closed"),
    ("void", "Void"),
)

MOVES: Mapping[str, tuple[str, ...]] = {
    "draft": ("ready", "void"),
    "ready": ("draft", "submitted", "void"),
    "submitted": ("accepted", "rejected", "partially_paid", "paid", "denied"),  # some payers just pay
    "accepted": ("rejected", "partially_paid", "paid", "denied"),
    "rejected": ("draft", "void"),
    "partially_paid": ("partially_paid", "paid", "denied", "appealed", "closed"),
    "paid": ("closed",),
    "denied": ("appealed", "closed", "void"),
    "appealed": ("accepted", "partially_paid", "paid", "denied", "closed"),
}

OPEN = ("submitted", "accepted", "partially_paid", "appealed")
"""A payer's answer is awaited."""
ADJUDICATED = ("partially_paid", "paid", "denied", "closed")
"""The payer has answered: a secondary payer may be asked."""
DEAD = ("void", "rejected", "denied")
"""Nothing was used up, and the same may be claimed again."""
CHANGEABLE = ("draft", "rejected")
"""What is claimed may still change."""


def refusal(old: str, new: str) -> str | None:
    """Why a claim may not move from one state to another; None when it may."""
    if new in MOVES.get(old, ()):
        return None
    following = ", ".join(MOVES.get(old, ())) or "nothing"
    return f"A claim that is {old} cannot become {new}; next is {following}."
