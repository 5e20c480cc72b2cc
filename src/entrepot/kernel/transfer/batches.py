"""Rows of a file -> batches of blocks: a block is the rows of one record, and a batch ends with a block."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.errors import TooLarge
from entrepot.kernel.crud.load_rows import given
from entrepot.kernel.transfer.formats.sheet import Row, Sheet, Unfit
from entrepot.kernel.transfer.options import MAX_ROWS, ImportOptions
from entrepot.kernel.transfer.plan import Plan
from entrepot.kernel.transfer.reading import Block


def batches(sheet: Sheet, plan: Plan, options: ImportOptions) -> Iterator[list[Block]]:
    """The blocks of a file, some at a time. Raises TooLarge past MAX_ROWS, Unreadable where the file ends to be one."""
    batch: list[Block] = []
    for block in _blocks(_chosen(sheet, options), plan):
        if len(batch) >= options.batch:
            yield batch
            batch = []
        batch.append(block)
    if batch:
        yield batch


def _chosen(sheet: Sheet, options: ImportOptions) -> Iterator[Row]:
    for count, row in enumerate(sheet.rows, 1):
        if count > MAX_ROWS:
            raise TooLarge(f"An import takes at most {MAX_ROWS} rows; go on from line {row[0]}.")
        if count > options.skip and row[0] >= options.from_line:
            yield row


def _blocks(rows: Iterator[Row], plan: Plan) -> Iterator[Block]:
    """Rows without lines are a block each; with lines, a row whose own cells are empty belongs to the one above."""
    places = plan.places
    straight = places == list(range(len(places)))
    width = len(places)
    first, last, block = 0, 0, list[list[object]]()
    for line, cells in rows:
        if cells and isinstance(cells[0], Unfit):
            used = cells
        elif straight:
            used = cells if len(cells) == width else cells[:width]
        else:
            used = [cells[at] for at in places]
        if not plan.has_lines:
            yield line, line, [used]
            continue
        if block and not isinstance(used[0], Unfit) and not any(given(used, at) for at in plan.own):
            block.append(used)
            last = line
            continue
        if block:
            yield first, last, block
        first, last, block = line, line, [used]
    if block:
        yield first, last, block
