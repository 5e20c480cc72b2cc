"""What is told of an import on its way: to whom, and the lines that wait until they are sure."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

import orjson

from entrepot.kernel.transfer.outcome import Outcome

Report: TypeAlias = Literal["all", "errors", "none"]
CHUNK = 64 * 1024
IN_MEMORY = 1 << 20


class Stopped(Exception):  # noqa: N818 - an event, no fault
    """Whoever listens wants no more of it."""


class Listener(Protocol):
    """Who is told of an import on its way."""

    def lines(self, content: bytes) -> None:
        """Lines of NDJSON, one a row, that are sure: committed, or known to be in vain."""

    def refused(self, outcome: Outcome) -> None:
        """A row was refused."""

    def progress(self, rows: int, part: float) -> None:
        """So many rows are done, and this part of the file. Raise Stopped to end it."""


class Deaf:
    """Listens to nothing."""

    def lines(self, content: bytes) -> None:
        """See `Listener`."""

    def refused(self, outcome: Outcome) -> None:
        """See `Listener`."""

    def progress(self, rows: int, part: float) -> None:
        """See `Listener`."""


def _spool() -> tempfile.SpooledTemporaryFile[bytes]:
    """Room for lines: on the disk when they are many."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY)


@dataclass(slots=True)
class Lines:
    """What became of rows, as lines that wait until they are sure: on the disk when they are many."""

    report: Report
    whole: tempfile.SpooledTemporaryFile[bytes] = field(default_factory=_spool)
    errors: tempfile.SpooledTemporaryFile[bytes] = field(default_factory=_spool)

    def add(self, outcomes: Sequence[Outcome], *, known: bool) -> None:
        """Take outcomes; `known`: whether new records keep their ids."""
        if self.report == "none":
            return
        option = orjson.OPT_APPEND_NEWLINE
        for outcome in outcomes:
            is_error = outcome.status == "error"
            if self.report == "errors" and not is_error:
                continue
            told = outcome if known or outcome.status != "created" else outcome._replace(id=None)
            line = orjson.dumps(told.plain(), option=option)
            self.whole.write(line)
            if is_error:
                self.errors.write(line)

    def send(self, listener: Listener, *, only_errors: bool) -> None:
        """Tell what is sure now, and begin anew."""
        chosen = self.errors if only_errors else self.whole
        chosen.seek(0)
        while chunk := chosen.read(CHUNK):
            listener.lines(chunk)
        self.clear()

    def clear(self) -> None:
        """Forget what is not sure."""
        for each in (self.whole, self.errors):
            each.seek(0)
            each.truncate()

    def close(self) -> None:
        """Let go of the files."""
        self.whole.close()
        self.errors.close()
