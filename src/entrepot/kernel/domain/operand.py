"""A condition on a plain value -> the same condition in its normal form, or TRUE or FALSE.

The normal form is what SQL and memory compare: whole numbers as `int` and amounts as `Decimal` that their column can hold,
floats as `float`, days and moments as the text that stores keep, every other text as text. `like` always has a text.
What no row can decide otherwise (`= 3.5` of a whole number, `< 10**40`) is decided here, so that stores of different
numeric range agree.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.domain.parse import FALSE, TRUE, Leaf, Node
from entrepot.kernel.fields.base import shown

if TYPE_CHECKING:
    from entrepot.kernel.fields.base import Field

EQUAL = frozenset({"=", "!=", "in", "not in"})
ORDERED = frozenset({"<", "<=", ">", ">="})
LIKE = frozenset({"like", "ilike", "=like", "=ilike", "not like", "not ilike"})
TEXTS = frozenset({"char", "text", "html", "selection", "reference"})
_USABLE = {
    "boolean": EQUAL,
    "float": EQUAL | ORDERED,
    "monetary": EQUAL | ORDERED,
}
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?)?", re.ASCII)
_MAX_NUMBER = 60
_MAX_PATTERN = 10_000
_INT32 = (-(2**31), 2**31 - 1)
_INT64 = (-(2**63), 2**63 - 1)
_WIDE = Context(prec=200)


def normal(field: Field[Any], leaf: Leaf) -> Node:
    """The normal form of a condition on a field without relation.

    Raises ValidationError for an operator the field's type does not have, and for a value that is none of its type.
    """
    kind = "integer" if leaf.zone or "." in leaf.field else field.kind
    operator, value = leaf.operator, leaf.value
    if operator not in _USABLE.get(kind, EQUAL | ORDERED | LIKE):
        raise refused(field, f"{operator!r} cannot be used with a {kind}")
    if kind == "integer" and type(value) is int and _INT32[0] <= value <= _INT32[1] and operator not in LIKE:
        return leaf
    try:
        if operator in LIKE:
            return _with(leaf, _pattern(value, whole=operator.startswith("=")))
        if kind in {"integer", "monetary"}:
            return _stepped(leaf, field.scale if kind == "monetary" else 0, kind)
        return _each(leaf, kind)
    except (ValueError, TypeError, InvalidOperation, OverflowError) as error:
        text = f"cannot be compared with {shown(value)}"
        raise refused(field, f"a {kind} {text}", code="bad_value") from error


def whole(leaf: Leaf) -> Node:
    """The normal form of a condition on ids, which are whole numbers."""
    value = leaf.value
    if type(value) is int and _INT32[0] <= value <= _INT32[1]:
        return leaf
    return _stepped(leaf, 0, "integer")


def refused(field: Field[Any], why: str, *, code: str = "not_searchable") -> ValidationError:
    """The error of a condition that a field cannot have."""
    text = f"Invalid domain: {field.name!r} of {field.model}: {why}"
    return ValidationError(problems=[Problem(field.name, code, text)], model=field.model)


def unset(value: Any) -> bool:
    """Whether a condition's value stands for "not set"."""
    return value is None or value is False


def text_of(value: Any) -> str:
    """A value as text that every store can keep. Raises ValueError."""
    if isinstance(value, bytes):
        raise TypeError(value)
    text = value if isinstance(value, str) else str(value)
    if "\0" in text:
        raise ValueError(text)
    if not text.isascii():
        text.encode()  # a lone surrogate is a ValueError
    return text


def _with(leaf: Leaf, value: Any) -> Leaf:
    return Leaf(leaf.field, leaf.operator, value, None, leaf.zone)


def _each(leaf: Leaf, kind: str) -> Node:
    value = leaf.value
    if kind == "boolean":
        return _with(leaf, [bool(each) for each in value] if isinstance(value, list) else bool(value))
    late = leaf.operator in {">", "<="}
    if isinstance(value, list):
        return _with(leaf, [each if unset(each) else _one(kind, each, late=late) for each in value])
    return leaf if unset(value) else _with(leaf, _one(kind, value, late=late))


def _one(kind: str, value: Any, *, late: bool) -> Any:
    if kind == "float":
        number = float(_checked(value))
        if not math.isfinite(number):
            raise ValueError(value)
        return number
    if kind in {"date", "datetime"}:
        day, time = _moment(value)
        return day if kind == "date" else f"{day} {time or ('23:59:59' if late else '00:00:00')}"
    return text_of(value)


def _checked(value: Any) -> Any:
    """A number, or the text of one."""
    if isinstance(value, str) and (len(value) > _MAX_NUMBER or not _NUMBER.fullmatch(value.strip())):
        raise ValueError(value[:_MAX_NUMBER])
    return value


def _moment(value: Any) -> tuple[str, str]:
    """Day and time of a date, a datetime or its text; no time when only a day is given."""
    if isinstance(value, datetime):
        moment = value.astimezone(UTC) if value.tzinfo else value
        return moment.date().isoformat(), moment.time().isoformat("seconds")
    if isinstance(value, date):
        return value.isoformat(), ""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError(value)
    moment = datetime.fromisoformat(value)
    return moment.date().isoformat(), moment.time().isoformat("seconds") if len(value) > 10 else ""


def _pattern(value: Any, *, whole: bool) -> str:
    """The LIKE pattern of a condition; "" for one that every text matches (or only an empty one, when `whole`)."""
    if unset(value) or value == "":
        return ""
    text = text_of(value)
    if len(text) > _MAX_PATTERN:
        raise ValueError(text[:80])
    # PostgreSQL refuses an escape with nothing behind it: it stands for itself
    if (len(text) - len(text.rstrip("\\"))) % 2:
        text += "\\"
    return text if whole else f"%{text}%"


def _stepped(leaf: Leaf, scale: int, kind: str) -> Node:
    """A comparison with a column that holds whole steps of 10**-scale within a range."""
    value = leaf.value
    bounds = _INT64 if kind == "monetary" else _INT32
    if isinstance(value, list):
        exact = [each if unset(each) else _step(each, scale, bounds) for each in value]
        kept = [_number(each, scale, kind) for each in exact if not isinstance(each, tuple)]
        return _with(leaf, kept)
    if unset(value):
        return leaf
    step = _step(value, scale, bounds)
    if not isinstance(step, tuple):
        return _with(leaf, _number(step, scale, kind))
    if leaf.operator in {"=", "!="}:
        return TRUE if leaf.operator == "!=" else FALSE
    below, operator = step[0], "<=" if leaf.operator in {"<", "<="} else ">"
    if below < bounds[0]:
        return (
            FALSE
            if operator == "<="
            else Leaf(leaf.field, ">=", _number(bounds[0], scale, kind), None, leaf.zone)
        )
    return Leaf(leaf.field, operator, _number(below, scale, kind), None, leaf.zone)


def _step(value: Any, scale: int, bounds: tuple[int, int]) -> int | tuple[int]:
    """How many steps a number is; when that is not a whole number of the range, the next one below, in a tuple."""
    number = Decimal(repr(value) if isinstance(value, float) else _checked(value))
    if not number.is_finite():
        raise ValueError(value)
    if number > bounds[1]:
        return (bounds[1],)
    if number < bounds[0]:
        return (bounds[0] - 1,)
    steps = number.scaleb(scale, _WIDE)
    below = int(steps.to_integral_value(ROUND_FLOOR, _WIDE))
    if below > bounds[1] or below < bounds[0]:
        return (min(max(below, bounds[0] - 1), bounds[1]),)
    return below if below == steps else (below,)


def _number(steps: Any, scale: int, kind: str) -> Any:
    if unset(steps):
        return steps
    return Decimal(steps).scaleb(-scale, _WIDE) if kind == "monetary" else steps
