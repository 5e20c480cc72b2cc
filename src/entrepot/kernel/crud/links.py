"""Rows of many2many link tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment


def current(env: Environment, field: Any, record_id: int) -> list[int]:
    """All linked ids of one record, archived ones too."""

    def make() -> Plan:
        text = SQL(
            "SELECT {} FROM {} WHERE {} = {}",
            ident(field.other),
            ident(field.table),
            ident(field.column),
            Slot(0),
        )
        return render(text, env.tx.dialect)

    plan = env.registry.plans.get(("links", field.table, field.column, env.tx.dialect.name), make)
    return [row[0] for row in env.tx.fetch(plan.text, plan.bind([record_id]))]


def add(env: Environment, field: Any, pairs: list[tuple[int, int]]) -> None:
    """Link (record, other) pairs; links that are there already stay."""
    if pairs:
        text = env.tx.dialect.insert_ignoring(field.table, [field.column, field.other])
        env.tx.execute_many(text, pairs)


def remove(env: Environment, field: Any, record_id: int, ids: list[int]) -> None:
    """Take links of one record away."""
    if not ids:
        return

    def make() -> Plan:
        among = env.tx.dialect.among(ident(field.other), Slot(1), "integer")
        text = SQL(
            "DELETE FROM {} WHERE {} = {} AND {}", ident(field.table), ident(field.column), Slot(0), among
        )
        return render(text, env.tx.dialect)

    plan = env.registry.plans.get(("unlinks", field.table, field.column, env.tx.dialect.name), make)
    env.tx.execute(plan.text, plan.bind([record_id, ids]))


def replace(env: Environment, field: Any, record_id: int, ids: tuple[int, ...]) -> set[int]:
    """Link exactly these; the others whose link came or went."""
    before = set(current(env, field, record_id))
    wanted = set(ids)
    remove(env, field, record_id, sorted(before - wanted))
    add(env, field, [(record_id, other) for other in dict.fromkeys(ids) if other not in before])
    return before ^ wanted
