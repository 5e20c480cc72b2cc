"""Days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from entrepot.kernel.fields.base import Field, FieldError, is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment


class Date(Field[date | None]):
    """A calendar day."""

    kind = "date"
    column_kind = "date"
    table_kind = "date"

    def parse(self, value: Any, env: Environment) -> date | None:
        """A date, or "YYYY-MM-DD"; a datetime (or its text) is cut to its day."""
        if is_unset(value) or value == "":
            return None
        if isinstance(value, datetime):
            return value.astimezone(UTC).date() if value.tzinfo else value.date()
        if isinstance(value, date):
            return value
        try:
            if not isinstance(value, str) or len(value) not in {10, 19} or value[4] != "-":
                raise ValueError(value)
            return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value).date()
        except (ValueError, IndexError) as error:
            raise FieldError("not_date", f"expected a date as YYYY-MM-DD, got {repr(value)[:60]}") from error

    def raw(self, cached: Any, *, exact: bool) -> str | None:
        """YYYY-MM-DD."""
        return None if cached is None else cached.isoformat()

    def cached(self, raw: Any) -> date | None:
        """A date."""
        return None if raw is None else date.fromisoformat(raw)
