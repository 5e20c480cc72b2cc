"""Import of rows by external id, as Odoo's `load`: names of fields in columns, texts in cells.

Columns: `field`; `id` (the external id); `.id` (the database id); `field/id` and `field/.id` for links by external or
database id, `field` alone for links by name; `field/sub` for lines of a one2many, which continue in following
rows whose own columns are empty. Rows may refer to rows above them. Nothing is kept unless every row is right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import BadRequest, EntrepotError, Problem, ValidationError
from entrepot.kernel import externals
from entrepot.kernel.command import CREATE, UPDATE
from entrepot.kernel.crud import load_rows
from entrepot.kernel.crud.load_rows import Row

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta

MAX_ROWS = 100_000


def load(records: Model, columns: Sequence[Any], data: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Import rows: `{"ids": [...] or False, "messages": [...], "nextrow": 0}`; each message has its row and field."""
    env = records.env
    if len(data) > MAX_ROWS:
        raise BadRequest(f"load takes at most {MAX_ROWS} rows, got {len(data)}")
    importer = _Importer(env, env.registry.models[records.model_name])
    paths = [load_rows.path_of(column) for column in columns]
    for column, path in zip(columns, paths, strict=True):
        wrong = load_rows.wrong_path(env, importer.meta, path)
        if wrong is not None:
            importer.say(0, 0, str(column)[:60], f"Column {str(column)[:60]!r}: {wrong}", "unknown_field")
    if not importer.messages:
        try:
            with env.savepoint():
                importer.run(paths, data)
                if importer.messages:
                    raise _Refused  # noqa: TRY301 - undoes the savepoint
        except _Refused:
            pass
    ids = False if importer.messages else importer.ids
    return {"ids": ids, "messages": importer.messages, "nextrow": 0}


class _Refused(Exception):  # noqa: N818 - a signal, not an error
    """Some row is wrong: nothing of the import is kept."""


class _Importer:
    """One import on its way. Records wait until one below them needs them, or the end comes; then they are one create."""

    def __init__(self, env: Environment, meta: ModelMeta) -> None:
        self.env = env
        self.meta = meta
        self.module = load_rows.module_of(env)
        self.messages: list[dict[str, Any]] = []
        self.ids: list[int] = []
        self.known: dict[str, tuple[str, int]] = {}
        self.waiting: list[tuple[int, Row]] = []
        self.named: dict[str, int] = {}
        """external id -> the first row that bears it"""

    def run(self, paths: list[list[str]], data: Sequence[Sequence[Any]]) -> None:
        """Import all rows; what is wrong is in `messages` afterwards."""
        self._look_up(paths, data)
        for first, block in load_rows.blocks(self.meta, paths, data):
            row = load_rows.read(self, self.meta, paths, block, first)
            at = len(self.ids)
            self.ids.append(0)
            if self._admit(row):
                self.waiting.append((at, row))
        self._save()

    def _look_up(self, paths: list[list[str]], data: Sequence[Sequence[Any]]) -> None:
        """Find every external id that the rows name at once; what is no external id is said where it is used."""
        names: dict[str, None] = {}
        for at, path in enumerate(paths):
            if path[-1] == "id":
                cells = (row[at] for row in data if at < len(row))
                names.update(
                    dict.fromkeys(self._full(text) for cell in cells for text in load_rows.texts(cell))
                )
        usable = [name for name in names if all(name.partition("."))]
        self.known = externals.find(self.env, usable)

    def _full(self, text: Any) -> str:
        return load_rows.full(str(text), self.module)

    def _admit(self, row: Row) -> bool:
        """Whether a row can be saved; gives it the id of the record that it updates."""
        if not row.external_id:
            row.target = row.database_id
            return not row.wrong
        name = row.external_id = self._full(row.external_id)
        before = self.named.setdefault(name, row.first)
        if before != row.first:
            text = f"External id {name!r} is in row {before + 1} too."
            self.say(row.first, row.last, "id", text, "twice")
            return False
        model, record_id = self.known.get(name, (self.meta.name, 0))
        if model != self.meta.name:
            text = f"External id {name!r} belongs to a {model}, not to a {self.meta.name}."
            self.say(row.first, row.last, "id", text, "wrong_model")
            return False
        row.target = row.database_id or record_id
        return not row.wrong

    def resolve(self, model: str, text: str) -> int | None:
        """The id behind an external id; a row above that waits is saved first."""
        name = self._full(text)
        if name not in self.known and name in self.named:
            self._save()
        found = self.known.get(name)
        return found[1] if found is not None and found[0] == model else None

    def say(self, first: int, last: int, name: str, text: str, code: str) -> None:
        """Tell of a mistake in rows `first` to `last`, counted from 0."""
        self.messages.append(
            {
                "type": "error",
                "code": code,
                "message": text,
                "rows": {"from": first, "to": last},
                "record": first,
                "field": name.strip(".").replace("/", ".").partition(".")[0],
            }
        )

    # saving ------------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        """Save the rows that wait, all at once; when that is refused, one by one to learn which rows are wrong."""
        waiting, self.waiting = self.waiting, []
        if not waiting:
            return
        try:
            with self.env.savepoint():
                self._write(waiting)
        except EntrepotError:
            for each in waiting:
                self._guarded(each[1], lambda each=each: self._write([each]))  # type: ignore[misc]  # bound now

    def _guarded(self, row: Row, work: Callable[[], None]) -> None:
        try:
            with self.env.savepoint():
                work()
        except ValidationError as error:
            for problem in error.problems or (Problem("", error.code, error.message),):
                self.say(row.first, row.last, problem.path, problem.message, problem.code)
        except EntrepotError as error:
            self.say(row.first, row.last, "", error.message, error.code)

    def _write(self, rows: list[tuple[int, Row]]) -> None:
        records = self.env[self.meta.name]
        fresh = [(at, row) for at, row in rows if not row.target]
        for at, row in rows:
            if row.target:
                self.ids[at] = row.target
                target = records.browse(row.target)
                before = {name: self._lines(name, row.target) for name in row.lines}
                target.write(self._values(row))
                self._name_lines(row, row.target, before)
        if not fresh:
            return
        made = records.create([self._values(row) for _, row in fresh])
        names: dict[str, int] = {}
        for (at, row), record_id in zip(fresh, made.ids, strict=True):
            self.ids[at] = record_id
            self._name_lines(row, record_id, {})
            if row.external_id:
                names[row.external_id] = record_id
        self._remember(self.meta.name, names)

    def _values(self, row: Row) -> dict[str, Any]:
        """The values of a row, its lines as commands."""
        values = dict(row.values)
        for name, lines in row.lines.items():
            commands: list[Any] = []
            for line in lines:
                found = self.known.get(self._full(line.external_id)) if line.external_id else None
                target = line.database_id or (found[1] if found is not None else 0)
                inner = self._values(line)
                commands.append((UPDATE, target, inner) if target else (CREATE, 0, inner))
            values[name] = commands
        return values

    def _lines(self, name: str, owner: int) -> set[int]:
        field: Any = self.meta.fields[name]
        lines = self.env[field.comodel].sudo().with_context(active_test=False)
        return set(lines.search([(field.inverse_name, "=", owner)]).ids)

    def _name_lines(self, row: Row, owner: int, before: dict[str, set[int]]) -> None:
        """Give new lines their external ids: they were made in the order of the rows."""
        for name, lines in row.lines.items():
            new = [
                line
                for line in lines
                if not line.database_id
                and (not line.external_id or self._full(line.external_id) not in self.known)
            ]
            if not any(line.external_id for line in new):
                continue
            made = sorted(self._lines(name, owner) - before.get(name, set()))
            names = {
                self._full(line.external_id): record_id
                for line, record_id in zip(new, made, strict=False)
                if line.external_id
            }
            self._remember(self.meta.fields[name].comodel, names)

    def _remember(self, model: str, names: dict[str, int]) -> None:
        if names:
            externals.remember(self.env, model, names, noupdate=bool(self.env.context.get("noupdate")))
            self.known.update({name: (model, record_id) for name, record_id in names.items()})
