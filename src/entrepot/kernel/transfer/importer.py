"""One batch of rows after the other: matched, compared, written.

A batch is written whole. When that is refused, the rows that are to blame are found (the store's refusals by halving),
told, and left out; good rows stay fast beside bad ones. What becomes of the transaction is the caller's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from entrepot.errors import AccessError, EntrepotError, Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.crud.load_rows import Row
from entrepot.kernel.transfer import keys, saving
from entrepot.kernel.transfer.links import Links
from entrepot.kernel.transfer.outcome import Outcome
from entrepot.kernel.transfer.plan import Plan
from entrepot.kernel.transfer.reading import Block, Reader
from entrepot.storage.violations import ReadOnlyViolation, SerializationFailure, Violation

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.registry import Registry

Named = dict[Any, int]
"""external id or key -> the line that bears it"""


class Importer:
    """The rows of one file on their way into one model."""

    def __init__(self, plan: Plan, module: str, registry: Registry | None = None) -> None:
        """`module`: of external ids that name none. `registry`: what the plan was made with."""
        self.plan = plan
        self.registry = registry
        self.links = Links(module)
        self.counted_from = 0
        """What is added to lines when they are told to people."""
        self._seen: Named = {}
        self._new: Named = {}

    def batch(self, env: Environment, blocks: Sequence[Block]) -> list[Outcome]:
        """Import the rows of some records; what became of each, in their order.

        Good rows are written and flushed, bad ones are not. Rows may refer to rows above them. Call `keep` once the
        transaction is sure, `undo` when it was rolled back.
        """
        reader = Reader(env, self.plan, self.links)
        found: list[Row] = []
        rest = list(blocks)
        while rest:
            reader.look_up(rest)
            cut = reader.cut(rest)
            found.extend(self._part(env, reader, rest[:cut]))
            rest = rest[cut:]
        return [_outcome(row) for row in found]

    def follow(self, before: Importer) -> None:
        """Go on where another one stopped, that was made with another plan for the same file."""
        self._seen = before._seen

    def keep(self) -> None:
        """What the last batches found is committed, or will be with the rest."""
        self._seen.update(self._new)
        self._new = {}

    def undo(self) -> None:
        """The transaction of the last batches was rolled back."""
        self._new = {}
        self.links.forget()

    def _part(self, env: Environment, reader: Reader, blocks: Sequence[Block]) -> list[Row]:
        rows = reader.rows(blocks)
        for row in rows:
            self._admit(reader, row)
        self._match(env, [row for row in rows if not row.problems])
        self._check_alive(env, [row for row in rows if row.target and not row.problems])
        good = [row for row in rows if not row.problems]
        if not check.may(env, self.plan.meta.name, "create"):
            self._refuse_fresh(env, good)
        self._save(env, reader, [row for row in good if not row.problems])
        return rows

    # whose row it is ---------------------------------------------------------------------------------------------

    def _admit(self, reader: Reader, row: Row) -> None:
        """Find the record of a row by its own ids; a row whose external id was there is told."""
        row.target = row.database_id
        if row.problems or not row.external_id:
            return
        name = row.external_id = reader.full(row.external_id)
        before = self._new.setdefault(name, self._seen.get(name, row.first))
        if before != row.first:
            text = f"External id {name!r} is in row {before + self.counted_from} too."
            row.problems.append(Problem("id", "twice", text))
            return
        known = self.links.of_external(name)
        row.is_named = known is not None
        model, record_id = known or (self.plan.meta.name, 0)
        if model != self.plan.meta.name:
            text = f"External id {name!r} belongs to a {model}, not to a {self.plan.meta.name}."
            row.problems.append(Problem("id", "wrong_model", text))
            return
        row.target = row.database_id or record_id

    def _match(self, env: Environment, rows: list[Row]) -> None:
        """Find the records of rows without one by the key."""
        names, meta = self.plan.key, self.plan.meta
        if not names:
            return
        waiting = [row for row in rows if not row.target]
        by_row = keys.of_rows(env, meta, names, waiting)
        found = keys.find(env, meta, names, [key for key in by_row if key is not None])
        for row, key in zip(waiting, by_row, strict=True):
            if key is None:
                continue
            before = self._new.setdefault(key, self._seen.get(key, row.first))
            ids = found.get(key, ())
            if before != row.first:
                text = f"Row {before + self.counted_from} has the same key."
                row.problems.append(Problem(names[0], "twice", text))
            elif len(ids) > 1:
                row.problems.append(keys.ambiguous(names, key, ids))
            elif ids:
                row.target = ids[0]

    def _check_alive(self, env: Environment, rows: list[Row]) -> None:
        """A row that names a record by its id must find it."""
        ids = tuple(dict.fromkeys(row.target for row in rows))
        records = env[self.plan.meta.name].sudo().with_context(active_test=False)
        alive = set(records.browse(ids).exists().ids) if ids else set()
        for row in rows:
            if row.target not in alive:
                text = f"Record does not exist or has been deleted. (id {row.target})"
                row.problems.append(Problem("", "missing", text))

    def _refuse_fresh(self, env: Environment, rows: list[Row]) -> None:
        """Tell that the caller may make no records, once for each row that would be one."""
        try:
            check.check_model(env, self.plan.meta.name, "create")
        except AccessError as error:
            for row in rows:
                if not row.target:
                    row.problems.append(Problem("", error.code, error.message))

    # saving ------------------------------------------------------------------------------------------------------

    def _save(self, env: Environment, reader: Reader, rows: list[Row]) -> None:
        """Save rows together; when that is refused, find out whose fault it is and save the others."""
        if not rows:
            return
        try:
            with env.savepoint():
                names = saving.write(env, self.plan, reader, rows)
        except saving.Blamed as error:
            self._forget(rows)
            blamed = [row for row in rows if id(row) in error.rows]
            # each on its own: only that proves the fault, and names it as the row's own
            for row in blamed:
                self._save(env, reader, [row])
            self._save(env, reader, [row for row in rows if id(row) not in error.rows])
        except (SerializationFailure, ReadOnlyViolation):
            raise
        except (EntrepotError, Violation) as error:
            self._forget(rows)
            if len(rows) == 1:
                _tell(rows[0], error)
                return
            half = len(rows) // 2
            self._save(env, reader, rows[:half])
            self._save(env, reader, rows[half:])
        else:
            for model, ids in names:
                self.links.know(model, ids)

    def _forget(self, rows: list[Row]) -> None:
        self.links.forget()
        for row in rows:
            row.status = ""


def _tell(row: Row, error: Exception) -> None:
    """A row that cannot be saved, and why."""
    row.status = ""
    if isinstance(error, ValidationError) and error.problems:
        row.problems.extend(error.problems)
    elif isinstance(error, EntrepotError):
        row.problems.append(Problem("", error.code, error.message))
    else:
        row.problems.append(Problem("", "refused", "The database refuses these values."))


def _outcome(row: Row) -> Outcome:
    if row.problems or not row.status:
        return Outcome(row.first, "error", None, row.external_id, tuple(row.problems), row.last)
    return Outcome(row.first, row.status, row.target, row.external_id, (), row.last)
