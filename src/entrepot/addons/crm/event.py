"""Meetings about opportunities."""

from __future__ import annotations

from entrepot.api import Many2one, Model


class Event(Model, extends="calendar.event"):
    """Calendar Event"""

    opportunity_id = Many2one(
        "crm.lead", index=True, on_delete="set null", domain=[("type", "=", "opportunity")]
    )
