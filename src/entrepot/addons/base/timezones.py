"""The names of time zones, for choice fields."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

_NOT_PLACES = ("Etc/", "SystemV/", "posix/", "right/")


@lru_cache(maxsize=1)
def timezones() -> tuple[tuple[str, str], ...]:
    """(name, name) of every zone, places first and the fixed offsets of `Etc/` last."""
    names = (name for name in available_timezones() if name not in {"localtime", "Factory", "posixrules"})
    ordered = sorted(names, key=lambda name: (name.startswith(_NOT_PLACES), name))
    return tuple((name, name) for name in ordered)
