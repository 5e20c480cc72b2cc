"""How far an order is: what is left to invoice, and the words for it. Pure, quantities as floats."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

_DIGITS = 6
"""Decimals of a quantity that count: what lies beyond is noise of floats and unit conversion."""

INVOICE_STATUS = (
    ("upselling", "Upselling Opportunity"),
    ("invoiced", "Fully Invoiced"),
    ("to invoice", "To Invoice"),
    ("no", "Nothing to Invoice"),
)
DELIVERY_STATUS = (
    ("pending", "Not Delivered"),
    ("started", "Started"),
    ("partial", "Partially Delivered"),
    ("full", "Fully Delivered"),
)


def settled(quantity: float) -> float:
    """A quantity without the noise of its last digits."""
    return round(quantity, _DIGITS) + 0.0


def total(quantities: Iterable[float]) -> float:
    """The sum of quantities, exact in the digits that count."""
    whole = sum((Decimal(repr(each)) for each in quantities), Decimal(0))
    return settled(float(whole))


def to_invoice(policy: str, ordered: float, delivered: float, invoiced: float) -> float:
    """What is left to invoice of a confirmed line; below 0 when more was invoiced than is due."""
    due = ordered if policy == "order" else delivered
    return settled(due - invoiced)


def line_status(policy: str, ordered: float, delivered: float, invoiced: float) -> str:
    """The invoice status of a confirmed line."""
    if to_invoice(policy, ordered, delivered, invoiced):
        return "to invoice"
    if policy == "order" and ordered >= 0 and settled(delivered - ordered) > 0:
        return "upselling"
    if settled(invoiced - ordered) >= 0 and (ordered or invoiced or policy == "order"):
        return "invoiced"
    return "no"


def order_status(lines: Iterable[str]) -> str:
    """The invoice status of a confirmed order from those of its lines."""
    found = set(lines)
    if "to invoice" in found:
        return "to invoice"
    if found == {"invoiced"}:
        return "invoiced"
    if found and found <= {"invoiced", "upselling"}:
        return "upselling"
    return "no"


def delivery_status(states: Iterable[str]) -> str | None:
    """The delivery status of an order from the states of its transfers; None when it has none that count."""
    found = [state for state in states if state != "cancel"]
    if not found:
        return None
    done = [state for state in found if state == "done"]
    if len(done) == len(found):
        return "full"
    return "partial" if done else "pending"
