"""Files of rows for the little shop, imported into a transaction that is undone."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from entrepot.kernel.environment import Environment
from entrepot.kernel.transfer import plan as plans
from entrepot.kernel.transfer.batches import batches
from entrepot.kernel.transfer.formats.files import open_sheet
from entrepot.kernel.transfer.formats.sheet import FileOptions
from entrepot.kernel.transfer.importer import Importer
from entrepot.kernel.transfer.options import ImportOptions
from entrepot.kernel.transfer.outcome import Outcome

Import = Callable[..., list[Outcome]]


@pytest.fixture
def take(env: Environment) -> Import:
    """Import a CSV text, or a list of objects: `take("shop.tag", "name\\nRed\\n", key=("name",))`."""

    def go(model: str, content: Any, *, by: Environment | None = None, **given: Any) -> list[Outcome]:
        text = content.encode() if isinstance(content, str) else b"\n".join(map(orjson.dumps, content))
        file = FileOptions(format="csv" if isinstance(content, str) else "ndjson")
        options = ImportOptions(**given)
        sheet = open_sheet(io.BytesIO(text), file)
        working = by or env
        plan = plans.make(working, model, sheet.header, options)
        importer = Importer(plan, "__import__", working.registry)
        found: list[Outcome] = []
        for batch in batches(sheet, plan, options):
            found += importer.batch(working, batch)
            importer.keep()
            working.cache.forget_all()
        sheet.close()
        return found

    return go
