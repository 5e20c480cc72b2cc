"""Days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from entrepot.kernel.fields.base import Field, FieldError, is_unset, shown

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

TEXT = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?", re.ASCII)
"""How days and moments are spelled. Everything else that ISO 8601 allows may mean another zone, or a week."""
_DAY = len("2000-01-01")


class Date(Field[date | None]):
    """A calendar day."""

    kind = "date"
    column_kind = "date"
    table_kind = "date"

    def parse(self, value: Any, env: Environment) -> date | None:
        """A date, or "YYYY-MM-DD"; a datetime (or its text) is cut to its day in UTC."""
        if is_unset(value) or value == "":
            return None
        try:
            if isinstance(value, datetime):
                return value.astimezone(UTC).date() if value.tzinfo else value.date()
            if isinstance(value, date):
                return value
            moment = spelled(value)
        except (ValueError, OverflowError) as error:
            raise FieldError("not_date", f"expected a date as YYYY-MM-DD, got {shown(value)}") from error
        return moment.date()

    def raw(self, cached: Any, *, exact: bool) -> str | None:
        """YYYY-MM-DD."""
        return None if cached is None else cached.isoformat()

    def cached(self, raw: Any) -> date | None:
        """A date."""
        return None if raw is None else date.fromisoformat(raw)


def spelled(value: Any) -> datetime:
    """The naive moment of a text like "2000-01-31 23:59:59", "2000-01-31 23:59" or "2000-01-31". Raises ValueError."""
    if not isinstance(value, str) or TEXT.fullmatch(value) is None or value[_DAY + 1 :].startswith("24"):
        raise ValueError(shown(value))
    return datetime.fromisoformat(value)
