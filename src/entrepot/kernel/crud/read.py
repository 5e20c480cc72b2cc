"""Rows of fields -> a `Table`, one statement for all columns and one or two more for each field that SQL alone cannot read.

The driver's tuples are not touched: a plan knows which positions hold which field, and codecs read them there.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud import fetch
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud.search import bounds, prepared, ruled, select, settle
from entrepot.kernel.domain.expand import unknown_field
from entrepot.kernel.domain.parse import Node
from entrepot.kernel.domain.shape import shape
from entrepot.kernel.fields.base import shown
from entrepot.kernel.query import Query
from entrepot.storage.sql import SQL, Plan
from entrepot.storage.sql import plan as render
from entrepot.table import Column, Table

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta


@dataclass(frozen=True, slots=True)
class Extra:
    """A field that SQL alone cannot read. `at`: where the row holds its raw value all the same, -1 where it does not."""

    name: str
    at: int = -1


@dataclass(frozen=True, slots=True)
class ReadPlan:
    """SQL, the table's columns, and what is left to append to each row, in order."""

    sql: Plan
    columns: tuple[Column, ...]
    extras: tuple[Extra, ...]


def names_of(env: Environment, meta: ModelMeta, fields: Any, operation: str = "read") -> tuple[str, ...]:
    """The checked field names of a read: all the caller may see when none are given; `id` is always first.

    Raises ValidationError for an unknown name, AccessError for a hidden one.
    """
    if not fields:
        return (
            "id",
            *(name for name, each in meta.fields.items() if name != "id" and check.may_field(env, each)),
        )
    if not isinstance(fields, (list, tuple)) or not all(isinstance(name, str) for name in fields):
        text = f"fields is a list of names, got {shown(fields)}"
        raise ValidationError(problems=[Problem("fields", "bad_fields", text)])
    names = tuple(dict.fromkeys(("id", *fields)))
    unknown = [name for name in names if name not in meta.fields]
    if unknown:
        problems = [problem for name in unknown[:20] for problem in unknown_field(env, meta, name).problems]
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
    shaped = shape(node, values)
    paged = (offset > 0, limit is not None)
    key = ("read", meta.name, env.lang, names, pairs, shaped, order, paged, env.tx.dialect.name)

    def make() -> ReadPlan:
        query = Query(env.registry, env.tx.dialect, env.lang, meta)
        what, columns, extras = layout(query, meta, names, pairs=pairs)
        return ReadPlan(render(select(query, what, node, order, paged), env.tx.dialect), columns, extras)

    plan = env.registry.plans.get(key, make)
    rows = env.tx.fetch(plan.sql.text, plan.sql.bind(values), alone=not plan.extras)
    if plan.extras and rows:
        rows = append(env, meta, rows, plan.extras, pairs=pairs)
    return Table(plan.columns, rows)


def layout(
    query: Query,
    meta: ModelMeta,
    names: Sequence[str],
    *,
    pairs: bool,
    beside: Sequence[SQL] = (),
    sized: Container[str] = (),
) -> tuple[SQL, tuple[Column, ...], tuple[Extra, ...]]:
    """What to select for fields, which column of the table reads it where, and what is left to append.

    `beside`: what stands behind the id, before the fields. `sized`: files of which only the size is asked.
    """
    parts: list[SQL] = [query.id(), *beside]
    columns: list[Column] = [Column("id", "integer", 0)]
    extras: list[Extra] = []
    later: list[int] = []
    for name in names:
        field = meta.fields[name]
        if name == "id":
            continue
        if name in sized and meta.sql_able(field):
            columns.append(Column(name, "size", len(parts)))
            parts.append(query.column(field))
            continue
        if field.kind in {"binary", "one2many", "many2many"} or not meta.sql_able(field):
            extras.append(Extra(name))
            later.append(len(columns))
            columns.append(Column(name, "ids" if field.table_kind == "ids" else "value", -1))
            continue
        if field.kind == "many2one" and pairs:
            named = query.registry.models[field.comodel].name_field
            if named is None:
                extras.append(Extra(name, len(parts)))
                later.append(len(columns))
                columns.append(Column(name, "value", -1))
                parts.append(query.column(field))
                continue
            columns.append(Column(name, "many2one", len(parts)))
            parts.append(query.column(field))
            parts.append(query.column(named, query.join(field)))
            continue
        kind = "integer" if field.kind == "many2one" else field.table_kind
        nullable = field.nullable or field.kind == "many2one"
        columns.append(Column(name, kind, len(parts), field.scale, nullable))
        parts.append(query.column(field))
    for at, index in enumerate(later):
        columns[index] = Column(columns[index].name, columns[index].kind, len(parts) + at)
    return SQL(", ").join(parts), tuple(columns), tuple(extras)


def append(
    env: Environment, meta: ModelMeta, rows: list[tuple[Any, ...]], extras: tuple[Extra, ...], *, pairs: bool
) -> list[tuple[Any, ...]]:
    """The rows with what SQL alone could not read behind them."""
    columns = []
    for extra in extras:
        field = meta.fields[extra.name]
        if extra.at < 0:
            columns.append(_values(env, meta, field, tuple(row[0] for row in rows), pairs=pairs))
        else:
            columns.append(_named(env, field, [row[extra.at] for row in rows]))
    return [(*row, *more) for row, more in zip(rows, zip(*columns, strict=True), strict=True)]


def _values(
    env: Environment, meta: ModelMeta, field: Field[Any], ids: tuple[int, ...], *, pairs: bool
) -> list[Any]:
    """One field of records as reading answers it, read for all of them at once."""
    if field.table_kind == "ids" and field.stored and not field.path:
        linked = fetch.linked(env, field, ids)
        return [list(linked.get(record_id, ())) for record_id in ids]
    records = list(meta.type(env, ids))
    cached = [env.value(record, field) for record in records]
    if field.table_kind == "ids":
        known = fetch.visible(env, field.comodel, {linked_id for each in cached for linked_id in each or ()})
        return [[linked_id for linked_id in each or () if linked_id in known] for each in cached]
    if field.kind == "many2one":
        return _named(env, field, cached) if pairs else cached
    return [field.plain(each, record) for each, record in zip(cached, records, strict=True)]


def _named(env: Environment, field: Field[Any], ids: list[int | None]) -> list[tuple[int, str | None] | None]:
    names = names_by_id(env, field.comodel, ids)
    return [None if each is None else (each, names.get(each)) for each in ids]


def names_by_id(env: Environment, model: str, ids: Sequence[int | None]) -> dict[int, str | None]:
    """The display names of records, whoever asks: a link that may be seen has a name."""
    wanted = tuple(dict.fromkeys(each for each in ids if each is not None))
    su = env.derive(su=True)
    comodel = env.registry.models[model]
    if comodel.name_field is None:
        named = comodel.fields["display_name"]
        return {each.ids[0]: su.value(each, named) for each in comodel.type(su, wanted)}
    found = table(su, comodel, ("id", "display_name"), comodel.among(wanted), 0, None, "", pairs=False)
    at = found.columns[1].at
    return {row[0]: row[at] for row in found.rows}
