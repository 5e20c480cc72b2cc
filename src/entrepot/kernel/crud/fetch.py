"""Values of records from the store into the cache, a set at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.errors import AccessError, MissingError
from entrepot.kernel import compute
from entrepot.kernel.access import check
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.domain.expand import expand, own_domain
from entrepot.kernel.domain.parse import TRUE, Node, conjunction
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
        ids = _readable(env, meta, records.ids, ids)
    if field.has_column:
        columns(env, meta, ids)
    elif field.path or field.compute:
        try:
            _derive(env, meta, ids, field)
        except MissingError:
            # a neighbour may be gone, which is no matter of who asks for this one
            if ids == records.ids:
                raise
            _derive(env, meta, records.ids, field)
    elif field.table_kind == "ids":
        found = linked(env.derive(su=True), field, ids)
        values = env.cache.of(field, env)
        for record_id in ids:
            values.setdefault(record_id, found.get(record_id, ()))
    elif field.name == "id":
        env.cache.of(field, env).update({record_id: record_id for record_id in ids})


def _derive(env: Environment, meta: ModelMeta, ids: tuple[int, ...], field: Field[Any]) -> None:
    if field.path:
        _related(env, meta, ids, field)
    else:
        compute.work_out(env, meta, ids, field)


def _readable(
    env: Environment, meta: ModelMeta, asked: tuple[int, ...], ids: tuple[int, ...]
) -> tuple[int, ...]:
    """Those of these records that rules let the caller read; refused when one that was asked for is not among them."""
    known = visible(env, meta.name, set(ids))
    if not known.issuperset(asked):
        check.check_records(env, meta.name, asked, "read")
    return tuple(record_id for record_id in ids if record_id in known)


def visible(env: Environment, model: str, ids: set[int]) -> set[int]:
    """Those of some records that the caller may read."""
    if env.su or not ids:
        return ids
    if not check.may(env, model, "read"):
        return set()
    tree = check.rule_tree(env, model, "read")
    if tree is TRUE:
        return ids
    meta = env.registry.models[model]
    su = env.derive(su=True)
    return set(meta.search_ids(su, conjunction([meta.among(tuple(ids)), expand(su, meta, tree)])))


def check_links(env: Environment, field: Field[Any], ids: set[int]) -> None:
    """Raise AccessError when the caller links to a record that they may not read: its name would be theirs to see.

    Records that are not there are left to the store, which says so.
    """
    if env.su or not ids:
        return
    hidden = ids - visible(env, field.comodel, ids)
    if not hidden:
        return
    comodel = env.registry.models[field.comodel]
    there = comodel.search_ids(env.derive(su=True), comodel.among(tuple(hidden)))
    if there:
        raise AccessError(
            f"{field.string} ({field.model}.{field.name}): you are not allowed to link {field.comodel} "
            f"{', '.join(map(str, there[:10]))}.",
            model=field.comodel,
            ids=tuple(there),
        )


def _wanted(env: Environment, records: Model, field: Field[Any]) -> tuple[int, ...]:
    """The ids of records and of those likely to be asked next, as far as their value is not known."""
    if records.prefetch is None:
        return records.ids
    known = env.cache.of(field, env)
    asked = set(records.ids)
    others = [each for each in records.neighbours() if each not in known and each not in asked]
    return (*records.ids, *others[: BATCH - 1])


def columns(env: Environment, meta: ModelMeta, ids: tuple[int, ...]) -> None:
    """Fetch every column of records that the cache does not know."""
    if _translated_here(env, meta):
        env.flush()
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


def _translated_here(env: Environment, meta: ModelMeta) -> bool:
    """Whether a text was written whose other languages the store does not know yet."""
    rows = env.cache.dirty.get(meta.name, {})
    return any(isinstance(key, tuple) for keys in rows.values() for key in keys)


def _related(env: Environment, meta: ModelMeta, ids: tuple[int, ...], field: Field[Any]) -> None:
    values = env.cache.of(field, env)
    records = meta.type(env.derive(su=True), ids)
    for record in records:
        current: Any = record
        for step in field.path[:-1]:
            current = step.__get__(current, type(current))
            if len(current.ids) > 1:
                current = current[:1]
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
    node = shown(env, field)
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


def shown(env: Environment, field: Field[Any], node: Node = TRUE) -> Node | None:
    """Which records of the comodel reading a field shows, of those that a domain finds; None when the caller may see none."""
    comodel = env.registry.models[field.comodel]
    if not check.may(env, comodel.name, "read"):
        return None
    parts = [own_domain(env, field, node)]
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
    return dict(env.tx.fetch(plan.text, plan.bind([list(ids)])))
