"""Import of rows by external id, as Odoo's `load`: names of fields in columns, texts in cells.

Columns: `field`; `id` (the external id); `.id` (the database id); `field/id` and `field/.id` for links by external or
database id, `field` alone for links by name; `field/sub` for lines of a one2many, which continue in following
rows whose own columns are empty. Nothing is kept unless every row is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from entrepot.errors import EntrepotError, Problem, ValidationError
from entrepot.kernel import externals

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta

Cells = Sequence[Any]


@dataclass(slots=True)
class Record:
    """One record of the import: the rows it came from, its ids and values."""

    first: int
    last: int
    external_id: str = ""
    database_id: int = 0
    values: dict[str, Any] = field(default_factory=dict)


def load(records: Model, columns: list[str], data: list[list[Any]]) -> dict[str, Any]:
    """Import rows: `{"ids": [...] or False, "messages": [...], "nextrow": 0}`; each message has its row and field."""
    messages: list[dict[str, Any]] = []
    env = records.env
    meta = env.registry.models[records.model_name]
    paths = [
        column.replace(".id", "/.id").replace("//", "/").strip("/").split("/") if column != ".id" else [".id"]
        for column in columns
    ]
    for index, path in enumerate(paths):
        if path[0] not in {"id", ".id"} and path[0] not in meta.fields:
            messages.append(
                _message(
                    0, 0, columns[index], f"Unknown column {columns[index]!r} on {meta.name}", "unknown_field"
                )
            )
    ids: list[int] = []
    if not messages:
        try:
            with env.savepoint():
                ids = _import(env, meta, paths, data, messages)
                if messages:
                    raise _Refused  # noqa: TRY301 - undoes the savepoint
        except _Refused:
            ids = []
    return {"ids": False if messages else ids, "messages": messages, "nextrow": 0}


class _Refused(Exception):  # noqa: N818 - a signal, not an error
    """Some row is wrong: nothing of the import is kept."""


def _import(
    env: Environment,
    meta: ModelMeta,
    paths: list[list[str]],
    data: list[list[Any]],
    messages: list[dict[str, Any]],
) -> list[int]:
    rows = list(_records(env, meta, paths, data, messages))
    if messages:
        return []
    module = str(env.context.get("_import_current_module") or "__import__")
    known = externals.find(env, [full(each.external_id, module) for each in rows if each.external_id])
    ids: list[int] = [0] * len(rows)
    fresh: list[int] = []
    for at, each in enumerate(rows):
        target = (
            each.database_id or known.get(full(each.external_id, module), (meta.name, 0))[1]
            if each.external_id or each.database_id
            else 0
        )
        if not target:
            fresh.append(at)
            continue
        ids[at] = target
        _guard(
            each, messages, lambda each=each, target=target: env[meta.name].browse(target).write(each.values)
        )  # type: ignore[misc]
    _create(env, meta, rows, fresh, ids, messages)
    if not messages:
        named = {full(rows[at].external_id, module): ids[at] for at in fresh if rows[at].external_id}
        if named:
            externals.remember(env, meta.name, named, noupdate=bool(env.context.get("noupdate")))
    return ids


def _create(
    env: Environment,
    meta: ModelMeta,
    rows: list[Record],
    fresh: list[int],
    ids: list[int],
    messages: list[dict[str, Any]],
) -> None:
    """All new records at once; when that is refused, one by one to learn which rows are wrong."""
    if not fresh:
        return
    try:
        with env.savepoint():
            made = env[meta.name].create([rows[at].values for at in fresh])
        for at, record_id in zip(fresh, made.ids, strict=True):
            ids[at] = record_id
    except EntrepotError:
        for at in fresh:
            each = rows[at]

            def make(at: int = at, each: Record = each) -> None:
                ids[at] = env[meta.name].create([each.values]).id
                env.flush()

            with_savepoint(env, each, messages, make)


def with_savepoint(env: Environment, each: Record, messages: list[dict[str, Any]], work: Any) -> None:
    """Do one record's work in a part of its own."""

    def guarded() -> None:
        with env.savepoint():
            work()

    _guard(each, messages, guarded)


def _guard(each: Record, messages: list[dict[str, Any]], work: Any) -> None:
    try:
        work()
    except ValidationError as error:
        for problem in error.problems or (Problem("", error.code, error.message),):
            messages.append(_message(each.first, each.last, problem.path, problem.message, problem.code))
    except EntrepotError as error:
        messages.append(_message(each.first, each.last, "", error.message, error.code))


def full(external_id: str, module: str) -> str:
    """An external id with its module."""
    return external_id if "." in external_id else f"{module}.{external_id}"


def _message(first: int, last: int, name: str, text: str, code: str) -> dict[str, Any]:
    return {
        "type": "error",
        "code": code,
        "message": text,
        "rows": {"from": first, "to": last},
        "record": first,
        "field": name.partition("/")[0],
    }


def _records(
    env: Environment,
    meta: ModelMeta,
    paths: list[list[str]],
    data: list[list[Any]],
    messages: list[dict[str, Any]],
) -> Iterator[Record]:
    """Rows to records: a row whose own columns are all empty continues the lines of the record above."""
    own = [at for at, path in enumerate(paths) if not _is_line(meta, path)]
    at = 0
    while at < len(data):
        last = at
        if len(own) < len(paths):
            while last + 1 < len(data) and not any(_given(data[last + 1], each) for each in own):
                last += 1
        yield _record(env, meta, paths, data[at : last + 1], at, messages)
        at = last + 1


def _is_line(meta: ModelMeta, path: list[str]) -> bool:
    each = meta.fields.get(path[0])
    return each is not None and each.kind == "one2many" and len(path) > 1 and path[1] not in {"id", ".id"}


def _given(row: Cells, at: int) -> bool:
    return at < len(row) and row[at] not in (None, False, "")


def _record(
    env: Environment,
    meta: ModelMeta,
    paths: list[list[str]],
    block: list[Cells],
    first: int,
    messages: list[dict[str, Any]],
) -> Record:
    found = Record(first, first + len(block) - 1)
    lines: dict[str, list[int]] = {}
    for at, path in enumerate(paths):
        value = block[0][at] if at < len(block[0]) else None
        if path == ["id"]:
            found.external_id = str(value) if _given(block[0], at) else ""
        elif path == [".id"]:
            found.database_id = int(value) if _given(block[0], at) and str(value).isdigit() else 0
        elif _is_line(meta, path):
            lines.setdefault(path[0], []).append(at)
        elif value is not None:
            try:
                found.values[path[0]] = cell(env, meta, path, value)
            except ValidationError as error:
                messages.append(_message(found.first, found.last, "/".join(path), error.message, "bad_value"))
    for name, positions in lines.items():
        comodel = env.registry.models[meta.fields[name].comodel]
        inner = [paths[at][1:] for at in positions]
        rows = [[row[at] if at < len(row) else None for at in positions] for row in block]
        rows = [row for row in rows if any(_given(row, at) for at in range(len(row)))]
        made = [
            _record(env, comodel, inner, [row], found.first + at, messages) for at, row in enumerate(rows)
        ]
        found.values[name] = [(0, 0, each.values) for each in made]
    return found


def cell(env: Environment, meta: ModelMeta, path: list[str], value: Any) -> Any:
    """The value of one cell: a link by external id, database id or name; other fields as they are."""
    each = meta.fields[path[0]]
    if not each.relational:
        return value
    texts = [part.strip() for part in value.split(",")] if isinstance(value, str) else [value]
    texts = [text for text in texts if text not in (None, False, "")]
    how = path[1] if len(path) > 1 else "name"
    if each.kind == "many2one" and isinstance(value, str) and how == "name":
        texts = [value.strip()] if value.strip() else []
    ids = [_resolve(env, each, how, text) for text in texts]
    if each.kind == "many2one":
        return ids[0] if ids else False
    return [(6, 0, ids)]


def _resolve(env: Environment, each: Any, how: str, text: Any) -> int:
    if how == ".id" or (how == "name" and isinstance(text, int)):
        return int(text)
    if how == "id":
        module = str(env.context.get("_import_current_module") or "__import__")
        found = externals.find(env, [full(str(text), module)])
        if not found:
            raise ValidationError(
                f"No matching record found for external id {str(text)!r} in field {each.string!r}"
            )
        return next(iter(found.values()))[1]
    matches = env[each.comodel].name_search(str(text), operator="=", limit=2)
    if len(matches) != 1:
        count = "No matching record" if not matches else "Several records"
        raise ValidationError(f"{count} found for name {str(text)!r} in field {each.string!r}")
    return matches[0][0]
