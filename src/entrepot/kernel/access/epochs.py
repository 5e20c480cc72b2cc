"""Which changes of records change the policy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

WATCHED: dict[str, frozenset[str] | None] = {
    "res.users": frozenset(
        {"login", "password_hash", "active", "company_id", "company_ids", "groups_id", "partner_id"}
    ),
    "res.groups": frozenset({"users", "implied_ids", "name"}),
    "ir.model.access": None,
    "ir.rule": None,
    "res.lang": frozenset({"active", "code", "name", "week_start"}),
    "ir.module.module": frozenset({"state"}),
    "res.partner": frozenset({"lang", "tz"}),
}
"""model -> the fields that count (None: all). Creation and deletion always count, but for partners."""


def changed(env: Environment, model: str, names: Iterable[str] | None) -> None:
    """Note a change of records: `names` of the fields written, None for creation or deletion."""
    if model not in WATCHED:
        return
    watched = WATCHED[model]
    if names is None:
        if model == "res.partner":
            return
    elif watched is not None and watched.isdisjoint(names):
        return
    env.work.policy_changed()
