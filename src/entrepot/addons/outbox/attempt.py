"""The delivery log: every try of every message, and what the peer said."""

from __future__ import annotations

from entrepot.api import Char, Datetime, Float, Integer, Many2one, Model, Text


class Attempt(Model, name="outbox.attempt", order="id desc"):
    """Delivery Try"""

    message_id = Many2one("outbox.message", required=True, index=True, on_delete="cascade", readonly=True)
    endpoint_id = Many2one("outbox.endpoint", required=True, index=True, on_delete="cascade", readonly=True)
    number = Integer(readonly=True, aggregator=None)
    at = Datetime(required=True, readonly=True)
    ms = Float(readonly=True, string="Duration (ms)", aggregator="avg")
    status = Integer(
        readonly=True, nullable=True, aggregator=None, help="The answer's HTTP status; unset without one."
    )
    error = Char(readonly=True)
    response = Text(readonly=True, help="The beginning of the answer.")
