"""What became of each row, and of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, TypeAlias

from entrepot.errors import Problem

Status: TypeAlias = Literal["created", "updated", "unchanged", "error"]


class Outcome(NamedTuple):
    """What became of a row. `line` is where it begins in the file, `last` where the last of its lines does."""

    line: int
    status: Status
    id: int | None = None
    """None for errors, and for what is not kept."""
    external_id: str = ""
    problems: tuple[Problem, ...] = ()
    last: int = 0

    def plain(self) -> dict[str, Any]:
        """As an answer says it: the first problem at the top, all of them in a list when there are several."""
        found: dict[str, Any] = {"line": self.line, "status": self.status, "id": self.id}
        if self.external_id:
            found["external_id"] = self.external_id
        if self.problems:
            first, *more = self.problems
            found |= said(first)
            if more:
                found["problems"] = [said(each) for each in self.problems]
        return found


def said(problem: Problem) -> dict[str, str]:
    """A problem as an answer says it."""
    return {"field": problem.path, "code": problem.code, "message": problem.message}


@dataclass(slots=True)
class Summary:
    """The last line of an answer."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    errors: int = 0
    kept: bool = False
    """Whether what was created and updated is kept; of an import that keeps going, all but the errors."""
    dry_run: bool = False
    stopped: str = ""
    """Why the rest of the file was not read; "" when all of it was."""
    next_line: int = 0
    """Where to go on when it stopped, 0 when it did not."""
    ignored: tuple[str, ...] = ()
    """Headers that were left out."""

    @property
    def rows(self) -> int:
        """How many records the rows told of."""
        return self.created + self.updated + self.unchanged + self.errors

    def count(self, outcome: Outcome) -> None:
        """Take one more row into account."""
        if outcome.status == "error":
            self.errors += 1
        else:
            setattr(self, outcome.status, getattr(self, outcome.status) + 1)

    def plain(self) -> dict[str, Any]:
        """As an answer says it."""
        found: dict[str, Any] = {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "errors": self.errors,
            "kept": self.kept,
            "dry_run": self.dry_run,
        }
        if self.stopped:
            found |= {"stopped": self.stopped, "next_line": self.next_line}
        if self.ignored:
            found["ignored"] = list(self.ignored)
        return {"summary": found}
