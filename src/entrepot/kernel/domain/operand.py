"""A condition's value -> the parameter that its column is compared with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError

if TYPE_CHECKING:
    from entrepot.kernel.fields.base import Field

Convert = Callable[[Any], Any]


def operand(field: Field[Any], operator: str, *, exact: bool) -> Convert:
    """The conversion of a single value for a field and operator. It raises ValidationError naming the field."""
    match field.kind:
        case "integer" | "many2one" | "one2many" | "many2many":
            convert: Convert = _whole
        case "float":
            convert = _number
        case "monetary":
            scale = field.scale

            def money(value: Any) -> Any:
                amount = Decimal(repr(value) if isinstance(value, float) else value)
                if not amount.is_finite():
                    raise ValueError(value)
                if exact:
                    return amount
                scaled = amount.scaleb(scale)
                return int(scaled) if scaled == scaled.to_integral_value() else float(scaled)

            convert = money
        case "date":
            convert = _day
        case "datetime":
            convert = _late if operator in {">", "<="} else _early
        case _:
            convert = _text

    def guarded(value: Any) -> Any:
        try:
            return convert(value)
        except (ValueError, TypeError, InvalidOperation, OverflowError) as error:
            text = f"Invalid domain: {field.name!r} ({field.kind}) cannot be compared with {repr(value)[:60]}"
            raise ValidationError(problems=[Problem(field.name, "bad_value", text)]) from error

    return guarded


def operands(convert: Convert) -> Convert:
    """The conversion of a list: unset values are left out."""
    return lambda values: [convert(each) for each in values if each is not None and each is not False]


def contains(value: Any) -> str:
    """The LIKE pattern of a text anywhere; its own wildcards count."""
    return f"%{_text(value)}%"


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    if "\0" in text:
        raise ValidationError(
            problems=[Problem("domain", "nul", "Invalid domain: text must not contain NUL characters")]
        )
    return text


pattern = _text


def _whole(value: Any) -> int | float:
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, str) and (len(value) > 20 or "_" in value):
        raise ValueError(value[:40])
    number = int(value)
    if not -(2**63) <= number < 2**63:
        raise OverflowError(value)
    return number


def _number(value: Any) -> float:
    number = float(value)
    if number != number or number in (float("inf"), float("-inf")):  # noqa: PLR0124 - NaN is not itself
        raise ValueError(value)
    return number


def _day(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str) or len(value) not in {10, 19}:
        raise ValueError(value)
    return datetime.fromisoformat(value).date().isoformat()


def _early(value: Any) -> str:
    return _moment(value, "00:00:00")


def _late(value: Any) -> str:
    return _moment(value, "23:59:59")


def _moment(value: Any, time: str) -> str:
    if isinstance(value, datetime):
        return (
            value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
            if value.tzinfo
            else value.isoformat(" ", "seconds")
        )
    if isinstance(value, date):
        return f"{value.isoformat()} {time}"
    if isinstance(value, str) and len(value) == 10:
        return f"{date.fromisoformat(value).isoformat()} {time}"
    if isinstance(value, str) and len(value) in {16, 19}:
        return datetime.fromisoformat(value).replace(tzinfo=None).isoformat(" ", "seconds")
    raise ValueError(value)
