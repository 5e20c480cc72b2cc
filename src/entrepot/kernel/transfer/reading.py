"""Blocks of cells -> rows with values, a column at a time; what does not fit is told on its row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.crud import load_rows
from entrepot.kernel.crud.load_rows import Row
from entrepot.kernel.transfer.formats.sheet import Unfit
from entrepot.kernel.transfer.links import Links, Match
from entrepot.kernel.transfer.plan import Plan

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field

Block = tuple[int, int, list[list[Any]]]
"""The lines of the file where a record begins and where its last row does, and the cells of its rows."""


class Reader:
    """Reads the blocks of one batch. It is the resolver of the cells (`load_rows.Resolver`)."""

    def __init__(self, env: Environment, plan: Plan, links: Links) -> None:
        """Nothing is looked up yet."""
        self.env = env
        self.plan = plan
        self.links = links
        self._row: Row | None = None

    def look_up(self, blocks: Sequence[Block]) -> None:
        """Ask for everything that cells lead to: one query for all external ids, one for each model's names."""
        plan, links = self.plan, self.links
        external: dict[str, None] = {}
        if plan.external >= 0:
            external.update(
                (self.full(cell), None)
                for _, _, rows in blocks
                if (cell := self._id_cell(rows[0])) is not None
            )
        for column in plan.links:
            texts: dict[str, None] = {}
            for _, _, rows in blocks:
                for row in rows if column.of_lines else rows[:1]:
                    cell = row[column.at] if column.at < len(row) else None
                    if type(cell) is str and "," not in cell:
                        texts[cell.strip()] = None  # the common case
                    else:
                        texts.update((str(each), None) for each in load_rows.texts(cell) if type(each) is str)
            texts.pop("", None)
            if column.how == "id":
                external.update((self.full(each), None) for each in texts)
            elif texts:
                links.named(self.env, column.comodel, texts)
        links.external(self.env, external)

    def _id_cell(self, row: Sequence[Any]) -> str | None:
        cell = row[self.plan.external] if self.plan.external < len(row) else None
        return str(cell).strip() if load_rows.given([cell], 0) else None

    def cut(self, blocks: Sequence[Block]) -> int:
        """How many of these blocks can be saved together: the next one refers to one of them."""
        plan = self.plan
        own = [each for each in plan.links if each.comodel == plan.meta.name]
        if not own:
            return len(blocks)
        name = plan.meta.rec_name
        ends = {name, "name"}
        names_at = [at for at, path in enumerate(plan.paths) if len(path) == 1 and path[0] in ends]
        above: set[str] = set()
        above_names: set[str] = set()
        for at, (_, _, rows) in enumerate(blocks):
            if at and any(self._needs(column, rows, above, above_names) for column in own):
                return at
            cell = self._id_cell(rows[0]) if plan.external >= 0 else None
            if cell is not None:
                above.add(self.full(cell))
            above_names.update(str(rows[0][each]).strip() for each in names_at if each < len(rows[0]))
        return len(blocks)

    def _needs(self, column: Any, rows: Sequence[Sequence[Any]], above: set[str], names: set[str]) -> bool:
        """Whether a link of a record leads to one that is above and not saved yet."""
        for row in rows if column.of_lines else rows[:1]:
            for each in load_rows.texts(row[column.at] if column.at < len(row) else None):
                text = str(each)
                if column.how == "id":
                    full = self.full(text)
                    if full in above and self.links.of_external(full) is None:
                        return True
                elif text.rpartition("/")[2].strip() in names and not self.links.is_named(
                    column.comodel, text
                ):
                    return True
        return False

    def full(self, text: Any) -> str:
        """An external id with its module."""
        return load_rows.full(str(text).strip(), self.links.module)

    # the resolver ------------------------------------------------------------------------------------------------

    def resolve(self, model: str, text: str) -> int | None:
        """The id of a model's record behind an external id."""
        name = self.full(text)
        found = self.links.of_external(name)
        if found is None:
            self.links.external(self.env, [name])
            found = self.links.of_external(name)
        return found[1] if found is not None and found[0] == model else None

    def named(self, model: str, text: str) -> Sequence[Match]:
        """The records of a model that people call so."""
        return self.links.of_name(self.env, model, text)

    def say(self, first: int, last: int, name: str, text: str, code: str) -> None:
        """Tell of a mistake in the row at hand."""
        if self._row is not None:
            self._row.problems.append(Problem(name, code, text))

    # rows --------------------------------------------------------------------------------------------------------

    def rows(self, blocks: Sequence[Block]) -> list[Row]:
        """The rows of blocks that were looked up."""
        found: list[Row] = []
        good: list[Row] = []
        cells: list[list[Any]] = []
        for first, last, block in blocks:
            row = Row(first, last)
            found.append(row)
            unfit = block[0][0] if block[0] and isinstance(block[0][0], Unfit) else None
            if unfit is not None:
                row.problems.append(Problem("", "bad_row", unfit.message))
                continue
            good.append(row)
            cells.append(block[0])
            if self.plan.has_lines:
                self._row = row
                load_rows.read_lines(self, self.plan.meta, self.plan.paths, block, row)
                # told with lines of the file, not with places in the block
                row.first, row.last = first, last
        self._plain(good, cells)
        for at, each in self.plan.chosen:
            self._column(good, cells, at, _Choices(self.env, each))
        for at in [*self.plan.ids, *self.plan.linked]:
            self._placed(good, cells, at)
        return found

    def _plain(self, rows: list[Row], cells: list[list[Any]]) -> None:
        plain = self.plan.plain
        for row, block in zip(rows, cells, strict=True):
            width = len(block)
            row.values = {
                name: False if (cell := block[at]) == "" else cell
                for at, name in plain
                if at < width and block[at] is not None
            }

    def _column(self, rows: list[Row], cells: list[list[Any]], at: int, key: _Choices) -> None:
        name = self.plan.paths[at][0]
        for row, block in zip(rows, cells, strict=True):
            cell = block[at] if at < len(block) else None
            if cell is not None:
                row.values[name] = key.of(cell)

    def _placed(self, rows: list[Row], cells: list[list[Any]], at: int) -> None:
        """Cells that are looked up; equal texts of a column are equal values."""
        meta, path = self.plan.meta, self.plan.paths[at]
        single = path[0] not in {"id", ".id"} and meta.fields[path[0]].kind == "many2one"
        known: dict[str, Any] = {}
        for row, block in zip(rows, cells, strict=True):
            cell = block[at] if at < len(block) else None
            if cell is None:
                continue
            if single and type(cell) is str and cell in known:
                row.values[path[0]] = known[cell]
                continue
            self._row = row
            try:
                load_rows.place(self, meta, row, path, cell)
            except ValidationError as error:
                row.problems.append(Problem("/".join(path), "bad_value", error.message))
                continue
            if single and type(cell) is str:
                known[cell] = row.values[path[0]]


class _Choices:
    """The keys of a selection by key and by label."""

    def __init__(self, env: Environment, each: Field[Any]) -> None:
        pairs = each.choices(env)  # type: ignore[attr-defined]  # a Selection
        self._keys = {key for key, _ in pairs}
        self._labels: dict[Any, str] = {}
        for key, label in pairs:
            self._labels.setdefault(label, key)

    def of(self, cell: Any) -> Any:
        """The key that a cell means; what it means not is left for the field to refuse."""
        if cell == "":
            return False
        if isinstance(cell, str) and cell not in self._keys:
            return self._labels.get(cell, cell)
        return cell
