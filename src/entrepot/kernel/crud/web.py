"""Nested reads by a specification, as Odoo's own web client asks: `{field: {}}`, relations with `{"fields": {...}}`.

A relation level costs one query for its rows (and one for the links of an x2many), however many there are.
Source: `spec/odoo-protocol.md` section 7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud import read, search
from entrepot.kernel.fields.base import shown

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

MAX_DEPTH = 10
_NAMED = frozenset({"id", "display_name"})
_CONTEXT = ("lang", "tz", "active_test", "bin_size")
"""The keys of a nested context that count: what a caller sends here has not been cleaned."""
Rows = dict[int, dict[str, Any]]


def web_read(
    env: Environment, meta: ModelMeta, ids: tuple[int, ...], specification: Any, depth: int = 0
) -> list[dict[str, Any]]:
    """The rows of records with their relations nested.

    A relation's specification may also hold `context`, and for links to many `limit` and `order`. Raises ValidationError
    for a specification that cannot be used, AccessError for a record, here or nested, that is not for this caller.
    """
    spec = _object(specification)
    if depth > MAX_DEPTH:
        raise _bad("too_deep", f"a specification nests at most {MAX_DEPTH} levels")
    found = list(read.read(env, meta, ids, list(spec) or ["id"], pairs=False).dicts())
    for name, given in spec.items():
        inner = _object(given or {})
        field = meta.fields[name]
        if not field.relational or "fields" not in inner:
            continue
        if field.kind == "many2one":
            linked = dict.fromkeys(row[name] for row in found if row[name] is not None)
            rows = _rows(env, field, linked, inner, depth)
            for row in found:
                row[name] = rows.get(row[name])
        else:
            _nest_many(env, field, found, inner, depth)
    return found


def _nest_many(
    env: Environment, field: Field[Any], found: list[dict[str, Any]], inner: Mapping[str, Any], depth: int
) -> None:
    name = field.name
    _, most = search.bounds(0, inner.get("limit"))
    order = inner.get("order")
    if order:
        comodel = env.registry.models[field.comodel]
        linked = comodel.among(tuple({each for row in found for each in row[name]}))
        by = ordering.checked(env, comodel, order)
        ranks = {each: at for at, each in enumerate(search.ids(env, comodel, linked, order=by))}
        for row in found:
            row[name].sort(key=lambda each: ranks.get(each, len(ranks)))
    for row in found:
        row[name] = row[name][:most]
    rows = _rows(env, field, dict.fromkeys(each for row in found for each in row[name]), inner, depth)
    for row in found:
        row[name] = [dict(rows[each]) for each in row[name] if each in rows]


def _rows(
    env: Environment, field: Field[Any], linked: Iterable[int], inner: Mapping[str, Any], depth: int
) -> Rows:
    """The rows behind links, by id."""
    ids = tuple(linked)
    given = _object(inner.get("context") or {})
    context = {key: given[key] for key in _CONTEXT if key in given}
    inside = env.derive(context={**env.context, **context}) if context else env
    wanted = _object(inner["fields"])
    if field.kind == "many2one" and _NAMED.issuperset(wanted):
        # a link that may be seen has a name, also when the record behind it may not be read
        names = read.names_by_id(inside, field.comodel, ids) if "display_name" in wanted else {}
        return {each: {"id": each} | ({"display_name": names.get(each)} if names else {}) for each in ids}
    comodel = env.registry.models[field.comodel]
    return {row["id"]: row for row in web_read(inside, comodel, ids, wanted, depth + 1)}


def _object(given: Any) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise _bad("bad_specification", f"a specification is an object of fields, got {shown(given)}")
    return given


def _bad(code: str, message: str) -> ValidationError:
    return ValidationError(problems=[Problem("specification", code, message)])
