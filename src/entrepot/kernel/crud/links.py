"""Rows of many2many link tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

SHARED = 8
"""From how many records an other on average its links are sent together."""


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
    """Link (record, other) pairs; links that are there already stay. Where many records get the same others, as new
    products get the taxes of their company, each other is one statement.
    """
    owners: dict[int, list[int]] = {}
    for record_id, other in pairs:
        owners.setdefault(other, []).append(record_id)
    if len(owners) * SHARED > len(pairs):
        text = env.tx.dialect.insert_ignoring(field.table, [field.column, field.other])
        env.tx.execute_many(text, pairs)
        return
    dialect = env.tx.dialect

    def make() -> Plan:
        text = SQL(
            "INSERT INTO {} ({}, {}) SELECT {}, CAST({} AS integer) FROM {} WHERE {} ON CONFLICT DO NOTHING",
            ident(field.table),
            ident(field.column),
            ident(field.other),
            ident("id"),
            Slot(0),
            ident(env.registry.models[field.model].table),
            dialect.among(ident("id"), Slot(1), "integer"),
        )
        return render(text, dialect)

    plan = env.registry.plans.get(("links to one", field.table, field.column, dialect.name), make)
    for other, ids in owners.items():
        env.tx.execute(plan.text, plan.bind([other, ids]))


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
