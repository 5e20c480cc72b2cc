"""Events in people's calendars."""
