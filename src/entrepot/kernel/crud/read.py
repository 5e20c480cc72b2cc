"""Rows of fields -> a `Table`, one statement for all columns and one more for each x2many field.

The driver's tuples are not touched: a plan knows which positions hold which field, and codecs read them there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud import fetch
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud.search import assemble, bounds, prepared, ruled, settle
from entrepot.kernel.domain.expand import unknown_field
from entrepot.kernel.domain.parse import Node
from entrepot.kernel.domain.shape import shape
from entrepot.kernel.domain.where import Where
from entrepot.kernel.query import Query
from entrepot.storage.sql import SQL, Plan
from entrepot.storage.sql import plan as render
from entrepot.table import Column, Table

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """SQL, the table's columns, and the fields that SQL alone cannot read, in the order in which they are appended."""

    sql: Plan
    columns: tuple[Column, ...]
    extras: tuple[str, ...]


def names_of(env: Environment, meta: ModelMeta, fields: Any, operation: str = "read") -> tuple[str, ...]:
    """The checked field names of a read: all the caller may see when none are given; `id` is always first.

    Raises ValidationError for an unknown name, AccessError for a hidden one.
    """
    if not fields:
        return (
            "id",
            *(name for name, each in meta.fields.items() if name != "id" and check.may_field(env, each)),
        )
    if isinstance(fields, str) or not isinstance(fields, (list, tuple)):
        text = f"fields is a list of names, got {repr(fields)[:60]}"
        raise ValidationError(problems=[Problem("fields", "bad_fields", text)])
    names = tuple(dict.fromkeys(("id", *fields)))
    problems: list[Problem] = []
    for name in names:
        if not isinstance(name, str) or name not in meta.fields:
            problems.extend(unknown_field(env, meta, str(name)).problems)
    if problems:
        raise ValidationError(problems=problems, model=meta.name)
    if meta.guarded:
        check.check_fields(env, meta, list(names), operation)
    return names


def search_read(
    env: Environment,
    meta: ModelMeta,
    domain: Any,
    fields: Any = None,
    offset: Any = 0,
    limit: Any = None,
    order: Any = None,
    *,
    pairs: bool = True,
) -> Table:
    """The fields of the records that a domain finds. `pairs`: many2ones with their names, else bare ids."""
    node = prepared(env, meta, domain)
    names = names_of(env, meta, fields)
    start, most = bounds(offset, limit)
    return table(env, meta, names, node, start, most, ordering.checked(env, meta, order), pairs=pairs)


def read(
    env: Environment, meta: ModelMeta, ids: tuple[int, ...], fields: Any = None, *, pairs: bool = True
) -> Table:
    """The fields of records in the order of the ids, repeats repeated, those that do not exist left out.

    Raises AccessError when a record rule hides one.
    """
    check.check_model(env, meta.name, "read")
    names = names_of(env, meta, fields)
    distinct = tuple(dict.fromkeys(ids))
    found = table(env, meta, names, ruled(env, meta, meta.among(distinct)), 0, None, "", pairs=pairs)
    if len(found.rows) < len(distinct) and not env.su and env.policy.rules.get(meta.name):
        there = {row[0] for row in found.rows}
        hidden = meta.search_ids(
            env.derive(su=True), meta.among(tuple(i for i in distinct if i not in there))
        )
        if hidden:
            check.refuse(env, meta.name, hidden, "read")
    if len(ids) > 1:
        by_id = {row[0]: row for row in found.rows}
        found.rows[:] = [by_id[record_id] for record_id in ids if record_id in by_id]
    return found


def table(
    env: Environment,
    meta: ModelMeta,
    names: tuple[str, ...],
    node: Node,
    offset: int,
    limit: int | None,
    order: str,
    *,
    pairs: bool,
) -> Table:
    """The rows of a ready domain as a table."""
    settle(env)
    values: list[Any] = [offset, limit]
    key = (
        "read",
        meta.name,
        env.lang,
        names,
        pairs,
        shape(node, values),
        order,
        offset > 0,
        limit is not None,
        env.tx.dialect.name,
    )

    def make() -> ReadPlan:
        query = Query(env.registry, env.tx.dialect, env.lang, meta)
        what, columns, extras = layout(query, meta, names, pairs=pairs)
        condition = Where(2).compile(query, node)
        by = ordering.order_by(query, order) if order else None
        text = assemble(query, what, condition, by, offset=offset > 0, limit=limit is not None)
        return ReadPlan(render(text, env.tx.dialect), columns, extras)

    plan = env.registry.plans.get(key, make)
    rows = env.tx.fetch(plan.sql.text, plan.sql.bind(values), alone=not plan.extras)
    if plan.extras and rows:
        rows = _append(env, meta, rows, plan.extras, pairs=pairs)
    return Table(plan.columns, rows)


def layout(
    query: Query, meta: ModelMeta, names: Sequence[str], *, pairs: bool
) -> tuple[SQL, tuple[Column, ...], tuple[str, ...]]:
    """What to select for fields, which column of the table reads it where, and what is left to append."""
    parts: list[SQL] = [query.id()]
    columns: list[Column] = [Column("id", "integer", 0)]
    extras: list[str] = []
    later: list[int] = []
    for name in names:
        field = meta.fields[name]
        if name == "id":
            continue
        if not _direct(query, meta, field, pairs=pairs):
            extras.append(name)
            later.append(len(columns))
            columns.append(Column(name, "ids" if field.table_kind == "ids" else "value", -1))
            continue
        if field.kind == "many2one" and pairs:
            comodel = query.registry.models[field.comodel]
            columns.append(Column(name, "many2one", len(parts)))
            parts.append(query.column(field))
            parts.append(query.column(comodel.fields["display_name"], query.join(field)))
            continue
        kind = "integer" if field.kind == "many2one" else field.table_kind
        nullable = field.nullable or field.kind == "many2one"
        columns.append(Column(name, kind, len(parts), field.scale, nullable))
        parts.append(query.column(field))
    for at, index in enumerate(later):
        columns[index] = Column(columns[index].name, columns[index].kind, len(parts) + at)
    return SQL(", ").join(parts), tuple(columns), tuple(extras)


def _direct(query: Query, meta: ModelMeta, field: Field[Any], *, pairs: bool) -> bool:
    if field.kind in {"binary", "one2many", "many2many"} or not meta.sql_able(field):
        return False
    if field.kind == "many2one" and pairs:
        return query.registry.models[field.comodel].name_field is not None
    return True


def _append(
    env: Environment, meta: ModelMeta, rows: list[tuple[Any, ...]], extras: tuple[str, ...], *, pairs: bool
) -> list[tuple[Any, ...]]:
    ids = tuple(row[0] for row in rows)
    columns: list[list[Any]] = []
    for name in extras:
        field = meta.fields[name]
        if field.table_kind == "ids" and field.stored and not field.path:
            linked = fetch.linked(env, field, ids)
            columns.append([list(linked.get(record_id, ())) for record_id in ids])
        else:
            records = meta.type(env, ids)
            columns.append([_plain(record, field, pairs=pairs) for record in records])
    return [(*row, *more) for row, more in zip(rows, zip(*columns, strict=True), strict=True)]


def _plain(record: Any, field: Field[Any], *, pairs: bool) -> Any:
    cached = record.env.value(record, field)
    if field.kind == "many2one" and not pairs:
        return cached
    return field.plain(cached, record)
