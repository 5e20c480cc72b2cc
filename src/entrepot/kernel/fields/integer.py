"""Whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, overload

from entrepot.kernel.fields.base import FieldError, shown
from entrepot.kernel.fields.numbers import N, NullableNumber, Number, PlainNumber, countable, is_blank

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

LIMIT = 2**31


class Integer(Number[N]):
    """A whole number of 32 bits; unset reads as 0 unless `nullable`."""

    kind = "integer"
    column_kind = "integer"
    table_kind = "integer"
    empty = 0

    @overload
    def __init__(self: Integer[int], **given: Unpack[PlainNumber]) -> None: ...
    @overload
    def __init__(self: Integer[int | None], **given: Unpack[NullableNumber]) -> None: ...
    def __init__(self, **given: Any) -> None:
        """Declare a whole number."""
        super().__init__(**given)

    def parse(self, value: Any, env: Environment) -> int | None:
        """Whole numbers and their text; empty is 0, or None where the field is nullable."""
        if is_blank(value):
            return None if self.nullable else 0
        try:
            given = countable(value)
            number = int(given)
        except (ValueError, OverflowError) as error:
            raise FieldError("not_integer", f"expected a whole number, got {shown(value)}") from error
        if not isinstance(given, str) and number != given:
            raise FieldError("not_integer", f"expected a whole number, got {shown(value)}")
        if not -LIMIT <= number < LIMIT:
            raise FieldError("out_of_range", "the number does not fit 32 bits")
        return number
