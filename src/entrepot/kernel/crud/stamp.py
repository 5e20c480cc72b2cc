"""Who changed a record, and when: known from the moment of the change, whoever sends it to the store later."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta


def stamp(env: Environment, meta: ModelMeta, ids: Collection[int]) -> None:
    """Note that the caller changes these records now; those that say so already are left alone."""
    moment = env.now()
    for name, value in (("write_uid", env.uid), ("write_date", moment)):
        field = meta.columns.get(name)
        if field is None:
            continue
        known = env.cache.of(field, env)
        stale = tuple(record_id for record_id in ids if known.get(record_id) != value)
        known.update(dict.fromkeys(stale, value))
        env.cache.set_dirty(field, meta.name, stale)
