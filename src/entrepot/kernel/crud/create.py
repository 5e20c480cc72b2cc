"""Making records, a list at a time: one INSERT for all rows, one create for all lines of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadRequest, Problem, ValidationError
from entrepot.kernel import compute
from entrepot.kernel.access import check, epochs
from entrepot.kernel.command import LINK, SET, Triple
from entrepot.kernel.crud import constraints, defaults, fetch, refusals
from entrepot.kernel.crud.translations import SOURCE
from entrepot.kernel.crud.values import (
    Sorted,
    check_claims,
    check_lines,
    check_names,
    placed,
    prefixed,
    raise_problems,
    sort,
)
from entrepot.kernel.crud.write import apply_rest, forget_links
from entrepot.kernel.domain.parse import TRUE
from entrepot.kernel.fields.base import Field
from entrepot.storage.violations import Violation

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

MAX_RECORDS = 100_000


def create(env: Environment, meta: ModelMeta, values_list: Sequence[Mapping[str, Any]]) -> tuple[int, ...]:
    """Create a record for each set of values; their ids in the same order.

    Raises AccessError, ValidationError with every problem of every record: where there are several records, the path
    of a problem begins with the place of its record, from 0.
    """
    check.check_model(env, meta.name, "create")
    if len(values_list) > MAX_RECORDS:
        raise BadRequest(f"create takes at most {MAX_RECORDS} records, got {len(values_list)}")
    for values in values_list:
        if not isinstance(values, Mapping):
            raise BadRequest(f"create takes values as objects, got {type(values).__name__}")
    check_names(env, meta, {name for values in values_list for name in values}, "create")
    if not values_list:
        return ()
    parts = _prepared(env, meta, values_list)
    _delegate(env, meta, parts)
    ids = _insert(env, meta, parts)
    by_id = dict(zip(ids, parts, strict=True))
    _owe(env, meta, by_id)
    rest = {i: Sorted(links=_added(meta, each.links), inverses=each.inverses) for i, each in by_id.items()}
    places = {record_id: str(at) for at, record_id in enumerate(ids)} if len(ids) > 1 else {}
    apply_rest(env, meta, rest, places)
    epochs.changed(env, meta.name, None)
    claims = {i: each.claims for i, each in by_id.items() if each.claims}
    if claims:
        check_claims(env, meta, claims)
    constraints.run(env, meta, ids, None)
    if check.rule_tree(env, meta.name, "create") is not TRUE:
        env.flush()
        check.check_records(env, meta.name, ids, "create")
    return ids


def _added(meta: ModelMeta, links: Mapping[str, list[Triple]]) -> dict[str, list[Triple]]:
    """The commands on relations of a new record: with nothing there yet, setting links is adding them, and what is added
    to many records is checked and sent at once.
    """
    found = dict(links)
    for name, commands in links.items():
        if commands and commands[0][0] == SET and meta.fields[name].kind == "many2many":
            found[name] = [*((LINK, other, 0) for other in commands[0][2]), *commands[1:]]
    return found


def _prepared(env: Environment, meta: ModelMeta, values_list: Sequence[Mapping[str, Any]]) -> list[Sorted]:
    """The values with defaults, by where they go. Raises ValidationError with everything that is wrong with them."""
    parts: list[Sorted] = []
    problems: list[list[Problem]] = []
    needed = env.registry.plans.get(("needed", meta.name), lambda: _needed(meta))
    filler = defaults.Filler(env, meta)
    for values in values_list:
        wrong: list[Problem] = []
        filled = dict(values)
        filler.fill(filled)
        each = sort(env, meta, filled, wrong)
        for name, zero in meta.zeros:
            each.columns.setdefault(name, zero)
        missing = _missing(needed, each, wrong)
        if missing:
            wrong.extend(refusals.required(meta, missing).problems)
        parts.append(each)
        problems.append(wrong)
    if any(problems):
        for each, wrong in zip(parts, problems, strict=True):
            check_lines(env, meta, each, wrong)
            wrong.extend(_rehearsed(env, meta, each))
    several = len(parts) > 1
    raise_problems(
        meta,
        [
            prefixed(str(at), problem) if several else problem
            for at, wrong in enumerate(problems)
            for problem in wrong
        ],
    )
    if not env.su:
        _check_links(env, meta, values_list, parts)
    return parts


def _check_links(
    env: Environment, meta: ModelMeta, values_list: Sequence[Mapping[str, Any]], parts: list[Sorted]
) -> None:
    """Links that the caller gave lead to records that they may read; what defaults bring is the model's own choice."""
    for name, field in meta.columns.items():
        if field.kind != "many2one":
            continue
        asked = f"default_{name}" in env.context
        pairs = zip(values_list, parts, strict=True)
        found = {each.columns.get(name) for values, each in pairs if asked or name in values}
        fetch.check_links(env, field, {record_id for record_id in found if record_id})


def _needed(meta: ModelMeta) -> tuple[Field[Any], ...]:
    """The columns that a record cannot be without."""
    return tuple(
        field
        for name, field in meta.columns.items()
        if field.required and not field.computed and name not in meta.delegates
    )


def _missing(needed: Sequence[Field[Any]], each: Sorted, problems: list[Problem]) -> list[str]:
    found = [field.name for field in needed if field.is_empty(each.columns.get(field.name))]
    if not found or not problems:
        return found
    wrong = {problem.path for problem in problems}
    return [name for name in found if name not in wrong]


class _Rehearsed(Exception):  # noqa: N818 - a signal, not an error
    """What was tried is to be undone."""


def _rehearsed(env: Environment, meta: ModelMeta, each: Sorted) -> list[Problem]:
    """What is wrong with the values for records behind delegating links, found by trying."""
    problems: list[Problem] = []
    for link, target in meta.delegates.items():
        if each.columns.get(link):
            continue
        try:
            with env.savepoint():
                env[target].create([each.delegated.get(link, {})])
                raise _Rehearsed  # noqa: TRY301 - undoes the savepoint
        except _Rehearsed:
            pass
        except ValidationError as error:
            problems.extend(error.problems)
    return problems


def _delegate(env: Environment, meta: ModelMeta, parts: list[Sorted]) -> None:
    """Create (or write on) the records behind delegating many2ones."""
    for link, target in meta.delegates.items():
        waiting: dict[int, Sorted] = {}
        for at, each in enumerate(parts):
            linked = each.columns.get(link)
            if not linked:
                waiting[at] = each
            elif each.delegated.get(link):
                env[target].browse(linked).write(each.delegated[link])
        if not waiting:
            continue
        try:
            made = env[target].create([each.delegated.get(link, {}) for each in waiting.values()])
        except ValidationError as error:
            places = [str(at) if len(parts) > 1 else "" for at in waiting]
            raise placed(error, places, "") from error
        for each, record_id in zip(waiting.values(), made.ids, strict=True):
            each.columns[link] = record_id


def _insert(env: Environment, meta: ModelMeta, parts: list[Sorted]) -> tuple[int, ...]:
    now = env.now()
    log = {"create_uid": env.uid, "create_date": now, "write_uid": env.uid, "write_date": now}
    used = dict.fromkeys(name for each in parts for name in each.columns)
    names = [*used, *(name for name in log if name in meta.columns and name not in used)]
    fields = [meta.columns[name] for name in names]
    count = len(parts)
    # a column at a time: most have the same value in every row, or need no other form
    cells: dict[str, list[Any]] = {
        name: [each.columns.get(name, log.get(name)) for each in parts]
        if name in used
        else [log[name]] * count
        for name in names
    }
    exact = env.tx.dialect.exact_decimals
    rows = list(zip(*(_raws(field, cells[field.name], exact=exact) for field in fields), strict=True))
    rows = rows or [()] * count
    if env.cache.dirty:
        env.flush()
    kinds = [field.column_kind or "text" for field in fields]
    try:
        ids = tuple(env.tx.insert(meta.table, names, kinds, rows))
    except Violation as violation:
        wanted = {
            name: {each.columns.get(name) for each in parts}
            for name in used
            if meta.columns[name].kind == "many2one"
        }
        raise refusals.explained(env, meta, violation, wanted) from violation
    for name, field in meta.columns.items():
        found = cells.get(name)
        env.cache.of(field, env).update(dict.fromkeys(ids) if found is None else zip(ids, found, strict=True))
    if env.lang != SOURCE:
        _translate(env, meta, ids, parts)
    return ids


def _raws(field: Field[Any], cells: list[Any], *, exact: bool) -> list[Any]:
    """The store's forms of a column's values."""
    if type(field).raw is Field.raw:
        return cells
    first = cells[0]
    if all(each is first for each in cells):
        return [field.raw(first, exact=exact)] * len(cells)
    return [field.raw(each, exact=exact) for each in cells]


def _translate(env: Environment, meta: ModelMeta, ids: tuple[int, ...], parts: list[Sorted]) -> None:
    """A record made in another language has its texts in both."""
    for name, field in meta.columns.items():
        if field.translate:
            given = tuple(i for i, each in zip(ids, parts, strict=True) if each.columns.get(name) is not None)
            env.cache.set_dirty(env.cache.key(field, env), meta.name, given)


def _owe(env: Environment, meta: ModelMeta, parts: Mapping[int, Sorted]) -> None:
    """Mark what is to be worked out for the new records, and what their coming changes elsewhere."""
    ids = tuple(parts)
    kept: list[tuple[Field[Any], set[int]]] = []
    for name, field in meta.fields.items():
        if field.computed and field.stored and not field.inherited:
            given = {i for i, each in parts.items() if name in each.columns or name in each.links}
            env.cache.owe(field, [i for i in ids if i not in given] if given else ids)
            if given:
                kept.append((field, given))
    changed = [field for name, field in meta.fields.items() if name == "id" or not field.computed]
    for field in changed:
        if field.kind == "many2one":
            forget_links(env, meta, field)
    for field in env.registry.pointing.get(meta.name, ()):
        env.cache.forget_field(field)
    compute.modified(env, [each for each in changed if each in env.registry.triggers], ids, new=True)
    for field, given in kept:
        compute.modified(env, [field], tuple(given))
    for field, given in kept:
        env.cache.settle(field, given)
