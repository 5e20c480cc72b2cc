"""A PostgreSQL database's schema read back as `TableSchema` values, for dumps.

Only what `storage.schema` makes is understood; a database with anything else in its tables is refused, not
half dumped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import orjson

from entrepot.errors import UserError
from entrepot.storage.abc import Kind, Transaction
from entrepot.storage.schema import Index, Reference, TableColumn, TableSchema

KINDS: Mapping[str, Kind] = {
    "integer": "integer",
    "bigint": "bigint",
    "double precision": "float",
    "text": "text",
    "boolean": "boolean",
    "numeric": "decimal",
    "date": "date",
    "timestamp(0) without time zone": "datetime",
    "jsonb": "json",
    "bytea": "bytes",
}
_ON_DELETE = {"c": "cascade", "r": "restrict", "n": "set null"}

_COLUMNS = """
SELECT t.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.attidentity <> ''
FROM pg_class AS t JOIN pg_attribute AS a ON a.attrelid = t.oid
WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY t.relname, a.attnum
"""
_REFERENCES = """
SELECT t.relname::text, a.attname::text, r.relname::text, k.confdeltype::text
FROM pg_constraint AS k
JOIN pg_class AS t ON t.oid = k.conrelid
JOIN pg_class AS r ON r.oid = k.confrelid
JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.connamespace = 'public'::regnamespace AND k.contype = 'f'
"""
# an expression has column number 0 and so no attribute: the inner join would lose it, hence the count
_INDEXES = """
SELECT t.relname::text, i.relname::text, x.indisunique, coalesce(pg_get_expr(x.indpred, x.indrelid), ''),
       x.indnkeyatts, (SELECT json_agg(a.attname ORDER BY u.at)
                       FROM unnest(x.indkey) WITH ORDINALITY AS u (attnum, at)
                       JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.attnum),
       (SELECT json_agg(a.attname ORDER BY u.at)
        FROM unnest(x.indkey::int[], x.indoption::int[]) WITH ORDINALITY AS u (attnum, option, at)
        JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = u.attnum WHERE u.option & 1 = 1)
FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
WHERE t.relnamespace = 'public'::regnamespace AND NOT x.indisprimary
ORDER BY t.relname, i.relname
"""


def read_schema(tx: Transaction) -> list[TableSchema]:
    """Read the schema. Raises UserError naming what cannot be dumped."""
    references: dict[tuple[str, str], Reference] = {}
    for table, column, target, action in tx.fetch(_REFERENCES):
        if action not in _ON_DELETE:
            raise UserError(f"The foreign key of {table}.{column} cannot be dumped.")
        references[table, column] = Reference(target, _ON_DELETE[action])
    indexes: dict[str, list[Index]] = defaultdict(list)
    for table, name, unique, where, width, columns, downwards in tx.fetch(_INDEXES):
        names = tuple(orjson.loads(columns or "[]"))
        if len(names) != width:
            raise UserError(f"The index {name} on expressions cannot be dumped.")
        indexes[table].append(Index(name, names, unique, where, tuple(orjson.loads(downwards or "[]"))))
    columns_of: dict[str, list[TableColumn]] = defaultdict(list)
    with_id = set()
    for table, column, type_name, required, identity in tx.fetch(_COLUMNS):
        if column == "id" and identity:
            with_id.add(table)
            columns_of[table] += []
            continue
        if type_name not in KINDS:
            raise UserError(f"The column {table}.{column} of type {type_name} cannot be dumped.")
        columns_of[table].append(
            TableColumn(column, KINDS[type_name], required, references.get((table, column)))
        )
    return [
        TableSchema(table, tuple(columns), tuple(indexes[table]), has_id=table in with_id)
        for table, columns in columns_of.items()
    ]
