"""Changes of tracked fields, for the tenant's log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta


class Tracker:
    """Collects the changes of one write, so that they are one create."""

    __slots__ = ("_env", "_lines", "_meta")

    def __init__(self, env: Environment, meta: ModelMeta) -> None:
        """Begin with nothing."""
        self._env = env
        self._meta = meta
        self._lines: list[dict[str, Any]] = []

    def note(self, field: Field[Any], ids: tuple[int, ...], old: Mapping[int, Any], new: Any) -> None:
        """A field of records is about to change; fields without `tracking` are passed over."""
        if not field.tracking:
            return
        self._lines += [
            {
                "name": "changed",
                "level": "info",
                "message": "",
                "user_id": self._env.uid,
                "model": self._meta.name,
                "res_id": record_id,
                "data": {"field": field.name, "old": plain(old.get(record_id)), "new": plain(new)},
            }
            for record_id in ids
        ]

    def send(self) -> None:
        """Write what was noted; it commits with the change."""
        if self._lines:
            self._env["ir.logging"].sudo().create(self._lines)


def plain(cached: Any) -> Any:
    """A cached value as the log keeps it."""
    return cached if cached is None or isinstance(cached, (bool, int, float, str)) else str(cached)
