"""The command line as its user has it: words in, text and an exit status out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from click.testing import CliRunner

from entrepot.cli.root import entrepot
from entrepot.settings import Settings


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Said]


@pytest.fixture
def run(place: Settings) -> Run:
    """Run a command on the data of the run: `run("tenant", "list", stdin=…)`."""

    def go(*words: str, stdin: str = "", env: dict[str, str] | None = None) -> Said:
        own = {
            "ENTREPOT_DATA": str(place.data),
            "ENTREPOT_STORE": place.store,
            "ENTREPOT_DURABLE": "no",
        } | (env or {})
        found = CliRunner().invoke(entrepot, list(words), input=stdin, env=own, prog_name="entrepot")
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        return Said(found.exit_code, found.stdout, found.stderr)

    return go
