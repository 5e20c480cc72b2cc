"""Rows of texts that `load` takes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel import externals
from entrepot.kernel.access import check
from entrepot.kernel.crud import fetch
from entrepot.kernel.crud.load_rows import path_of, wrong_path
from entrepot.kernel.crud.read import names_of
from entrepot.kernel.records import Records

if TYPE_CHECKING:
    from entrepot.kernel.model import Model

Paths = Sequence[Sequence[str]]


def export_data(records: Model, columns: Sequence[Any]) -> list[list[Any]]:
    """The rows of records: `field`, `id` (external id, made where there is none), `.id`, and paths `field/sub`.

    Lines of a one2many take a row each; the first stands beside their record. Raises ValidationError for an unknown
    column, AccessError for a hidden field.
    """
    meta = records.meta
    paths = [path_of(column) for column in columns]
    for column, path in zip(columns, paths, strict=True):
        each = meta.fields.get(path[0])
        if each is not None and each.kind in {"many2one", "many2many"}:
            continue  # what follows is asked of the records that it leads to
        wrong = wrong_path(records.env, meta, path)
        if wrong is not None:
            text = f"Column {str(column)[:60]!r}: {wrong}"
            raise ValidationError(problems=[Problem(str(column)[:60], "unknown_field", text)])
    _check_readable(records)
    return rows(records, paths)


def rows(records: Model, paths: Paths) -> list[list[Any]]:
    """The rows of records that the caller may read, for paths that are known to be right."""
    return _rows(records, paths)


def _check_readable(records: Any) -> None:
    """Refuse records that the caller may not read: the cache may know them from work done with other rights."""
    check.check_model(records.env, records.model_name, "read")
    check.check_records(records.env, records.model_name, records.ids, "read")


def _visible(records: Any) -> Any:
    """Those of some links that the caller may read."""
    known = fetch.visible(records.env, records.model_name, set(records.ids))
    return records.browse(each for each in records.ids if each in known)


def _rows(records: Any, paths: Paths) -> list[list[Any]]:
    """The rows of records of one model; paths are those from this model on. The caller must be allowed to read them."""
    firsts = [path[0] for path in paths if path[0] not in {"id", ".id"}]
    records.check_access("read")
    names_of(records.env, records.meta, firsts or ["id"], "export")
    named = external_ids(records) if any(path[0] == "id" for path in paths) else {}
    found: list[list[Any]] = []
    for record in records:
        found.extend(_block(record, paths, named))
    return found


def _block(record: Any, paths: Paths, named: dict[int, str]) -> list[list[Any]]:
    """The rows of one record: its own cells, and beside and below them those of its lines."""
    fields = record.meta.fields
    lines: dict[str, list[int]] = {}
    first: list[Any] = [""] * len(paths)
    for at, path in enumerate(paths):
        if len(path) > 1 and fields[path[0]].kind == "one2many":
            lines.setdefault(path[0], []).append(at)
        else:
            first[at] = _cell(record, path, named)
    block = [first]
    for name, positions in lines.items():
        rows = _rows(_visible(getattr(record, name)), [paths[at][1:] for at in positions])
        block.extend([""] * len(paths) for _ in range(len(rows) - len(block)))
        for into, row in zip(block, rows, strict=False):
            for at, value in zip(positions, row, strict=True):
                into[at] = value
    return block


def _cell(record: Any, path: Sequence[str], named: dict[int, str]) -> Any:
    name, rest = path[0], path[1:]
    if name == ".id":
        return record.id
    if name == "id":
        return named.get(record.id, "")
    value = getattr(record, name)
    if isinstance(value, Records):
        found: Any = value
        if record.meta.fields[name].table_kind == "ids":
            found = _visible(value)
        elif rest:
            _check_readable(value)
        if not rest:
            return ",".join(str(each.display_name) for each in found.sudo())
        return ",".join(str(row[0]) for row in _rows(found, [rest]))
    return "" if value is None else value


def external_ids(records: Any) -> dict[int, str]:
    """The external id of each record; one is made in module `__export__` where there is none and writing is possible."""
    env = records.env
    found = externals.names_of(env, records.model_name, records.ids)
    made = {
        f"__export__.{records.model_name.replace('.', '_')}_{record_id}": record_id
        for record_id in dict.fromkeys(records.ids)
        if record_id not in found
    }
    if env.tx.readonly:
        return found
    if made:
        externals.remember(env, records.model_name, made, noupdate=True)
    return {**found, **{record_id: name for name, record_id in made.items()}}
