"""Tags of events: visit, holiday, call."""

from __future__ import annotations

from entrepot.api import Char, Integer, Model


class EventType(Model, name="calendar.event.type", order="name, id"):
    """Event Meeting Type"""

    name = Char(required=True, unique=True, translate=True)
    color = Integer(string="Color Index", aggregator=None)
