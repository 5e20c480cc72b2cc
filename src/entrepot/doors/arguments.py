"""Positions to names for the methods of the `common`, `object` and `db` services, which take only those."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from entrepot.errors import BadRequest


class WrongArguments(BadRequest):
    """The arguments do not fit the method."""


def bind(
    method: str, args: Sequence[Any], required: tuple[str, ...], optional: tuple[tuple[str, Any], ...] = ()
) -> list[Any]:
    """Return one value a parameter: required ones, then optional ones with their defaults filled in.

    Raises WrongArguments that names the missing parameters, or says how many are too many.
    """
    given = len(args)
    if given < len(required):
        missing = ", ".join(f"'{name}'" for name in required[given:])
        raise WrongArguments(f"{method}() is missing {missing}; it takes {signature(required, optional)}.")
    if given > len(required) + len(optional):
        raise WrongArguments(
            f"{method}() takes {signature(required, optional)}, but {given} arguments were given."
        )
    return [*args, *(default for _, default in optional[given - len(required) :])]


def signature(required: tuple[str, ...], optional: tuple[tuple[str, Any], ...]) -> str:
    """The parameters as a person reads them."""
    words = [*required, *(f"{name}={default!r}" for name, default in optional)]
    return ", ".join(words) or "no arguments"


def text(method: str, name: str, value: Any) -> str:
    """A value that must be a text. Raises WrongArguments naming the parameter."""
    if not isinstance(value, str):
        raise WrongArguments(f"{method}(): '{name}' must be a text, not {type(value).__name__}.")
    return value


def texts(method: str, names: Sequence[str], values: Sequence[Any]) -> list[str]:
    """The same for several parameters."""
    return [text(method, name, value) for name, value in zip(names, values, strict=True)]


def member(params: Mapping[str, Any], name: str, method: str) -> Any:
    """A required member of a JSON object of parameters. Raises WrongArguments naming it."""
    try:
        return params[name]
    except KeyError as error:
        raise WrongArguments(f"{method}() is missing the parameter '{name}'.") from error
