"""Numbers with a fraction, for measures. Money is `Monetary`."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Any, Unpack, overload

from entrepot.kernel.fields.base import FieldError, shown
from entrepot.kernel.fields.numbers import N, NullableNumber, Number, PlainNumber, countable, is_blank

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

WHOLE = 1e15
"""Past this a float has no fraction worth rounding."""
_EXACT = Context(prec=60)


class Float(Number[N]):
    """A binary floating-point number, rounded to `digits` on write; unset reads as 0.0 unless `nullable`."""

    kind = "float"
    column_kind = "float"
    table_kind = "float"
    empty = 0.0

    @overload
    def __init__(self: Float[float], **given: Unpack[PlainNumber]) -> None: ...
    @overload
    def __init__(self: Float[float | None], **given: Unpack[NullableNumber]) -> None: ...
    def __init__(self, **given: Any) -> None:
        """Declare a number."""
        super().__init__(**given)

    def _read_options(self) -> None:
        super()._read_options()
        self.digits: tuple[int, int] | None = self.given.get("digits")

    def parse(self, value: Any, env: Environment) -> float | None:
        """Numbers and their text; empty is 0.0, or None where the field is nullable. Refuses NaN and infinity."""
        if is_blank(value):
            return None if self.nullable else 0.0
        try:
            number = float(countable(value))
        except (ValueError, OverflowError) as error:
            raise FieldError("not_number", f"expected a number, got {shown(value)}") from error
        if not math.isfinite(number):
            raise FieldError("not_number", "expected a finite number")
        return rounded(number, self.digits[1]) if self.digits else number

    def cached(self, raw: Any) -> Any:
        """A float."""
        return None if raw is None else float(raw)

    def describe(self, env: Environment) -> dict[str, Any]:
        """The digits."""
        return {"digits": list(self.digits)} if self.digits else {}


def rounded(number: float, places: int) -> float:
    """Round half away from zero as people do, on the shortest decimal spelling of the number."""
    if abs(number) >= WHOLE:
        return number
    quantum = Decimal(1).scaleb(-places)
    return float(Decimal(repr(number)).quantize(quantum, rounding=ROUND_HALF_UP, context=_EXACT))
