"""The option that tells an unset number from zero."""

from __future__ import annotations

from typing import Literal

from entrepot.kernel.fields.base import Options


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
