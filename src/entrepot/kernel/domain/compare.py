"""One column compared with one condition's value -> SQL.

Decided by field, operator and the value's `facts` alone; the value itself comes with each execution. Unset columns match
as `spec/odoo-protocol.md` section 9 says: `=` finds them by unset values, negative operators keep them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.kernel.domain.operand import LIKE, ORDERED, TEXTS
from entrepot.kernel.domain.shape import EMPTY, SET, TRUE, UNSET, WIDE, ZERO
from entrepot.storage.sql import SQL, Slot

if TYPE_CHECKING:
    from entrepot.kernel.fields.base import Field
    from entrepot.storage.abc import Dialect, Kind

_NUMBERS = frozenset({"integer", "float", "monetary"})
_ORDERED = {"<": "{} < {}", "<=": "{} <= {}", ">": "{} > {}", ">=": "{} >= {}"}


@dataclass(frozen=True, slots=True)
class Comparand:
    """The left side of a comparison. `zero`: an unset number counts as 0, and 0 as unset."""

    sql: SQL
    kind: str
    stored: Kind
    zero: bool = False
    scale: int = 0

    @property
    def textual(self) -> bool:
        """Whether an empty text counts as unset."""
        return self.kind in TEXTS


def of_field(field: Field[Any], column: SQL) -> Comparand:
    """A field's column."""
    zero = field.kind in _NUMBERS and not field.nullable and field.name != "id"
    return Comparand(column, field.kind, field.column_kind or "integer", zero, field.scale)


def of_part(column: SQL) -> Comparand:
    """A number taken from a date."""
    return Comparand(column, "integer", "integer")


def compare(dialect: Dialect, left: Comparand, operator: str, facts: int, slot: int) -> SQL:
    """The condition. A condition under a NOT is made two-valued by whoever puts it there."""
    if left.kind == "boolean":
        return _boolean(left.sql, operator, facts)
    if operator in {"in", "not in"}:
        return _among(dialect, left, operator, facts, slot)
    if operator in LIKE:
        return _like(dialect, left, operator, facts, slot)
    bound = Slot(slot, _scaled(dialect, left))
    if operator in ORDERED:
        return SQL(_ORDERED[operator], left.sql, bound) if facts & SET else SQL("FALSE")
    if facts & UNSET or (facts & EMPTY and left.textual) or (facts & ZERO and left.zero):
        return _unset(left) if operator == "=" else SQL("NOT {}", _unset(left))
    if operator == "=":
        return SQL("{} = {}", left.sql, bound)
    return SQL("({} <> {} OR {} IS NULL)", left.sql, bound, left.sql)


def _boolean(column: SQL, operator: str, facts: int) -> SQL:
    wanted = {flag for flag, fact in ((True, TRUE), (False, UNSET)) if facts & fact}
    if operator in {"!=", "not in"}:
        wanted = {True, False} - wanted
    if len(wanted) != 1:
        return SQL("TRUE" if wanted else "FALSE")
    return SQL("{} = TRUE", column) if True in wanted else SQL("({} IS NULL OR {} = FALSE)", column, column)


def _among(dialect: Dialect, left: Comparand, operator: str, facts: int, slot: int) -> SQL:
    negative = operator == "not in"
    unset = facts & UNSET or (facts & EMPTY and left.textual) or (facts & ZERO and left.zero)
    if unset:
        # "one of these or unset" is what rules of companies say: it holds for most rows, so an index would mislead
        left = replace(left, sql=dialect.unindexed(left.sql))
    parts = []
    if facts & SET:
        bound = Slot(slot, _present(_scaled(dialect, left)))
        parts.append(dialect.among(left.sql, bound, left.stored))
    if unset:
        parts.append(_unset(left))
    if not parts:
        return SQL("TRUE" if negative else "FALSE")
    found = parts[0] if len(parts) == 1 else SQL("({})", SQL(" OR ").join(parts))
    if not negative:
        return found
    return SQL("NOT COALESCE({}, FALSE)", found) if unset else SQL("({} IS NULL OR NOT {})", left.sql, found)


def _like(dialect: Dialect, left: Comparand, operator: str, facts: int, slot: int) -> SQL:
    negative = operator.startswith("not ")
    word = operator.removeprefix("not ")
    if facts & EMPTY:
        if word in {"=like", "=ilike"}:
            return _unset(left)
        return SQL("FALSE") if negative else SQL("TRUE")
    column = left.sql if left.textual else SQL("CAST({} AS TEXT)", left.sql)
    case = word in {"like", "=like"}
    found = dialect.like(column, Slot(slot), case=case, ascii_only=not facts & WIDE)
    return SQL("({} IS NULL OR NOT ({}))", left.sql, found) if negative else found


def _unset(left: Comparand) -> SQL:
    if left.textual:
        return SQL("({} IS NULL OR {} = '')", left.sql, left.sql)
    if left.zero:
        return SQL("({} IS NULL OR {} = 0)", left.sql, left.sql)
    return SQL("{} IS NULL", left.sql)


def _scaled(dialect: Dialect, left: Comparand) -> Callable[[Any], Any] | None:
    if left.kind != "monetary" or dialect.exact_decimals:
        return None
    scale = left.scale

    def steps(amount: Decimal) -> int:
        return int(amount.scaleb(scale))

    return steps


def _present(convert: Callable[[Any], Any] | None) -> Callable[[Any], list[Any]]:
    """A list without what is unset."""
    if convert is None:
        return lambda values: [each for each in values if each is not None and each is not False]
    return lambda values: [convert(each) for each in values if each is not None and each is not False]
