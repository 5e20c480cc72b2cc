"""What only the steps of tickets and sessions may do; callers use their methods."""

from __future__ import annotations

from typing import Any, Final

from entrepot.api import Problem, ValidationError

POS: Final = "_pos"
"""Context key of the steps; clients cannot send it."""


def refuse_settled(orders: Any) -> None:
    """Raise ValidationError when one of these tickets is settled, unless a step is at work."""
    if orders.env.context.get(POS):
        return
    settled = orders.sudo().filtered(lambda order: order.state != "draft")
    if settled:
        names = ", ".join(order.name or "" for order in settled[:5])
        text = f"{names}: a ticket that is paid or cancelled does not change; make a refund."
        raise ValidationError(problems=[Problem("state", "settled", text)], model="pos.order")
