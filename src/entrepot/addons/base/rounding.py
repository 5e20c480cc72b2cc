"""Rounding of exact amounts to a multiple of a step, and conversion between two rates. No records, no
floats.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypeAlias

Method: TypeAlias = Literal["HALF_UP", "HALF_DOWN", "HALF_EVEN", "UP", "DOWN"]

_WIDEST = 400
"""Digits on either side of the point beyond which a number is refused: whole-number arithmetic would take
the memory.
"""


def round_to(value: Decimal, step: Decimal, method: Method = "HALF_UP") -> Decimal:
    """The multiple of `step` next to `value`, exact, with as many decimals as `step` has.

    HALF_UP, HALF_DOWN and HALF_EVEN go to the nearest multiple and differ on ties (away from zero, towards
    zero, to the
    even multiple); UP and DOWN always go away from or towards zero. Raises ValueError for a step that is
    not positive and for
    numbers that are not finite or wider than 400 digits.
    """
    _refuse_odd(value)
    _refuse_odd(step)
    if step <= 0:
        raise ValueError(f"a rounding step is positive, not {step}")
    places = max(_decimals(value), _decimals(step))
    amount, unit = _scaled(value, places), _scaled(step, places)
    whole, rest = divmod(abs(amount), unit)
    if rest and _goes_up(2 * rest - unit, whole, method):
        whole += 1
    negative = amount < 0 and whole != 0
    own_places = _decimals(step)
    return _from_scaled(whole * _scaled(step, own_places), own_places, negative=negative)


def decimal_places(step: Decimal) -> int:
    """How many decimals a step needs: 0.01 needs 2, 0.05 needs 2, 1 and 10 need none."""
    _refuse_odd(step)
    exponent = step.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def is_zero(value: Decimal, step: Decimal) -> bool:
    """Whether an amount rounds to nothing."""
    return round_to(value, step) == 0


def compare(first: Decimal, second: Decimal, step: Decimal) -> int:
    """-1, 0 or 1: how two amounts compare once each is rounded. Source: the field's usual reading of
    equality.
    """
    left, right = round_to(first, step), round_to(second, step)
    return (left > right) - (left < right)


def convert(amount: Decimal, from_rate: Decimal, to_rate: Decimal, step: Decimal | None) -> Decimal:
    """An amount in another currency; rates are units of the currency for one unit of the company's. `step`
    None keeps all digits.

    Raises ValueError when `from_rate` is not positive.
    """
    if from_rate <= 0:
        raise ValueError(f"a rate is positive, not {from_rate}")
    result = amount if from_rate == to_rate else amount * to_rate / from_rate
    return result if step is None else round_to(result, step)


def _goes_up(twice_rest_over_unit: int, whole: int, method: Method) -> bool:
    match method:
        case "UP":
            return True
        case "DOWN":
            return False
        case "HALF_UP":
            return twice_rest_over_unit >= 0
        case "HALF_DOWN":
            return twice_rest_over_unit > 0
        case "HALF_EVEN":
            return twice_rest_over_unit > 0 or (twice_rest_over_unit == 0 and whole % 2 == 1)


def _refuse_odd(value: Decimal) -> None:
    if not value.is_finite() or abs(value.adjusted()) > _WIDEST or len(value.as_tuple().digits) > _WIDEST:
        raise ValueError(f"cannot round {value}")


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _scaled(value: Decimal, places: int) -> int:
    sign, digits, exponent = value.as_tuple()
    number = int("".join(map(str, digits))) * int(10 ** (int(exponent) + places))
    return -number if sign else number


def _from_scaled(number: int, places: int, *, negative: bool) -> Decimal:
    return Decimal((int(negative), tuple(map(int, str(number))), -places))
