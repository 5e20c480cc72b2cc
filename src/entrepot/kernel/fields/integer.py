"""Whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from entrepot.kernel.fields.base import Field, FieldError, is_unset
from entrepot.kernel.fields.numbers import NullableNumber, PlainNumber

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

N = TypeVar("N")
LIMIT = 2**31


class Integer(Field[N]):
    """A whole number of 32 bits; unset reads as 0 unless `nullable`."""

    kind = "integer"
    column_kind = "integer"
    table_kind = "integer"
    empty = 0
    default_aggregator = "sum"

    @overload
    def __init__(self: Integer[int], **given: Unpack[PlainNumber]) -> None: ...
    @overload
    def __init__(self: Integer[int | None], **given: Unpack[NullableNumber]) -> None: ...
    def __init__(self, **given: Any) -> None:
        """Declare a whole number."""
        super().__init__(**given)

    def parse(self, value: Any, env: Environment) -> int | None:
        """Whole numbers and their text; empty is 0, or None where the field is nullable."""
        if is_unset(value) or value == "":
            return None if self.nullable else 0
        number: int
        if isinstance(value, float) and not value.is_integer():
            raise FieldError("not_integer", f"expected a whole number, got {value!r}")
        try:
            number = int(value) if not isinstance(value, str) else int(_digits(value))
        except (TypeError, ValueError, OverflowError) as error:
            raise FieldError("not_integer", f"expected a whole number, got {_shown(value)}") from error
        if not -LIMIT <= number < LIMIT:
            raise FieldError("out_of_range", "the number does not fit 32 bits")
        return number


def _digits(text: str) -> str:
    if "_" in text or len(text) > 40:
        raise ValueError(text[:40])
    return text


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
