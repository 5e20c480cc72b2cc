"""Names that one transaction keeps to itself: what several callers decide on in turn.

A name hashes into one of a fixed number of slots, so the table of slots stays small and a name needs no row of its
own. Two names in one slot wait for each other, which is slower and never wrong.

Where writers run side by side (PostgreSQL), a slot is two things. An advisory lock, asked for without waiting: who
does not get it starts over, and waits for it *before* it looks at anything. And a row that each holder counts up:
in a snapshot older than the last holder's commit that is a collision, so whoever holds a slot has seen all that its
former holders did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from entrepot.storage.schema import Index, TableColumn, TableSchema

LOCK_TABLE = "entrepot_lock"
SLOTS = 65_536
ADVISORY_CLASS = 0x454E  # keeps our advisory locks apart from anybody else's in the same database

LOCKS = TableSchema(
    LOCK_TABLE,
    (TableColumn("slot", "integer", required=True), TableColumn("taken", "bigint", required=True)),
    (Index(f"{LOCK_TABLE}_slot_uniq", ("slot",), unique=True),),
    has_id=False,
)
"""How often each slot was held."""


def slots(names: Iterable[str]) -> frozenset[int]:
    """The slots of some names; the same in every process."""
    return frozenset(
        int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest(), "big") % SLOTS
        for name in names
    )
