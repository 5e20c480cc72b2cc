"""What an import or export is asked to do, as frozen values that every door can make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

MAX_ROWS = 1_000_000
BATCH = 1000
"""Rows that are written together."""
MAX_BATCH = 10_000
MAX_REFUSED = 1000
"""An import that keeps nothing stops after so many refused rows: nobody reads more."""
EXPORT_BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How rows are matched and what becomes of bad ones."""

    key: tuple[str, ...] = ()
    """Fields that find the record of a row; without any, the columns `id` and `.id` do."""
    mapping: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """header -> column, for headers that are no columns."""
    ignore_unknown: bool = False
    keep_going: bool = False
    """Leave bad rows out and keep the others; else one bad row undoes all."""
    dry_run: bool = False
    """Give the same answers and keep nothing."""
    skip: int = 0
    """Rows to leave out at the beginning."""
    from_line: int = 0
    """Leave out rows that begin before this line of the file."""
    batch: int = BATCH
    context: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """The language, time zone and companies to work with, as calls have them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """Which records and columns, in which order."""

    columns: tuple[str, ...] = ()
    """As for import; none: `.id` and every stored field that the caller may see, but for files."""
    domain: Any = ()
    order: str | None = None
    limit: int | None = None
    context: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
