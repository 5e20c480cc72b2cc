"""Rooms in which patients are seen."""

from __future__ import annotations

from entrepot.api import Boolean, Char, Integer, Many2one, Model, Selection

_KINDS = [("exam", "Exam lane"), ("pre_test", "Pre-test"), ("optical", "Optical"), ("other", "Other")]


class Room(Model, name="appointment.room", order="sequence, name, id", unique=[("company_id", "name")]):
    """Room"""

    name = Char(required=True)
    code = Char()
    kind = Selection(_KINDS, default="exam")
    sequence = Integer(default=10, aggregator=None)
    company_id = Many2one("res.company", required=True, default=lambda self: self.env.company)
    active = Boolean(default=True)
