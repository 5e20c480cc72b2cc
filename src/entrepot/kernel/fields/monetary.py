"""Money: exact decimals, in Python and in the store."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Unpack, overload

from entrepot.kernel.fields.base import FieldError, shown
from entrepot.kernel.fields.numbers import N, NullableNumber, Number, PlainNumber, countable, is_blank

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment

DIGITS = 18
"""How many digits, before and after the point together, a 64-bit integer holds whatever they are."""
_EXACT = Context(prec=100)


class Monetary(Number[N]):
    """An exact amount with `scale` stored decimals (default 4), below 10**(18 - scale); unset reads as 0 unless
    `nullable`.

    Bound and scale together fit a 64-bit integer, so that every store is exact.
    """

    kind = "monetary"
    column_kind = "decimal"
    table_kind = "decimal"
    empty = Decimal(0)

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
        if is_blank(value):
            return None if self.nullable else Decimal(0)
        try:
            given = countable(value)
            number = Decimal(repr(given) if isinstance(given, float) else given)
        except (ValueError, InvalidOperation) as error:
            raise FieldError("not_number", f"expected an amount, got {shown(value)}") from error
        whole = DIGITS - self.scale
        if not number.is_finite() or number.adjusted() >= whole:
            raise FieldError("out_of_range", f"the amount must be finite and below 10^{whole}")
        amount = number.quantize(Decimal(1).scaleb(-self.scale), rounding=ROUND_HALF_UP, context=_EXACT)
        if amount.adjusted() >= whole:
            raise FieldError("out_of_range", f"the amount must be finite and below 10^{whole}")
        return amount or Decimal(0)

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
