"""How far an order is: what is left to bill and to receive, and the words for it. Pure, quantities as floats."""

from __future__ import annotations

from collections.abc import Iterable

from entrepot.addons.stock.quantities import minus

INVOICE_STATUS = (("no", "Nothing to Bill"), ("to invoice", "Waiting Bills"), ("invoiced", "Fully Billed"))
RECEIPT_STATUS = (("pending", "Not Received"), ("partial", "Partially Received"), ("full", "Fully Received"))


def to_bill(policy: str, ordered: float, received: float, billed: float) -> float:
    """What is left to bill of a confirmed line; below 0 when more was billed than is due.

    `policy`: "purchase" bills what was ordered, "receive" what came.
    """
    return minus(ordered if policy == "purchase" else received, billed)


def order_status(left: Iterable[float], *, billed: bool) -> str:
    """The billing status of a confirmed order: what is left of each line, and whether there are bills at all."""
    if any(left):
        return "to invoice"
    return "invoiced" if billed else "no"


def receipt_status(states: Iterable[str]) -> str | None:
    """The receipt status of an order from the states of its transfers; None when none counts."""
    found = [state for state in states if state != "cancel"]
    if not found:
        return None
    if all(state == "done" for state in found):
        return "full"
    return "partial" if "done" in found else "pending"
