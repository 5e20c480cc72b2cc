"""What numbers share: the option that tells an unset one from zero, and which values of a caller are numbers at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, TypeVar

from entrepot.kernel.fields.base import Field, Options, is_unset

N = TypeVar("N")
LONGEST_TEXT = 60
"""A longer text is no number that a field could hold."""


class NumberOptions(Options, total=False):
    """What numbers take besides."""

    digits: tuple[int, int]
    currency: str
    scale: int


class PlainNumber(NumberOptions, total=False):
    """Options of a number that reads as zero when unset."""

    nullable: Literal[False]


class NullableNumber(NumberOptions):
    """Options of a number that reads as None when unset."""

    nullable: Literal[True]


class Number(Field[N]):
    """A field of numbers; unset is zero unless it is `nullable`."""

    default_aggregator = "sum"

    def same(self, one: Any, other: Any) -> bool:
        """Unset is zero, where unset reads as zero."""
        return super().same(one, other) if self.nullable else (one or 0) == (other or 0)


def is_blank(value: Any) -> bool:
    """Whether a caller's value means "no number"."""
    return is_unset(value) or (isinstance(value, str) and not value.strip())


def countable(value: Any) -> int | float | Decimal | str:
    """A caller's number, or the text of one. Raises ValueError for what is neither.

    Texts with `_` are refused: Python reads them as numbers, people do not.
    """
    if isinstance(value, str):
        text = value.strip()
        if "_" in text or len(text) > LONGEST_TEXT:
            raise ValueError(text[:LONGEST_TEXT])
        return text
    if isinstance(value, (int, float, Decimal)):
        return value
    raise ValueError(type(value).__name__)
