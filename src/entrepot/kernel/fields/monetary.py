"""Money: exact decimals, in Python and in the store."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

from entrepot.kernel.fields.base import Field, FieldError, is_unset
from entrepot.kernel.fields.numbers import NullableNumber, PlainNumber

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

N = TypeVar("N")
BOUND = Decimal(10) ** 14


class Monetary(Field[N]):
    """An exact amount with `scale` stored decimals (default 4), below 10**14; unset reads as 0 unless `nullable`.

    The bound and the scale are what a 64-bit integer holds, so that every store is exact.
    """

    kind = "monetary"
    column_kind = "decimal"
    table_kind = "decimal"
    empty = Decimal(0)
    default_aggregator = "sum"

    @overload
    def __init__(self: Monetary[Decimal], **given: Unpack[PlainNumber]) -> None: ...
    @overload
    def __init__(self: Monetary[Decimal | None], **given: Unpack[NullableNumber]) -> None: ...
    def __init__(self, **given: Any) -> None:
        """Declare an amount."""
        super().__init__(**given)

    def _read_options(self) -> None:
        super()._read_options()
        self.scale: int = self.given.get("scale", 4)
        self.currency: str = self.given.get("currency", "currency_id")

    def parse(self, value: Any, env: Environment) -> Decimal | None:
        """Numbers and their text, rounded half up to the scale."""
        if is_unset(value) or value == "":
            return None if self.nullable else Decimal(0)
        try:
            if isinstance(value, str) and ("_" in value or len(value) > 60):
                raise ValueError(value[:40])
            number = (
                value
                if isinstance(value, Decimal)
                else Decimal(repr(value) if isinstance(value, float) else value)
            )
        except (TypeError, ValueError, InvalidOperation) as error:
            raise FieldError("not_number", f"expected an amount, got {repr(value)[:60]}") from error
        if not number.is_finite() or abs(number) >= BOUND:
            raise FieldError("out_of_range", "the amount must be finite and below 10^14")
        return number.quantize(Decimal(1).scaleb(-self.scale), rounding=ROUND_HALF_UP)

    def raw(self, cached: Any, *, exact: bool) -> Any:
        """A Decimal, or an int scaled by 10**scale."""
        return cached if cached is None or exact else int(cached.scaleb(self.scale))

    def cached(self, raw: Any) -> Decimal | None:
        """A Decimal of either raw form."""
        if raw is None:
            return None
        return Decimal(raw).scaleb(-self.scale) if isinstance(raw, int) else raw

    def describe(self, env: Environment) -> dict[str, Any]:
        """The field that holds the currency."""
        return {"currency_field": self.currency}
