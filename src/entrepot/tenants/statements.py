"""A statement with bound values, and moments as the store spells them: for what works on rows instead of records.

Senders claim and settle many small rows beside the tenant's own calls; records would cost them a cache and several
statements each.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from entrepot.storage.abc import Row, Transaction
from entrepot.storage.sql import SQL, plan


def fetch(tx: Transaction, template: str, *args: Any) -> list[Row]:
    """The rows of a query: each `{}` of the template takes the next argument, spliced if SQL and bound otherwise."""
    found = plan(SQL(template, *args), tx.dialect)
    return tx.fetch(found.text, found.bind(()))


def run(tx: Transaction, template: str, *args: Any) -> int:
    """Run such a statement; how many rows it touched."""
    found = plan(SQL(template, *args), tx.dialect)
    return tx.execute(found.text, found.bind(()))


def raw(moment: datetime) -> str:
    """A moment as the store has it: in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(" ", "seconds")[:19]


def moment(text: str | None) -> datetime | None:
    """A moment that the store has."""
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
