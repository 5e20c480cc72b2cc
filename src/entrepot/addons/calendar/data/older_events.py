"""Events that were made by an earlier version get what that did not know: attendees, a zone, and that they keep busy."""

from __future__ import annotations

from entrepot.api import Environment


def load(env: Environment) -> None:
    """Fill what is empty; nothing to do in a fresh tenant."""
    events = env["calendar.event"].with_context(active_test=False)
    events.search([("show_as", "=", False)]).write({"show_as": "busy"})
    events.search([("event_tz", "=", False)]).write({"event_tz": "UTC"})
    events.search([("partner_ids", "!=", False), ("attendee_ids", "=", False)]).match_attendees()
