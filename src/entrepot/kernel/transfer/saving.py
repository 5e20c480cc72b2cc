"""Rows that are known to be read well -> records: one create for all new ones, a write for what differs of the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import AccessError, ValidationError
from entrepot.kernel import externals
from entrepot.kernel.command import CREATE, SET, UPDATE
from entrepot.kernel.crud.load_rows import Row
from entrepot.kernel.fields.base import FieldError
from entrepot.kernel.transfer.plan import Plan
from entrepot.kernel.transfer.reading import Reader

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta

Names = list[tuple[str, dict[str, int]]]
"""(model, external id -> id) of records that were given one"""


class Blamed(Exception):  # noqa: N818 - a signal
    """Some of the rows that were to be created are told to be wrong; none is created."""

    def __init__(self, rows: set[int], cause: ValidationError) -> None:
        """`rows`: the Python ids of the rows."""
        super().__init__(cause.message)
        self.rows = rows
        self.cause = cause


def write(env: Environment, plan: Plan, reader: Reader, rows: Sequence[Row]) -> Names:
    """Write rows whose records are known and create the others; each row learns what became of it.

    Raises Blamed, and what `write` and `create` raise.
    """
    names: Names = []
    known = [row for row in rows if row.target and row.status != "created"]
    fresh = [row for row in rows if not row.target or row.status == "created"]
    if known:
        _update(env, plan, reader, known, names)
    if fresh:
        _create(env, plan, reader, fresh, names)
    for model, ids in names:
        externals.remember(env, model, ids, noupdate=bool(env.context.get("noupdate")))
    return names


def _create(env: Environment, plan: Plan, reader: Reader, rows: Sequence[Row], names: Names) -> None:
    values = [_values(reader, row) for row in rows]
    for name in plan.defaulted:
        for each in values:
            if each.get(name) is False:
                del each[name]
    try:
        made = env[plan.meta.name].create(values)
    except ValidationError as error:
        blamed = _blamed(rows, error)
        if not blamed:
            raise
        raise Blamed(blamed, error) from error
    external: dict[str, int] = {}
    ids = made.ids
    for row, record_id in zip(rows, ids, strict=True):
        row.status = "created"
        row.target = record_id
        if row.lines:
            _name_lines(env, plan.meta, reader, row, {}, names)
        if row.external_id:
            external[row.external_id] = record_id
    if external:
        names.append((plan.meta.name, external))


def _blamed(rows: Sequence[Row], error: ValidationError) -> set[int]:
    """The rows that an error of `create` names."""
    heads = [problem.path.partition(".")[0] for problem in error.problems]
    if len(rows) < 2 or not all(head.isdecimal() and int(head) < len(rows) for head in heads):
        return set()
    return {id(rows[int(head)]) for head in heads}


def _update(env: Environment, plan: Plan, reader: Reader, rows: Sequence[Row], names: Names) -> None:
    ids = [row.target for row in rows]
    records = env.vouching(plan.meta.name, "write", ids)[plan.meta.name].browse(ids)
    external: dict[str, int] = {}
    groups: dict[Any, tuple[dict[str, Any], list[int]]] = {}
    for row, record in zip(rows, records, strict=True):
        before = {name: _lines(env, plan.meta, name, row.target) for name in row.lines}
        changed = _changed(env, plan.meta, record, _values(reader, row))
        row.status = "updated" if changed else "unchanged"
        if row.external_id and not row.is_named:
            external[row.external_id] = row.target
        if row.lines:
            record.write(changed)
            _name_lines(env, plan.meta, reader, row, before, names)
        elif changed:
            groups.setdefault(_group(changed, row.target), (changed, []))[1].append(row.target)
    for changed, together in groups.values():
        records.browse(together).write(changed)
    if external:
        names.append((plan.meta.name, external))


def _group(changed: Mapping[str, Any], own: int) -> Any:
    """What equal changes share."""
    try:
        key = tuple((name, type(value), value) for name, value in changed.items())
        hash(key)
    except TypeError:
        return own
    return key


def _changed(env: Environment, meta: ModelMeta, record: Model, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of some values that a record does not have. What the caller may not read is taken to differ."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        each = meta.fields[name]
        if each.kind == "binary":
            found[name] = value
            continue
        try:
            if each.table_kind == "ids":
                if not _has_links(record, name, value):
                    found[name] = value
            elif not each.same(env.value(record, each), each.parse(value, env)):
                found[name] = value
        except (FieldError, AccessError):
            found[name] = value
    return found


def _has_links(record: Model, name: str, value: Any) -> bool:
    """Whether a record has exactly the links that the only command of a value sets."""
    if not value or value[0][0] != SET:
        return False
    links = getattr(record.with_context(active_test=False), name)
    return set(links.ids) == set(value[0][2])


def _values(reader: Reader, row: Row) -> dict[str, Any]:
    """The values of a row, its lines as commands."""
    if not row.lines:
        return row.values
    values = dict(row.values)
    for name, lines in row.lines.items():
        commands: list[Any] = []
        for line in lines:
            found = _known(reader, line)
            inner = _values(reader, line)
            commands.append((UPDATE, found, inner) if found else (CREATE, 0, inner))
        values[name] = commands
    return values


def _known(reader: Reader, line: Row) -> int:
    """The id of a line that is there already, 0 for a new one."""
    if line.database_id or not line.external_id:
        return line.database_id
    name = reader.full(line.external_id)
    found = reader.links.of_external(name)
    if found is None:
        reader.links.external(reader.env, [name])
        found = reader.links.of_external(name)
    return found[1] if found is not None else 0


def _lines(env: Environment, meta: ModelMeta, name: str, owner: int) -> set[int]:
    field: Any = meta.fields[name]
    lines = env[field.comodel].sudo().with_context(active_test=False)
    return set(lines.search([(field.inverse_name, "=", owner)]).ids)


def _name_lines(
    env: Environment, meta: ModelMeta, reader: Reader, row: Row, before: dict[str, set[int]], names: Names
) -> None:
    """Give new lines their external ids: they were made in the order of the rows."""
    for name, lines in row.lines.items():
        new = [line for line in lines if not _known(reader, line)]
        if not any(line.external_id for line in new):
            continue
        made = sorted(_lines(env, meta, name, row.target) - before.get(name, set()))
        found = {
            reader.full(line.external_id): record_id
            for line, record_id in zip(new, made, strict=False)
            if line.external_id
        }
        names.append((meta.fields[name].comodel, found))
