"""The rows that come after a row in an order: a condition on the order's keys, so that a page never repeats or skips one
however many rows came or went before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from entrepot.kernel.crud.order import Key
from entrepot.storage.sql import SQL, Slot


def after(keys: Sequence[Key], values: Sequence[Any], first_slot: int) -> SQL:
    """The condition for rows after the one with these key values; each value is in the slot of its place.

    Which values are unset (None) decides the SQL; the others may change with each execution.
    """
    found: list[SQL] = []
    equal: list[SQL] = []
    for at, (key, value) in enumerate(zip(keys, values, strict=True)):
        beyond = _beyond(key, value, Slot(first_slot + at))
        if beyond is not None:
            found.append(SQL("({})", SQL(" AND ").join([*equal, beyond])))
        equal.append(
            SQL("{} IS NULL", key.column)
            if value is None
            else SQL("{} = {}", key.column, Slot(first_slot + at))
        )
    return SQL("({})", SQL(" OR ").join(found)) if found else SQL("FALSE")


def _beyond(key: Key, value: Any, slot: Slot) -> SQL | None:
    """The condition for rows that stand behind a value in one key; None when there are none."""
    if value is None:
        return SQL("{} IS NOT NULL", key.column) if key.begins_with_nulls else None
    beyond = SQL("{} < {}" if key.descending else "{} > {}", key.column, slot)
    if key.sure or key.begins_with_nulls:
        return beyond
    return SQL("({} OR {} IS NULL)", beyond, key.column)
