"""Which part of the records one answer holds, and the numbers that go with it. Pure arithmetic.

Source: `spec/rest-and-exchange.md` section A3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from entrepot.errors import BadQuery, Problem
from entrepot.kernel.crud.search import MAX_OFFSET
from entrepot.kernel.fields.base import shown

MAX_PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """One part: `size` None is all of it. `limit` cuts what the page holds; None and 0 cut nothing."""

    number: int = 1
    size: int | None = None
    offset: int = 0
    limit: int | None = None

    @property
    def bounds(self) -> tuple[int, int | None]:
        """Offset and limit among all matching records."""
        if self.size is None:
            return self.offset, self.limit or None
        start = self.offset + (self.number - 1) * self.size
        return start, min(self.size, self.limit or self.size)


def page(number: Any, size: Any, offset: Any, limit: Any, most: int = MAX_PAGE_SIZE) -> Page:
    """A checked page. Raises BadQuery with everything that is wrong; `most` is the largest page."""
    problems: list[Problem] = []

    def whole(name: str, value: Any, least: int, top: int) -> int | None:
        if value is None or value is False or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= top:
            text = f"{name} is a whole number from {least} to {top}, got {shown(value)}."
            problems.append(Problem(name, "bad_bound", text))
            return None
        return value

    size_ = whole("page_size", size, 1, most)
    found = Page(
        whole("page", number, 1, MAX_OFFSET // max(most, 1)) or 1,
        size_,
        whole("offset", offset, 0, MAX_OFFSET // 2) or 0,
        whole("limit", limit, 0, MAX_OFFSET) or None,
    )
    if found.number > 1 and size_ is None and not problems:
        problems.append(Problem("page", "no_page_size", "A page other than the first needs page_size."))
    if problems:
        raise BadQuery(problems=problems)
    return found


def numbers(asked: Page, count: int, total: int) -> dict[str, int | None]:
    """The members of the envelope besides the rows. `count`: the rows of this answer; `total`: all that match."""
    if asked.size is None:
        return {"count": count, "prev": None, "current": 1, "next": None, "total_pages": 1, "total": total}
    pages = -(-max(total - asked.offset, 0) // asked.size)
    before = min(asked.number - 1, pages)
    return {
        "count": count,
        "prev": before if before >= 1 else None,
        "current": asked.number,
        "next": asked.number + 1 if asked.number < pages else None,
        "total_pages": pages,
        "total": total,
    }
