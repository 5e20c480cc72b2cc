"""Reading as REST clients ask for it: a selection of records found by a filter, a page at a time, or of records by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from entrepot.kernel.access import check
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud import rest_cursor, rest_page, rest_rows, search
from entrepot.kernel.crud.rest_page import Page
from entrepot.kernel.crud.rest_query import bad, domain_of, known_only, order_of, told_as_query
from entrepot.kernel.crud.rest_rows import Part
from entrepot.kernel.domain.parse import Node
from entrepot.kernel.selection.options import Options
from entrepot.kernel.selection.resolve import Level, resolve
from entrepot.tree import Tree

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a search says besides its selection, as it was sent."""

    filter: Any = None
    order: Any = None
    limit: Any = None
    offset: Any = None
    page: Any = None
    page_size: Any = None
    cursor: Any = None
    """None: pages. An empty text: begin."""
    most: int = rest_page.MAX_PAGE_SIZE


def found(records: Model, query: Any, fields: Any, wanted: Wanted) -> dict[str, Any]:
    """The records that a filter finds: `result` is a `Tree`, beside it the numbers of the page.

    Raises BadQuery, AccessError.
    """
    env, meta = records.env, records.meta
    check.check_model(env, meta.name, "read")
    level = resolve(env, meta, query, fields)
    merged = _merged(wanted, level.options)
    asked = rest_page.page(merged.page, merged.page_size, merged.offset, merged.limit, wanted.most)
    domain = domain_of(merged.filter)
    with told_as_query("filter"), known_only(env):
        node = search.prepared(env, meta, domain)
    with told_as_query("order"), known_only(env):
        order = ordering.checked(env, meta, order_of(merged.order))
    offset, limit = asked.bounds
    if wanted.cursor is not None:
        return _behind_cursor(env, level, node, (domain, order, asked), wanted)
    part = Part(order, offset, limit, keyed=limit is not None, alone=not offset and limit is None)
    tree = rest_rows.top(env, level, node, part, rest_rows.Budget())
    total = _total(records, node, asked, len(tree))
    told: dict[str, Any] = {"result": tree, **rest_page.numbers(asked, len(tree), total), "meta": {}}
    if limit is not None and len(tree) and offset + len(tree) < total:
        told["next_cursor"] = _cursor(env, level, domain, order, tree)
    return told


def _behind_cursor(
    env: Environment, level: Level, node: Node, asked: tuple[Any, str, Page], wanted: Wanted
) -> dict[str, Any]:
    """The rows behind a cursor, or the first ones for an empty one; how many match in all is not counted."""
    domain, order, page = asked
    if wanted.page is not None or wanted.offset is not None or page.number > 1 or page.offset:
        raise bad("cursor", "twice", "A cursor says where to go on: give no page and no offset beside it.")
    size = min(page.size or wanted.most, page.limit or wanted.most)
    after = None
    if wanted.cursor:
        after = tuple(
            rest_cursor.read(env, wanted.cursor, rest_cursor.fingerprint(env, level.model, domain, order))
        )
    part = Part(order, 0, size + 1, keyed=True, after=after)
    tree = rest_rows.top(env, level, node, part, rest_rows.Budget())
    more = len(tree) > size
    if more:
        del tree.rows[size:]
    told: dict[str, Any] = {"result": tree, "count": len(tree), "prev": None, "current": None, "next": None}
    told |= {"total_pages": None, "total": None, "meta": {}}
    told["next_cursor"] = _cursor(env, level, domain, order, tree) if more else None
    return told


def _cursor(env: Environment, level: Level, domain: Any, order: str, tree: Tree) -> str:
    """The cursor behind the last row of a keyed tree."""
    values = tree.rows[-1][1 : 1 + rest_rows.key_count(env, level, order)]
    return rest_cursor.spell(env, rest_cursor.fingerprint(env, level.model, domain, order), values)


def _merged(wanted: Wanted, options: Options) -> Wanted:
    """Arguments before the first brace say the same as those beside the query; each is said once."""
    inside = {
        "filter": list(options.domain) or None,
        "order": options.order or None,
        "limit": options.limit,
        "offset": options.offset or None,
        "page": options.page,
        "page_size": options.page_size,
    }
    both: dict[str, Any] = {}
    for name, value in inside.items():
        beside = getattr(wanted, name)
        given = beside is not None and beside is not False and beside != ""
        if given and value is not None:
            raise bad(name, "twice", f"{name} is given twice: beside the query and in it.")
        both[name] = beside if given else value
    return Wanted(**both, most=wanted.most, cursor=wanted.cursor)


def _total(records: Model, node: Any, asked: Page, count: int) -> int:
    """How many records match; counted only where the rows do not tell."""
    offset, limit = asked.bounds
    if (limit is None or count < limit) and (count or not offset):
        return offset + count
    return search.counted(records.env, records.meta, node)


def by_id(records: Model, query: Any, fields: Any) -> dict[str, Any]:
    """These records in their order: `result` is a `Tree`. Raises MissingError, AccessError, BadQuery."""
    env, meta, ids = records.env, records.meta, tuple(dict.fromkeys(records.ids))
    check.check_model(env, meta.name, "read")
    level = resolve(env, meta, query, fields)
    options = level.options
    if options.bounded or options.order or options.domain or options.page or options.page_size:
        raise bad("query", "one_record", "Records asked for by id take no arguments before the first brace.")
    node = search.ruled(env, meta, meta.among(ids))
    tree = rest_rows.top(env, level, node, Part("", alone=True), rest_rows.Budget())
    by = {row[0]: row for row in tree.rows}
    gone = [each for each in ids if each not in by]
    if gone:
        check.refuse(env, meta.name, gone, "read")
    return {"result": Tree(tree.members, [by[each] for each in ids]), "meta": {}}
