"""Values of records from the store into the cache, a set at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.kernel import compute
from entrepot.kernel.access import check
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.domain.expand import active_only, expand
from entrepot.kernel.domain.parse import TRUE, Node, conjunction, parse
from entrepot.kernel.domain.shape import shape
from entrepot.kernel.domain.where import Where
from entrepot.kernel.query import I18N, Query
from entrepot.storage.sql import SQL, Plan, Slot, ident
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta

BATCH = 1000
"""How many records one miss may fetch along."""


def load(env: Environment, records: Model, field: Field[Any]) -> None:
    """Bring one record's field into the cache, and with it those of the records it came with.

    Without superuser rights the records must be readable: raises AccessError or MissingError otherwise.
    """
    meta = env.registry.models[field.model]
    ids = _wanted(env, records, field)
    if not env.su:
        check.check_model(env, meta.name, "read")
        check.check_records(env, meta.name, records.ids, "read")
        if check.rule_tree(env, meta.name, "read") is not TRUE:
            ids = records.ids
    if field.has_column:
        columns(env, meta, ids)
    elif field.path:
        _related(env, meta, ids, field)
    elif field.compute:
        compute.work_out(env, meta, ids, field)
    elif field.table_kind == "ids":
        found = linked(env.derive(su=True), field, ids)
        values = env.cache.of(field, env)
        for record_id in ids:
            values.setdefault(record_id, found.get(record_id, ()))
    elif field.name == "id":
        env.cache.of(field, env).update({record_id: record_id for record_id in ids})


def _wanted(env: Environment, records: Model, field: Field[Any]) -> tuple[int, ...]:
    prefetch = records.prefetch
    if prefetch is None:
        return records.ids
    more = prefetch() if callable(prefetch) else prefetch
    known = env.cache.of(field, env)
    others = [record_id for record_id in more if record_id not in known and record_id not in records.ids]
    return (*records.ids, *others[: BATCH - 1])


def columns(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> None:
    """Fetch every column of records that the cache does not know."""
    key = ("fetch", meta.name, env.lang, env.tx.dialect.name)
    fields = tuple(meta.columns.values())

    def make() -> Plan:
        query = Query(env.registry, env.tx.dialect, env.lang, meta)
        what = SQL(", ").join([query.id(), *(query.column(each) for each in fields)])
        among = env.tx.dialect.among(query.id(), Slot(0), "integer")
        return render(SQL("SELECT {} FROM {} WHERE {}", what, query.source(), among), env.tx.dialect)

    plan = env.registry.plans.get(key, make)
    caches = [(env.cache.of(each, env), each.cached) for each in fields]
    for row in env.tx.fetch(plan.text, plan.bind([list(ids)])):
        record_id = row[0]
        for (values, cached), raw in zip(caches, row[1:], strict=True):
            if record_id not in values:
                values[record_id] = cached(raw)


def _related(env: Environment, meta: ModelMeta, ids: tuple[int, ...], field: Field[Any]) -> None:
    values = env.cache.of(field, env)
    records = meta.type(env.derive(su=True), ids)
    for record in records:
        current: Any = record
        for step in field.path[:-1]:
            current = step.__get__(current, type(current))[:1]
        target = field.path[-1]
        if not current:
            values[record.ids[0]] = () if field.table_kind == "ids" else None
        else:
            values[record.ids[0]] = current.env.value(current, target)


def linked(env: Environment, field: Any, ids: tuple[int, ...]) -> dict[int, tuple[int, ...]]:
    """The linked ids of a one2many or many2many for each of these records that has any, in the comodel's order.

    Archived records are left out (unless context `active_test` is False), and for a caller without superuser rights
    those that they may not read.
    """
    comodel = env.registry.models[field.comodel]
    node = _visible(env, comodel, field)
    if node is None or not ids:
        return {}
    if env.cache.dirty or env.cache.pending:
        env.flush()
    values: list[Any] = [list(ids)]
    key = ("linked", field.model, field.name, env.lang, shape(node, values), env.tx.dialect.name)

    def make() -> Plan:
        query = Query(env.registry, env.tx.dialect, env.lang, comodel)
        condition = Where(1).compile(query, node)
        by = ordering.order_by(query, comodel.order)
        if field.kind == "one2many":
            owner = query.column(comodel.fields[field.inverse_name])
            source = query.source()
        else:
            owner = ident("link", field.column)
            on = SQL("{} = {}", ident("link", field.other), query.id())
            source = SQL("{} JOIN {} {} ON {}", query.source(), ident(field.table), ident("link"), on)
        mine = env.tx.dialect.among(owner, Slot(0), "integer")
        text = SQL(
            "SELECT {}, {} FROM {} WHERE {} AND {} ORDER BY {}",
            owner,
            query.id(),
            source,
            mine,
            condition,
            by,
        )
        return render(text, env.tx.dialect)

    plan = env.registry.plans.get(key, make)
    found: dict[int, list[int]] = {}
    for owner_id, linked_id in env.tx.fetch(plan.text, plan.bind(values)):
        found.setdefault(owner_id, []).append(linked_id)
    return {owner_id: tuple(each) for owner_id, each in found.items()}


def _visible(env: Environment, comodel: ModelMeta, field: Field[Any]) -> Node | None:
    if not check.may(env, comodel.name, "read"):
        return None
    parts = [active_only(env, comodel, TRUE)]
    domain = field.given.get("domain")
    if domain and isinstance(domain, (list, tuple)):
        parts.append(expand(env.derive(su=True), comodel, parse(domain)))
    tree = check.rule_tree(env, comodel.name, "read")
    if tree is not TRUE:
        parts.append(expand(env.derive(su=True), comodel, tree))
    return conjunction(parts)


def other_languages(
    env: Environment, meta: ModelMeta, field: Field[Any], ids: tuple[int, ...]
) -> dict[int, Any]:
    """The raw JSON of a translated field's other languages."""
    column = ident(field.name + I18N)
    among = env.tx.dialect.among(ident("id"), Slot(0), "integer")
    plan = render(SQL("SELECT id, {} FROM {} WHERE {}", column, ident(meta.table), among), env.tx.dialect)
    return dict(env.tx.fetch(plan.text, plan.bind([list(ids)])))  # type: ignore[arg-type]  # rows of two
