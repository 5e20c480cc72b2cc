"""The commands that change x2many fields, as Odoo's wires spell them: triples (code, id, values)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Triple: TypeAlias = tuple[int, int, Any]

CREATE, UPDATE, DELETE, UNLINK, LINK, CLEAR, SET = range(7)


class Command:
    """Makers of commands."""

    @staticmethod
    def create(values: Mapping[str, Any]) -> Triple:
        """Create a linked record."""
        return (CREATE, 0, dict(values))

    @staticmethod
    def update(record_id: int, values: Mapping[str, Any]) -> Triple:
        """Write on a linked record."""
        return (UPDATE, record_id, dict(values))

    @staticmethod
    def delete(record_id: int) -> Triple:
        """Remove the link and delete the record."""
        return (DELETE, record_id, 0)

    @staticmethod
    def unlink(record_id: int) -> Triple:
        """Remove the link (one2many: delete the record where the link cascades)."""
        return (UNLINK, record_id, 0)

    @staticmethod
    def link(record_id: int) -> Triple:
        """Link a record."""
        return (LINK, record_id, 0)

    @staticmethod
    def clear() -> Triple:
        """Remove all links."""
        return (CLEAR, 0, 0)

    @staticmethod
    def set(ids: Iterable[int]) -> Triple:
        """Link exactly these."""
        return (SET, 0, list(ids))
