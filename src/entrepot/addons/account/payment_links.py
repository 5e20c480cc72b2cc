"""The payment behind an entry, and the payments of an invoice."""

from __future__ import annotations

from entrepot.api import Many2one, Model


class Move(Model, extends="account.move"):
    """Entries that payments make."""

    origin_payment_id = Many2one(
        "account.payment", string="Payment", readonly=True, copy=False, index=True, on_delete="restrict"
    )


class MoveLine(Model, extends="account.move.line"):
    """Lines that payments make."""

    payment_id = Many2one("account.payment", related="move_id.origin_payment_id", string="Originator Payment")
