"""What a model class declares, and the decorators its methods bear.

Nothing registers itself: a class only remembers its declaration, and `registry` collects the classes of the modules
that an add-on's manifest names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, overload

F = TypeVar("F", bound=Callable[..., Any])
Right = Literal["read", "write", "create", "unlink"]
DEPENDS, CONSTRAINS, ONDELETE, PUBLIC, CRON = "_depends", "_constrains", "_ondelete", "_public", "_cron"
"""The marks that decorators leave on methods."""

RIGHTS: tuple[Right, ...] = ("read", "write", "create", "unlink")


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The class keywords of one model class."""

    name: str
    extends: bool
    delegates: dict[str, str] = field(default_factory=dict)
    order: str = ""
    rec_name: str = ""
    title: str = ""
    abstract: bool = False
    transient: bool = False
    parent: str = ""
    table: str = ""
    unique: Sequence[tuple[str, ...]] = ()
    indexes: Sequence[tuple[str, ...]] = ()
    mixins: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Public:
    """How a method may be called from outside."""

    readonly: bool
    model: bool
    right: Right | None
    absent: bool = False


@dataclass(frozen=True, slots=True)
class Cron:
    """How often a method runs by itself: a number and a unit (minutes, hours, days, weeks, months)."""

    number: int
    unit: str


def depends(*paths: str) -> Callable[[F], F]:
    """Say which fields (dotted paths from the model) a compute method reads."""

    def mark(method: F) -> F:
        setattr(method, DEPENDS, paths)
        return method

    return mark


def constrains(*names: str) -> Callable[[F], F]:
    """Run a check after creation and after writes of these fields; it yields `Problem`s."""

    def mark(method: F) -> F:
        setattr(method, CONSTRAINS, names)
        return method

    return mark


def ondelete(method: F) -> F:
    """Run a check before records are deleted; it yields `Problem`s."""
    setattr(method, ONDELETE, True)
    return method


@overload
def public(method: F) -> F: ...
@overload
def public(
    *, readonly: bool = False, model: bool = False, right: Right | None = None, absent: bool = False
) -> Callable[[F], F]: ...
def public(
    method: F | None = None,
    *,
    readonly: bool = False,
    model: bool = False,
    right: Right | None = None,
    absent: bool = False,
) -> F | Callable[[F], F]:
    """Let a method be called from outside.

    `model`: arguments are straight; otherwise the first is the ids. `readonly`: it changes nothing and runs without
    a write transaction. `right`: what the caller needs on the model (default read when readonly, otherwise write).
    `absent`: ids of records that do not exist reach the method, which answers for each id by itself.
    """

    def mark(function: F) -> F:
        setattr(function, PUBLIC, Public(readonly, model, right, absent))
        return function

    return mark if method is None else mark(method)


def cron(*, every: str) -> Callable[[F], F]:
    """Run a method by itself, e.g. `every="1 day"` or `"30 minutes"`."""
    number, _, unit = every.partition(" ")
    units = ("minute", "hour", "day", "week", "month")
    if not number.isdigit() or unit.rstrip("s") not in units:
        raise ValueError(f"expected a number and one of {', '.join(units)}, got {every!r}")

    def mark(method: F) -> F:
        setattr(method, CRON, Cron(int(number), unit.rstrip("s") + "s"))
        return method

    return mark
