"""Names of time zones, checked before they become part of a query."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from entrepot.errors import ValidationError


def zone(name: str) -> ZoneInfo:
    """The time zone of a name. Raises ValidationError when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # a folder's or an unreadable name raises OSError
        raise ValidationError(f"Unknown time zone: {str(name)[:60]!r}.") from error
