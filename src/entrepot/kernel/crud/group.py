"""Groups of records with aggregates. Source: `spec/odoo-protocol.md` section 10."""

from __future__ import annotations

import json
import re

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud import periods
from entrepot.kernel.crud.search import bounds, prepared, settle
from entrepot.kernel.domain.expand import DATE_PARTS, field_of, unknown_field
from entrepot.kernel.domain.shape import shape
from entrepot.kernel.domain.where import Where
from entrepot.kernel.query import Query
from entrepot.storage.sql import SQL, Plan, ident
from entrepot.storage.sql import plan as render
from entrepot.table import decimal

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

AGGREGATORS = frozenset(
    {"sum", "avg", "min", "max", "count", "count_distinct", "array_agg", "bool_and", "bool_or"}
)
_SPEC = re.compile(r"(\w+)(?::(\w+)(?:\((\w+)\))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """One term of `groupby`: the text it was given as, its field, and how dates are cut."""

    text: str
    field: Field[Any]
    grain: str = ""
    part: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One figure of each group."""

    name: str
    function: str
    field: Field[Any]


def read_group(
    env: Environment,
    meta: ModelMeta,
    domain: Any,
    fields: Any,
    groupby: Any,
    offset: Any = 0,
    limit: Any = None,
    orderby: Any = False,
    *,
    lazy: bool = True,
) -> list[dict[str, Any]]:
    """The groups, in order, each with its values, aggregates, count and `__domain`."""
    node = prepared(env, meta, domain)
    keys = _keys(env, meta, groupby)
    later = keys[1:] if lazy else []
    keys = keys[:1] if lazy else keys
    aggregates = _aggregates(env, meta, fields, keys)
    start, most = bounds(offset, limit)
    rows = _rows(env, meta, node, keys, aggregates)
    found = [_present(env, keys, aggregates, row, domain, counted=lazy and bool(keys)) for row in rows]
    found = _named(env, keys, found)
    _sort(env, keys, found, orderby)
    if later:
        for group in found:
            group["__context"] = {"group_by": [key.text for key in later]}
    return found[start : start + most if most else None]


def _keys(env: Environment, meta: ModelMeta, groupby: Any) -> list[Key]:
    terms = [groupby] if isinstance(groupby, str) else list(groupby or ())
    keys = []
    for term in terms:
        name, _, grain = str(term).partition(":")
        field = field_of(env, meta, name)
        dated = field.kind in {"date", "datetime"}
        if grain and not (dated and (grain in periods.GRAINS or grain in DATE_PARTS)):
            known = ", ".join((*periods.GRAINS, *sorted(DATE_PARTS)))
            raise _bad("groupby", f"{term!r}: {grain!r} is none of {known}, or {name} is no date")
        if field.kind != "many2many" and (
            not meta.sql_able(field) or field.kind in {"one2many", "binary", "json"}
        ):
            raise _bad(
                "groupby", f"{name!r} of {meta.name} cannot be grouped by: it is not a stored single value"
            )
        if dated and grain in DATE_PARTS:
            keys.append(Key(str(term), field, part=grain))
        else:
            keys.append(Key(str(term), field, grain=(grain or "month") if dated else ""))
    return keys


def _bad(path: str, message: str) -> ValidationError:
    return ValidationError(problems=[Problem(path, "bad_group", f"read_group: {message}")])


def _aggregates(env: Environment, meta: ModelMeta, fields: Any, keys: list[Key]) -> list[Aggregate]:
    grouped = {key.field.name for key in keys}
    if not fields:
        usable = [
            f for f in meta.fields.values() if f.aggregator and meta.sql_able(f) and check.may_field(env, f)
        ]
        return [Aggregate(f.name, f.aggregator or "", f) for f in usable if f.name not in grouped]
    found = []
    for spec in fields:
        match = _SPEC.fullmatch(str(spec))
        if match is None:
            raise _bad("fields", f"cannot read {str(spec)[:60]!r}; write name, name:sum or alias:sum(name)")
        alias, function, name = match.group(1), match.group(2), match.group(3) or match.group(1)
        if alias in {"__count", "id"} and function is None:
            continue
        if name not in meta.fields:
            raise unknown_field(env, meta, name)
        field = field_of(env, meta, name)
        if function is None:
            if name in grouped or not field.aggregator or not meta.sql_able(field):
                continue
            function = field.aggregator
        if function not in AGGREGATORS:
            raise _bad("fields", f"unknown aggregate {function!r}; known: {', '.join(sorted(AGGREGATORS))}")
        if not meta.sql_able(field):
            raise _bad("fields", f"{name!r} is not stored, so it cannot be aggregated")
        found.append(Aggregate(alias, function, field))
    return found


def _rows(
    env: Environment, meta: ModelMeta, node: Any, keys: list[Key], aggregates: list[Aggregate]
) -> list[tuple[Any, ...]]:
    settle(env)
    values: list[Any] = [0, None]
    week = _week_start(env)
    tz = env.context.get("tz") or None
    shaped = shape(node, values)
    figures = tuple((a.function, a.field.name) for a in aggregates)
    terms = tuple(key.text for key in keys)
    plan_key = ("group", meta.name, env.lang, week, tz, shaped, terms, figures, env.tx.dialect.name)

    def make() -> Plan:
        query = Query(env.registry, env.tx.dialect, env.lang, meta)
        columns = [_key_column(query, key, week, tz) for key in keys]
        condition = Where(2).compile(query, node)
        wanted = [query.dialect.aggregate(a.function, query.column(a.field)) for a in aggregates]
        what = SQL(", ").join([*columns, SQL("COUNT(*)"), *wanted])
        text = SQL("SELECT {} FROM {} WHERE {}", what, _source(query, keys), condition)
        if columns:
            positions = SQL(", ").join(SQL(str(at + 1)) for at in range(len(columns)))
            text = SQL("{} GROUP BY {}", text, positions)
        return render(text, env.tx.dialect)

    plan = env.registry.plans.get(plan_key, make)
    return env.tx.fetch(plan.text, plan.bind(values))


def _source(query: Query, keys: list[Key]) -> SQL:
    found = query.source()
    for key in keys:
        field: Any = key.field
        if field.kind == "many2many":
            alias = f"by_{field.name}"
            on = SQL("{} = {}", ident(alias, field.column), query.id())
            found = SQL("{} LEFT JOIN {} {} ON {}", found, ident(field.table), ident(alias), on)
    return found


def _key_column(query: Query, key: Key, week: int, tz: str | None) -> SQL:
    field: Any = key.field
    if field.kind == "many2many":
        return ident(f"by_{field.name}", field.other)
    column = query.column(field)
    zone = tz if field.kind == "datetime" else None
    if key.part:
        return query.dialect.date_part(column, key.part, zone)
    if key.grain:
        is_date = field.kind == "date"
        return query.dialect.truncate(column, key.grain, week_start=week, tz=zone, is_date=is_date)  # type: ignore[arg-type]  # checked
    if field.kind == "boolean":
        return SQL("COALESCE({}, FALSE)", column)
    if field.kind in {"integer", "float", "monetary"} and not field.nullable:
        return SQL("COALESCE({}, 0)", column)
    return column


def _week_start(env: Environment) -> int:
    """The first day of the week as 0 Monday … 6 Sunday, by the language's record."""
    known = env.policy.memo.get(("week_start", env.lang))
    if known is None:
        lang = (
            env["res.lang"].sudo().with_context(active_test=False).search([("code", "=", env.lang)], limit=1)
        )
        known = (int(lang.week_start or 7) - 1) if lang else 6
        env.policy.memo["week_start", env.lang] = known
    return int(known)


def _present(
    env: Environment,
    keys: list[Key],
    aggregates: list[Aggregate],
    row: tuple[Any, ...],
    domain: Any,
    *,
    counted: bool,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    conditions: list[Any] = []
    for key, raw in zip(keys, row, strict=False):
        value, condition, span = _group_value(env, key, raw)
        found[key.text] = value
        conditions.extend(condition)
        if key.grain:
            found.setdefault("__range", {})[key.text] = span
    at = len(keys)
    name = f"{keys[0].field.name}_count" if counted else "__count"
    found[name] = row[at]
    for aggregate, raw in zip(aggregates, row[at + 1 :], strict=True):
        found[aggregate.name] = _figure(aggregate, raw)
    given = list(domain or ())
    found["__domain"] = ["&", *conditions, *_anded(given)] if given and conditions else conditions + given
    return found


def _anded(domain: list[Any]) -> list[Any]:
    """A domain as one operand: its implicit ands written out."""
    operands = 0
    need = 0
    for item in reversed(domain):
        if item in ("&", "|"):
            operands -= 1
        elif item != "!":
            operands += 1
    need = operands - 1
    return ["&"] * max(need, 0) + domain


def _group_value(env: Environment, key: Key, raw: Any) -> tuple[Any, list[Any], Any]:
    field = key.field
    name = field.name
    if raw is None:
        return None, [(name, "=", False)], None
    if key.part:
        return raw, [(f"{name}.{key.part}", "=", raw)], None
    if key.grain:
        start = periods.read(raw)
        is_date = field.kind == "date"
        tz = env.context.get("tz") or None
        low = periods.bound(start, is_date=is_date, tz=tz)
        high = periods.bound(periods.following(start, key.grain), is_date=is_date, tz=tz)
        condition = ["&", (name, ">=", low), (name, "<", high)]
        return periods.label(start, key.grain, env.lang), condition, {"from": low, "to": high}
    value = field.cached(raw)
    if field.kind in {"many2one", "many2many"}:
        return raw, [(name, "=", raw)], None
    return value, [(name, "=", value)], None


def _figure(aggregate: Aggregate, raw: Any) -> Any:
    field = aggregate.field
    if raw is None:
        return None
    if aggregate.function in {"count", "count_distinct"}:
        return raw
    if aggregate.function in {"bool_and", "bool_or"}:
        return bool(raw)
    if aggregate.function == "array_agg":
        return json.loads(raw)
    if field.kind == "monetary":
        if isinstance(raw, float):
            return raw / 10**field.scale
        return decimal(raw, field.scale) if aggregate.function != "avg" else float(decimal(raw, field.scale))
    return float(raw) if isinstance(raw, Decimal) else raw


def _named(env: Environment, keys: list[Key], groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Relations as (id, name); groups of linked records that the caller may not know are left out."""
    for key in keys:
        if key.field.kind not in {"many2one", "many2many"}:
            continue
        ids = tuple(dict.fromkeys(group[key.text] for group in groups if group[key.text] is not None))
        comodel = env[key.field.comodel].sudo()
        names = {record.ids[0]: record.display_name for record in comodel.browse(ids)}
        for group in groups:
            if group[key.text] is not None:
                group[key.text] = (group[key.text], names.get(group[key.text]) or "")
    return groups


def _sort(env: Environment, keys: list[Key], groups: list[dict[str, Any]], orderby: Any) -> None:
    ranks = {
        key.text: _ranks(env, key, groups) for key in keys if key.field.kind in {"many2one", "many2many"}
    }

    def value(group: dict[str, Any], name: str) -> Any:
        if name in ranks:
            pair = group[name]
            return None if pair is None else ranks[name].get(pair[0], 0)
        if name in group.get("__range", {}):
            span = group["__range"][name]
            return None if span is None else span["from"]
        return group.get(name)

    terms: list[tuple[str, bool]] = []
    if orderby:
        texts = {key.text for key in keys}
        for part in str(orderby).split(","):
            words = part.split()
            if not words or len(words) > 2 or (len(words) == 2 and words[1].lower() not in {"asc", "desc"}):
                raise _bad("orderby", f"cannot read {part[:60]!r}")
            name = words[0]
            if name not in texts:
                name = next((key.text for key in keys if key.field.name == name), name.partition(":")[0])
            if groups and name not in groups[0]:
                raise _bad("orderby", f"{words[0]!r} is neither a group nor an aggregate of this call")
            terms.append((name, len(words) == 2 and words[1].lower() == "desc"))
    chosen = {name for name, _ in terms}
    terms += [(key.text, False) for key in keys if key.text not in chosen]
    for name, descending in reversed(terms):
        groups.sort(key=lambda group, name=name: _sortable(value(group, name)), reverse=descending)  # type: ignore[misc]


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is None, 0 if value is None else value)


def _ranks(env: Environment, key: Key, groups: list[dict[str, Any]]) -> dict[int, int]:
    ids = [group[key.text][0] for group in groups if group[key.text] is not None]
    comodel = env.registry.models[key.field.comodel]
    su = env.derive(su=True)
    ordered = (
        comodel.type(su)
        .with_context(active_test=False)
        .search([("id", "in", ids)], order=ordering.checked(su, comodel, None))
    )
    return {record_id: at for at, record_id in enumerate(ordered.ids)}
