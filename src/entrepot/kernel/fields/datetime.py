"""Moments."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from entrepot.kernel.fields.base import Field, FieldError, is_unset

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

_TEXT = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?", re.ASCII)


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
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise FieldError("naive", "a datetime needs a time zone; use UTC")
            return value.astimezone(UTC).replace(microsecond=0)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        try:
            if not isinstance(value, str) or _TEXT.fullmatch(value) is None:
                raise ValueError(value)
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        except ValueError as error:
            shown = repr(value)[:60]
            raise FieldError(
                "not_datetime", f"expected a UTC time as YYYY-MM-DD HH:MM:SS, got {shown}"
            ) from error

    def raw(self, cached: Any, *, exact: bool) -> str | None:
        """YYYY-MM-DD HH:MM:SS."""
        return None if cached is None else cached.isoformat(" ", "seconds")[:19]

    def cached(self, raw: Any) -> datetime | None:
        """An aware datetime."""
        return None if raw is None else datetime.fromisoformat(raw).replace(tzinfo=UTC)
