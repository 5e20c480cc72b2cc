"""Groups of records with aggregates. Source: `spec/odoo-protocol.md` section 10."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.kernel.access import check
from entrepot.kernel.crud import periods, read, search
from entrepot.kernel.crud.group_terms import COUNT, Aggregate, By, Key, aggregates_of, keys_of, order_of
from entrepot.kernel.crud.search import bounds, prepared, settle
from entrepot.kernel.domain.expand import expand
from entrepot.kernel.domain.operand import TEXTS
from entrepot.kernel.domain.parse import TRUE, Node
from entrepot.kernel.domain.shape import shape
from entrepot.kernel.domain.where import Where
from entrepot.kernel.query import Query
from entrepot.storage.sql import SQL, Plan, ident
from entrepot.storage.sql import plan as render

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One call: what is grouped, by what, with which figures."""

    meta: ModelMeta
    node: Node
    keys: tuple[Key, ...]
    figures: tuple[Aggregate, ...]
    rules: tuple[Node, ...]
    """What the caller may see behind each key that links to many; TRUE for the others."""
    week: int
    zone: str | None


def read_group(
    env: Environment,
    meta: ModelMeta,
    domain: Any,
    fields: Any,
    groupby: Any,
    offset: Any = 0,
    limit: Any = None,
    orderby: Any = None,
    *,
    lazy: bool = True,
) -> list[dict[str, Any]]:
    """The groups, in order, each with its values, aggregates, count and `__domain`, which finds exactly the group.

    Values are inside values: (id, name) for links, None for unset. Raises ValidationError for terms that cannot be used,
    AccessError for a model or field that is not for this caller.
    """
    node = prepared(env, meta, domain)
    keys = keys_of(env, meta, groupby)
    later = [key.text for key in keys[1:]] if lazy else []
    keys = keys[:1] if lazy else keys
    aggregates = aggregates_of(env, meta, fields, keys)
    order, more = order_of(env, meta, orderby, keys, aggregates)
    start, most = bounds(offset, limit)
    asked = Asked(
        meta,
        node,
        tuple(keys),
        (*aggregates, *more),
        tuple(_rule(env, key) for key in keys),
        _week_start(env) if any(key.grain == "week" for key in keys) else 0,
        _zone(env) if any(key.field.kind == "datetime" for key in keys) else None,
    )
    rows = _sorted(env, asked, _rows(env, asked), order)
    found = _groups(env, asked, rows[start : start + most if most else None], list(domain or ()))
    if lazy and keys:
        for group in found:
            group[f"{keys[0].field.name}_count"] = group.pop(COUNT)
            if later:
                group["__context"] = {"group_by": later}
    return found


def _rule(env: Environment, key: Key) -> Node:
    if key.field.kind != "many2many" or env.su:
        return TRUE
    check.check_model(env, key.field.comodel, "read")
    tree = check.rule_tree(env, key.field.comodel, "read")
    return tree if tree is TRUE else expand(env.derive(su=True), env.registry.models[key.field.comodel], tree)


def _zone(env: Environment) -> str | None:
    tz = env.context.get("tz")
    return tz if isinstance(tz, str) and tz else None


def _week_start(env: Environment) -> int:
    """The first day of the week as 0 Monday … 6 Sunday, by the language's record."""
    known = env.policy.memo.get(("week_start", env.lang))
    if known is None:
        langs = env["res.lang"].sudo().with_context(active_test=False)
        lang = langs.search([("code", "=", env.lang)], limit=1)
        known = (int(lang.week_start or 7) - 1) if lang else 6
        env.policy.memo["week_start", env.lang] = known
    return int(known)


# rows of the store: the keys, the count, the figures -------------------------------------------------------------


def _rows(env: Environment, asked: Asked) -> list[Row]:
    settle(env)
    values: list[Any] = [0, None]
    shapes = (shape(asked.node, values), *(shape(rule, values) for rule in asked.rules))
    figures = tuple((figure.function, figure.field.name) for figure in asked.figures)
    texts = tuple(key.text for key in asked.keys)
    cut = (asked.week, asked.zone, env.lang, env.tx.dialect.name)
    plan = env.registry.plans.get(
        ("group", asked.meta.name, shapes, texts, figures, cut), lambda: _plan(env, asked)
    )
    return env.tx.fetch(plan.text, plan.bind(values))


def _plan(env: Environment, asked: Asked) -> Plan:
    query = Query(env.registry, env.tx.dialect, env.lang, asked.meta)
    where = Where(search.FIRST_SLOT)
    condition = where.compile(query, asked.node)
    columns: list[SQL] = []
    links: list[SQL] = []
    for key, rule in zip(asked.keys, asked.rules, strict=True):
        if key.field.kind == "many2many":
            column, link = _links(query, key.field, where, rule)
            links.append(link)
        else:
            column = _key_column(query, key, asked)
        columns.append(column)
    figures = [_figure_column(query, figure) for figure in asked.figures]
    what = SQL(", ").join([*columns, SQL("COUNT(*)"), *figures])
    source = SQL(" ").join([query.source(), *links])
    text = SQL("SELECT {} FROM {} WHERE {}", what, source, condition)
    if columns:
        positions = SQL(", ").join(SQL(str(at + 1)) for at in range(len(columns)))
        text = SQL("{} GROUP BY {}", text, positions)
    return render(text, env.tx.dialect)


def _links(query: Query, field: Any, where: Where, rule: Node) -> tuple[SQL, SQL]:
    """The column of linked ids, and the join that brings a row for each, or one without."""
    owner = query.alias
    for step in field.path[:-1]:
        owner = query.join(step, owner)
    target = field.path[-1] if field.path else field
    alias = query.names.next()
    other = ident(alias, target.other)
    on = SQL("{} = {}", ident(alias, target.column), ident(owner, "id"))
    if rule is not TRUE:
        inner = query.sub(query.registry.models[field.comodel])
        condition = where.compile(inner, rule)
        seen = SQL("SELECT {} FROM {} WHERE {}", inner.id(), inner.source(), condition)
        on = SQL("{} AND {} IN ({})", on, other, seen)
    return other, SQL("LEFT JOIN {} {} ON {}", ident(target.table), ident(alias), on)


def _key_column(query: Query, key: Key, asked: Asked) -> SQL:
    field = key.field
    column = query.column(field)
    zone = asked.zone if field.kind == "datetime" else None
    if key.part:
        return query.dialect.date_part(column, key.part, zone)
    if key.grain:
        is_date = field.kind == "date"
        return query.dialect.truncate(column, key.grain, week_start=asked.week, tz=zone, is_date=is_date)  # type: ignore[arg-type]  # checked
    if field.kind == "boolean":
        return SQL("COALESCE({}, FALSE)", column)
    if field.kind in {"integer", "float", "monetary"} and not field.nullable:
        return SQL("COALESCE({}, 0)", column)
    return SQL("NULLIF({}, '')", column) if field.kind in TEXTS else column


def _figure_column(query: Query, figure: Aggregate) -> SQL:
    column = query.column(figure.field)
    if figure.field.kind == "boolean":
        column = SQL("COALESCE({}, FALSE)", column)
    return query.dialect.aggregate(figure.function, column)


def _sorted(env: Environment, asked: Asked, rows: list[Row], order: Sequence[By]) -> list[Row]:
    """Rows in order, unset values last (first downwards); links in the order of their model."""
    places = {key.text: at for at, key in enumerate(asked.keys)}
    places[COUNT] = len(asked.keys)
    places |= {figure.name: len(places) + at for at, figure in enumerate(asked.figures)}
    for by in reversed(order):
        at = places[by.name]
        key = asked.keys[at] if at < len(asked.keys) else None
        ranks = _ranks(env, key.field, rows, at) if key is not None and key.linked else None
        rows = sorted(rows, key=lambda row, at=at, ranks=ranks: _rank(row[at], ranks), reverse=by.descending)  # type: ignore[misc]
    return rows


def _rank(value: Any, ranks: dict[int, int] | None) -> tuple[bool, Any]:
    if value is None:
        return True, 0
    return False, value if ranks is None else ranks.get(value, len(ranks))


def _ranks(env: Environment, field: Field[Any], rows: list[Row], at: int) -> dict[int, int]:
    comodel = env.registry.models[field.comodel]
    linked = tuple({row[at] for row in rows if row[at] is not None})
    ordered = search.ids(env.derive(su=True), comodel, comodel.among(linked), order=comodel.order)
    return {record_id: place for place, record_id in enumerate(ordered)}


# groups of the answer --------------------------------------------------------------------------------------------


def _groups(env: Environment, asked: Asked, rows: list[Row], given: list[Any]) -> list[dict[str, Any]]:
    found = []
    exact = env.tx.dialect.exact_decimals
    names = [
        read.names_by_id(env, key.field.comodel, [row[at] for row in rows]) if key.linked else {}
        for at, key in enumerate(asked.keys)
    ]
    for row in rows:
        group: dict[str, Any] = {}
        terms: list[Any] = []
        for key, raw, known, rule in zip(asked.keys, row, names, asked.rules, strict=False):
            value, condition, span = _cell(env, asked, key, raw)
            group[key.text] = (raw, known.get(raw) or "") if key.linked and raw is not None else value
            if raw is None and rule is not TRUE:
                condition = [_no_visible(env, key.field)]
            terms += condition
            if key.grain:
                group.setdefault("__range", {})[key.text] = span
        group[COUNT] = row[len(asked.keys)]
        for figure, raw in zip(asked.figures, row[len(asked.keys) + 1 :], strict=True):
            if not figure.hidden:
                group[figure.name] = _figure(figure, raw, exact=exact)
        group["__domain"] = [*terms, *given]
        found.append(group)
    return found


def _cell(env: Environment, asked: Asked, key: Key, raw: Any) -> tuple[Any, list[Any], dict[str, Any] | None]:
    """A key's value, the terms that find it, and its range."""
    field = key.field
    if raw is None:
        return None, [(field.name, "=", False)], None
    if key.part:
        return raw, [(f"{field.name}.{key.part}", "=", raw)], None
    if not key.grain:
        value = field.cached(raw)
        return value, [(field.name, "=", value)], None
    start = periods.read(raw)
    is_date = field.kind == "date"
    low = periods.bound(start, is_date=is_date, tz=asked.zone)
    terms = [(field.name, ">=", low)]
    after = periods.following(start, key.grain, is_date=is_date)
    high = None if after is None else periods.bound(after, is_date=is_date, tz=asked.zone)
    if high is not None:
        terms.append((field.name, "<", high))
    return periods.label(start, key.grain, env.lang), terms, {"from": low, "to": high}


def _no_visible(env: Environment, field: Field[Any]) -> tuple[str, str, list[Any]]:
    """The term of records without a link that the caller may see; archived ones count."""
    active = env.registry.models[field.comodel].active
    return field.name, "not any", [("active", "in", [True, False])] if active is not None else []


def _figure(figure: Aggregate, raw: Any, *, exact: bool) -> Any:
    """An aggregate as an inside value. `exact`: the store has decimals."""
    field = figure.field
    if raw is None or figure.function in {"count", "count_distinct"}:
        return raw
    if figure.function in {"bool_and", "bool_or"}:
        return bool(raw)
    if figure.function == "array_agg":
        return [_element(field, each, exact=exact) for each in json.loads(raw, parse_float=Decimal)]
    if figure.function == "avg":
        return float(raw) / 10**field.scale if field.kind == "monetary" and not exact else float(raw)
    return field.cached(raw)


def _element(field: Field[Any], raw: Any, *, exact: bool) -> Any:
    if raw is None:
        return None
    if field.kind == "monetary" and exact:
        return Decimal(raw)
    if field.kind == "datetime":
        raw = raw.replace("T", " ")
    return field.cached(raw)
