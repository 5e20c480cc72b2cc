"""What a prescription is for."""

from __future__ import annotations

from entrepot.api import Boolean, Char, Integer, Model


class RxUsage(Model, name="spec.rx.usage", order="order, name, id"):
    """Usage of a Prescription"""

    name = Char(required=True, translate=True)
    code = Char(unique=True)
    needs_add = Boolean()
    order = Integer(default=10, aggregator=None)
    active = Boolean(default=True)
