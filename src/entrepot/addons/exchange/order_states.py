"""The states of an order as peers tell them, and which may follow which. Pure. Source: B3, order status values."""

from __future__ import annotations

PREPARATION = "EK_ORDER_IN_PREPARATION"
DELIVERY = "EK_ORDER_IN_DELIVERY"
DELIVERED = "EK_ORDER_DELIVERED"
CANCELED = "EK_CLIENT_ORDER_CANCELED"

STATES = [
    (PREPARATION, "In preparation"),
    (DELIVERY, "In delivery"),
    (DELIVERED, "Delivered"),
    (CANCELED, "Canceled by the client"),
]
KEYS = tuple(key for key, _ in STATES)
_RANK = {PREPARATION: 1, DELIVERY: 2, DELIVERED: 3}


def is_forward(now: str | None, wanted: str) -> bool:
    """Whether an order may go from a state (None: it has none yet) to another. Staying is no step."""
    if now in (wanted, CANCELED):
        return False
    if wanted == CANCELED:
        return now != DELIVERED
    return _RANK[wanted] > _RANK.get(now or "", 0)
