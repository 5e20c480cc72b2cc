"""Yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.kernel.fields.base import Field

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

_NO = {"0", "false", "no", "off", ""}


class Boolean(Field[bool]):
    """True or False; unset reads as False."""

    kind = "boolean"
    column_kind = "boolean"
    table_kind = "boolean"
    empty = False

    def parse(self, value: Any, env: Environment) -> bool:
        """Any truth value; the texts "0", "false", "no" and "off" are false."""
        if isinstance(value, str):
            return value.strip().lower() not in _NO
        return bool(value)

    def cached(self, raw: Any) -> bool:
        """A bool of the store's bool or 0/1."""
        return bool(raw)

    def raw(self, cached: Any, *, exact: bool) -> Any:
        """The same."""
        return bool(cached)

    def same(self, one: Any, other: Any) -> bool:
        """Unset is False."""
        return bool(one) == bool(other)

    def is_empty(self, cached: Any) -> bool:
        """False is a value."""
        return False
