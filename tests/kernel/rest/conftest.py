"""Reading the library as a REST client does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.conftest import Library


@pytest.fixture
def rows(lib: Library) -> Callable[..., list[dict[str, Any]]]:
    """A function of a query that answers the rows of books, ordered by id unless another order is given."""

    def find(query: str = "", model: str = "book", **asked: Any) -> list[dict[str, Any]]:
        found = lib[model].rest_search(query, **{"order": "id", **asked})
        return list(found["result"].dicts())

    return find
