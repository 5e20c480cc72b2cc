"""Records -> rows of cells that an import takes back, some thousand at a time, read from the store's own tuples."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import MissingError
from entrepot.kernel import externals
from entrepot.kernel.access import check
from entrepot.kernel.crud import export, fetch, read, search
from entrepot.kernel.crud.rest_query import known_only
from entrepot.kernel.domain.parse import parse
from entrepot.kernel.fields.base import LOG_FIELDS
from entrepot.kernel.transfer import headers
from entrepot.kernel.transfer.options import EXPORT_BATCH, MAX_ROWS, ExportOptions
from entrepot.table import Table, reader

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import ModelMeta

Cells = list[Any]
Maker = Callable[[Table], Cells]
"""The cells of one column for all rows of a table."""


class Exporter:
    """The rows of one export."""

    def __init__(self, env: Environment, model: str, options: ExportOptions) -> None:
        """Check what is asked for.

        Raises MissingError for an unknown model, AccessError, ValidationError for columns, a domain or an order that
        cannot be used.
        """
        meta = env.registry.models.get(model)
        if meta is None or meta.abstract:
            raise MissingError(f"Object {model[:80]} doesn't exist", model=model[:80])
        check.check_model(env, model, "read")
        self.env = env
        self.meta = meta
        self.options = options
        self.paths = headers.export_paths(env, meta, options.columns or default_columns(env, meta))
        self.header = ["/".join(path) for path in self.paths]

    def batches(self) -> Iterator[list[Cells]]:
        """The rows, a batch at a time; the transaction's cache stays small."""
        simple = all(_is_simple(self.meta, path) for path in self.paths)
        for ids in self._ids():
            records = self.env[self.meta.name].browse(ids)
            yield self._rows(ids) if simple else export.rows(records, self.paths)
            self.env.cache.forget_all()

    def _ids(self) -> Iterator[tuple[int, ...]]:
        """The ids of the records: in the order that is asked for, else by id, from key to key."""
        env, meta, options = self.env, self.meta, self.options
        left = min(options.limit or MAX_ROWS, MAX_ROWS)
        if options.order:
            with known_only(env):
                found = search.search(env, meta, options.domain, 0, left, options.order)
            for start in range(0, len(found), EXPORT_BATCH):
                yield tuple(found[start : start + EXPORT_BATCH])
            return
        last = 0
        parse(options.domain)
        while left > 0:
            domain = (
                ["&", ("id", ">", last), *_joined(options.domain)] if options.domain else [("id", ">", last)]
            )
            with known_only(env):
                ids = search.search(env, meta, domain, 0, min(left, EXPORT_BATCH), "id")
            if not ids:
                return
            yield tuple(ids)
            last = ids[-1]
            left -= len(ids)

    def _rows(self, ids: tuple[int, ...]) -> list[Cells]:
        names = list(dict.fromkeys(path[0] for path in self.paths if path[0] != ".id"))
        table = read.read(self.env, self.meta, ids, names or ["id"])
        columns = [self._column(table, path) for path in self.paths]
        return [list(row) for row in zip(*columns, strict=True)]

    def _column(self, table: Table, path: Sequence[str]) -> Cells:
        name, rest = path[0], path[1:]
        ids = [row[0] for row in table.rows]
        if name == ".id":
            return ids
        if name == "id":
            named = externals.names_of(self.env, self.meta.name, ids)
            return [named.get(each, "") for each in ids]
        column = next(each for each in table.columns if each.name == name)
        at, field = column.at, self.meta.fields[name]
        if field.kind == "many2one":
            take = reader(column)
            return self._links(field.comodel, [take(row) for row in table.rows], rest)
        if field.table_kind == "ids":
            return self._lists(field.comodel, [row[at] for row in table.rows], rest)
        if column.kind in {"date", "datetime", "text", "json"}:
            return ["" if row[at] is None else row[at] for row in table.rows]
        take = reader(column)
        return [_spelled(take(row)) for row in table.rows]

    def _links(self, model: str, pairs: list[Any], rest: Sequence[str]) -> Cells:
        if not rest:
            return ["" if pair is None else pair[1] or "" for pair in pairs]
        if rest[0] == ".id":
            return ["" if pair is None else pair[0] for pair in pairs]
        named = externals.names_of(self.env, model, [pair[0] for pair in pairs if pair is not None])
        return ["" if pair is None else named.get(pair[0], "") for pair in pairs]

    def _lists(self, model: str, lists: list[list[int]], rest: Sequence[str]) -> Cells:
        ids = {each for found in lists for each in found}
        names: dict[int, Any]
        if rest and rest[0] == ".id":
            names = {each: each for each in ids}
        elif rest:
            names = {**externals.names_of(self.env, model, list(ids))}
        else:
            seen = fetch.visible(self.env, model, ids)
            names = {**read.names_by_id(self.env, model, list(seen))}
        return [",".join(str(names[each]) for each in found if names.get(each)) for found in lists]


def _joined(domain: Any) -> list[Any]:
    """A domain as one term: bare terms beside each other mean all of them."""
    terms = list(domain)
    needed = 1
    joined = 0
    for term in terms:
        if needed == 0:
            joined += 1
            needed = 1
        needed += {"&": 1, "|": 1, "!": 0}.get(term, -1) if isinstance(term, str) else -1
    return ["&"] * joined + terms


def _is_simple(meta: ModelMeta, path: Sequence[str]) -> bool:
    """Whether a column is read from a table: all but the lines of a one2many and what lies deeper."""
    return len(path) == 1 or (
        len(path) == 2 and path[1] in {"id", ".id"} and meta.fields[path[0]].kind in {"many2one", "many2many"}
    )


def _spelled(value: Any) -> Any:
    if value is None:
        return ""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def default_columns(env: Environment, meta: ModelMeta) -> tuple[str, ...]:
    """What is exported when nothing is chosen: what an import could take back, as far as the caller may see it."""
    names = [
        name
        for name, each in meta.fields.items()
        if name not in {"id", *LOG_FIELDS}
        and (each.has_column or each.inherited)
        and each.kind not in {"binary", "json", "one2many", "many2many"}
        and not each.worked_out
        and meta.sql_able(each)
        and check.may_field(env, each)
    ]
    return (".id", *names)
