"""Import of rows by external id, as Odoo's `load`: names of fields in columns, texts in cells.

Columns: `field`; `id` (the external id); `.id` (the database id); `field/id` and `field/.id` for links by external or
database id, `field` alone for links by name; `field/sub` for lines of a one2many, which continue in following
rows whose own columns are empty. Rows may refer to rows above them. Nothing is kept unless every row is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadRequest
from entrepot.kernel.crud import load_rows
from entrepot.kernel.transfer import plan as plans
from entrepot.kernel.transfer.importer import Importer
from entrepot.kernel.transfer.options import BATCH
from entrepot.kernel.transfer.outcome import Outcome
from entrepot.kernel.transfer.reading import Block

if TYPE_CHECKING:
    from entrepot.kernel.model import Model

MAX_ROWS = 100_000


def load(records: Model, columns: Sequence[Any], data: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Import rows: `{"ids": [...] or False, "messages": [...], "nextrow": 0}`; each message has its row and field."""
    env = records.env
    if len(data) > MAX_ROWS:
        raise BadRequest(f"load takes at most {MAX_ROWS} rows, got {len(data)}")
    meta = env.registry.models[records.model_name]
    paths = [load_rows.path_of(column) for column in columns]
    messages: list[dict[str, Any]] = []
    for column, path in zip(columns, paths, strict=True):
        wrong = load_rows.wrong_path(env, meta, path)
        if wrong is not None:
            text = f"Column {str(column)[:60]!r}: {wrong}"
            messages.append(_message(0, 0, str(column)[:60], text, "unknown_field"))
    ids: list[int] = []
    if not messages:
        plan = plans.of_paths(env, meta, paths, list(range(len(paths))))
        importer = Importer(plan, load_rows.module_of(env))
        importer.counted_from = 1
        blocks: list[Block] = [
            (at, at + len(block) - 1, [list(row) for row in block])
            for at, block in load_rows.blocks(meta, paths, data)
        ]
        try:
            with env.savepoint():
                for start in range(0, len(blocks), BATCH):
                    outcomes = importer.batch(env, blocks[start : start + BATCH])
                    importer.keep()
                    ids.extend(outcome.id or 0 for outcome in outcomes)
                    messages.extend(message for outcome in outcomes for message in _messages(outcome))
                if messages:
                    raise _Refused  # noqa: TRY301 - undoes the savepoint
        except _Refused:
            pass
    return {"ids": False if messages else ids, "messages": messages, "nextrow": 0}


class _Refused(Exception):  # noqa: N818 - a signal, not an error
    """Some row is wrong: nothing of the import is kept."""


def _messages(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        _message(outcome.line, outcome.last, each.path, each.message, each.code) for each in outcome.problems
    ]


def _message(first: int, last: int, name: str, text: str, code: str) -> dict[str, Any]:
    """A mistake in rows `first` to `last`, counted from 0."""
    return {
        "type": "error",
        "code": code,
        "message": text,
        "rows": {"from": first, "to": last},
        "record": first,
        "field": name.strip(".").replace("/", ".").partition(".")[0],
    }
