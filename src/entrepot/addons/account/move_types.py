"""The kinds of journal entries, and what follows from each: its direction, its journal, its tax side. Pure."""

from __future__ import annotations

from typing import Final

MOVE_TYPES: Final = [
    ("entry", "Journal Entry"),
    ("out_invoice", "Customer Invoice"),
    ("out_refund", "Customer Credit Note"),
    ("in_invoice", "Vendor Bill"),
    ("in_refund", "Vendor Credit Note"),
    ("out_receipt", "Sales Receipt"),
    ("in_receipt", "Purchase Receipt"),
]
SALE_TYPES: Final = frozenset({"out_invoice", "out_refund", "out_receipt"})
PURCHASE_TYPES: Final = frozenset({"in_invoice", "in_refund", "in_receipt"})
INVOICE_TYPES: Final = SALE_TYPES | PURCHASE_TYPES
REFUND_TYPES: Final = frozenset({"out_refund", "in_refund"})
REVERSED_TYPE: Final = {
    "entry": "entry",
    "out_invoice": "out_refund",
    "out_refund": "out_invoice",
    "in_invoice": "in_refund",
    "in_refund": "in_invoice",
    "out_receipt": "out_refund",
    "in_receipt": "in_refund",
}


def direction(move_type: str) -> int:
    """The sign of product lines in the ledger: customers are credited income (-1), vendors' bills are debited (+1)."""
    return -1 if move_type in {"out_invoice", "in_refund", "out_receipt"} else 1


def journal_type(move_type: str) -> str:
    """The type of the journal that such a document goes to."""
    if move_type in SALE_TYPES:
        return "sale"
    return "purchase" if move_type in PURCHASE_TYPES else "general"


def tax_use(move_type: str) -> str:
    """Whether taxes of sales or of purchases apply."""
    return "sale" if move_type in SALE_TYPES else "purchase"
