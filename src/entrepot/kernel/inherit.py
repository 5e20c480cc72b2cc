"""The classes that declare one model, from several add-ons, become one class with one set of fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from entrepot.kernel.declare import Declaration
from entrepot.kernel.fields.base import Field
from entrepot.kernel.model import Model


class DeclarationError(Exception):
    """An add-on's models cannot be put together; the message names the class and the mend."""


def chains(classes: Iterable[type[Model]]) -> dict[str, list[type[Model]]]:
    """Group declaring classes by model, the defining one first, extensions in the order of loading."""
    found: dict[str, list[type[Model]]] = {}
    for each in classes:
        declared = each.declared
        if declared is None:
            continue
        if declared.extends:
            if declared.name not in found:
                raise DeclarationError(
                    f"{each.__qualname__} extends {declared.name}, which no loaded add-on defines"
                )
            found[declared.name].append(each)
        else:
            if declared.name in found:
                raise DeclarationError(
                    f"{each.__qualname__} defines {declared.name} again; use extends={declared.name!r}"
                )
            found[declared.name] = [each]
    return found


def bases(chain: list[type[Model]], all_chains: dict[str, list[type[Model]]]) -> tuple[type[Model], ...]:
    """The bases of the finished class: extensions (latest first), the definition, then mixins, then Model."""
    found: dict[type[Model], None] = {}
    for each in reversed(chain):
        found[each] = None
    for each in chain:
        for mixin in _declaration(each).mixins:
            if mixin not in all_chains:
                raise DeclarationError(f"{each.__qualname__}: no loaded add-on defines the mixin {mixin}")
            for part in bases(all_chains[mixin], all_chains):
                if part is not Model:
                    found[part] = None
    found[Model] = None
    return tuple(found)


def fields(parts: tuple[type[Model], ...]) -> dict[str, Field[Any]]:
    """The fields of a model: those of its bases, later declarations laid over earlier ones."""
    found: dict[str, Field[Any]] = {}
    for part in reversed(parts):
        for name, value in vars(part).items():
            if isinstance(value, Field):
                before = found.get(name)
                found[name] = value.rebuilt(dict(value.given)) if before is None else before.merged(value)
                found[name].name = name
    return found


def setting(chain: list[type[Model]], name: str, default: Any) -> Any:
    """A class keyword: the latest declaration that gives it wins."""
    for each in reversed(chain):
        value = getattr(_declaration(each), name)
        if value:
            return value
    return default


def _declaration(each: type[Model]) -> Declaration:
    if each.declared is None:
        raise DeclarationError(f"{each.__qualname__} declares no model")
    return each.declared
