"""Making, changing and deleting as REST clients ask for it: objects, lists of objects, records by id or by filter.

The answers are `{"result": …, "meta": {…}}`, so that an add-on that overrides the methods can tell more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadQuery, BadRequest, MissingError, Problem
from entrepot.kernel.access import check
from entrepot.kernel.crud import rest_values
from entrepot.kernel.crud.rest_query import domain_of, ids_of, known_only, told_as_query
from entrepot.kernel.fields.base import shown

if TYPE_CHECKING:
    from entrepot.kernel.model import Model

MAX_RECORDS = 100_000


def create(records: Model, data: Any) -> dict[str, Any]:
    """New records of one object (the answer is an id) or a list of them (ids). Raises AccessError, ValidationError."""
    env, meta = records.env, records.meta
    check.check_model(env, meta.name, "create")
    several = isinstance(data, (list, tuple))
    rows: Sequence[Any] = data if several else [data]
    if len(rows) > MAX_RECORDS:
        raise BadRequest(f"data holds at most {MAX_RECORDS} records, got {len(rows)}.")
    for each in rows:
        if not isinstance(each, Mapping):
            raise BadRequest(f"data is an object of values or a list of such objects, got {shown(each)}.")
    with known_only(env):
        made = records.create([rest_values.for_create(env, meta, each) for each in rows])
    return {"result": list(made.ids) if several else made.ids[0], "meta": {}}


def write(records: Model, target: Any, data: Any, *, require_match: bool = False) -> dict[str, Any]:
    """Change the records of an id, a list of ids, or a filter, of which `meta.matched` says how many it meant.

    Raises MissingError for an id that is not there, and with `require_match` for a filter that finds nothing.
    """
    env, meta = records.env, records.meta
    check.check_model(env, meta.name, "write")
    if not isinstance(data, Mapping):
        raise BadRequest(f"data is an object of values, got {shown(data)}.")
    found = aimed(records, target, require_match=require_match)
    with known_only(env):
        found.write(rest_values.for_write(env, meta, data))
    return {"result": True, "meta": _matched(target, found)}


def unlink(records: Model, target: Any, *, require_match: bool = False) -> dict[str, Any]:
    """Delete the records of an id, a list of ids, or a filter, of which `meta.matched` says how many it meant."""
    check.check_model(records.env, records.meta.name, "unlink")
    found = aimed(records, target, require_match=require_match)
    found.unlink()
    return {"result": True, "meta": _matched(target, found)}


def _matched(target: Any, found: Model) -> dict[str, int]:
    """How many records a filter meant; one who names records knows."""
    return {"matched": len(found)} if ids_of(target) is None else {}


def aimed(records: Model, target: Any, *, require_match: bool = False) -> Any:
    """The records that an id, a list of ids or a filter means. An empty filter means nobody knows what: refused.

    Raises BadQuery, MissingError.
    """
    ids = ids_of(target)
    if ids is not None:
        return records.browse(ids)
    domain = domain_of(target)
    if not domain:
        text = "The filter is empty and would mean every record; say which records you mean."
        raise BadQuery(text, problems=[Problem("filter", "empty_filter", text)])
    with told_as_query("filter"), known_only(records.env):
        found = records.search(domain)
    if require_match and not found:
        raise MissingError(
            f"No {records.meta.title} ({records.model_name}) matches the filter.", model=records.model_name
        )
    return found
