"""A small schema that the storage tests share."""

from __future__ import annotations

import pytest

from entrepot.storage.abc import Store
from entrepot.storage.schema import Index, Reference, TableColumn, TableSchema, apply

PARTNER = TableSchema(
    "partner",
    (
        TableColumn("name", "text", required=True),
        TableColumn("ref", "text"),
        TableColumn("age", "integer"),
        TableColumn("big", "bigint"),
        TableColumn("weight", "float"),
        TableColumn("active", "boolean"),
        TableColumn("amount", "decimal"),
        TableColumn("born", "date"),
        TableColumn("seen", "datetime"),
        TableColumn("names", "json"),
        TableColumn("picture", "bytes"),
        TableColumn("parent_id", "integer", references=Reference("partner", "restrict")),
        TableColumn("main_tag_id", "integer", references=Reference("tag", "set null")),
    ),
    (Index("partner_ref_uniq", ("ref",), unique=True), Index("partner_name_idx", ("name", "id"))),
)
TAG = TableSchema(
    "tag",
    (
        TableColumn("name", "text"),
        TableColumn("partner_id", "integer", references=Reference("partner", "cascade")),
    ),
)
LINK = TableSchema(
    "partner_tag",
    (
        TableColumn("partner_id", "integer", required=True, references=Reference("partner", "cascade")),
        TableColumn("tag_id", "integer", required=True, references=Reference("tag", "cascade")),
    ),
    has_id=False,
)
TABLES = [PARTNER, TAG, LINK]


@pytest.fixture
def shop(store: Store) -> Store:
    """A database with partners and tags."""
    with store.transaction(readonly=False) as tx:
        apply(tx, TABLES)
    return store


@pytest.fixture
def tables() -> list[TableSchema]:
    """The schema of `shop`."""
    return TABLES
