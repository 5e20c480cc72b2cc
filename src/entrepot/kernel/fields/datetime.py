"""Moments."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from entrepot.kernel.fields.base import Field, FieldError, is_unset, shown
from entrepot.kernel.fields.date import spelled

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment


class Datetime(Field[datetime | None]):
    """A moment, kept in UTC to the second."""

    kind = "datetime"
    column_kind = "datetime"
    table_kind = "datetime"

    def parse(self, value: Any, env: Environment) -> datetime | None:
        """An aware datetime, "YYYY-MM-DD HH:MM:SS" in UTC, or a day (its first moment in UTC).

        Text with `T`, fractions or an offset is refused: it may mean another zone. A naive datetime is refused too.
        """
        if is_unset(value) or value == "":
            return None
        try:
            if isinstance(value, datetime):
                return _in_utc(value)
            if isinstance(value, date):
                return datetime(value.year, value.month, value.day, tzinfo=UTC)
            return spelled(value).replace(tzinfo=UTC)
        except (ValueError, OverflowError) as error:
            text = f"expected a UTC time as YYYY-MM-DD HH:MM:SS, got {shown(value)}"
            raise FieldError("not_datetime", text) from error

    def raw(self, cached: Any, *, exact: bool) -> str | None:
        """YYYY-MM-DD HH:MM:SS."""
        return None if cached is None else cached.isoformat(" ", "seconds")[:19]

    def cached(self, raw: Any) -> datetime | None:
        """An aware datetime."""
        return None if raw is None else datetime.fromisoformat(raw).replace(tzinfo=UTC)


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("naive")
    return moment.astimezone(UTC).replace(microsecond=0)
