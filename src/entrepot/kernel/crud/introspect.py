"""What a model is, told to a caller: its fields with their attributes, as far as the caller may see them.

Calls from outside share answers: `shared_fields_get`. Inside, `fields_get` answers a dictionary of the asker's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from entrepot.errors import Problem, ValidationError
from entrepot.kept import Kept
from entrepot.kernel.access import check
from entrepot.kernel.crud import order as ordering
from entrepot.kernel.crud.group_terms import groupable
from entrepot.kernel.fields.base import LOG_FIELDS, shown
from entrepot.kernel.fields.selection import Selection

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta

MOST_SHARED = 64
"""Answers that the tenants of one registry share at most; one may take half a megabyte."""


class Shared(NamedTuple):
    """An answer, and the choices of the moment that stand in it."""

    answer: Kept
    choices: list[Sequence[tuple[str, str]]]


def fields_get(
    env: Environment, meta: ModelMeta, names: Any = None, attributes: Any = None
) -> dict[str, dict[str, Any]]:
    """field -> attribute -> value for the fields the caller may see; unknown names are left out.

    Attributes without a value are left out too. Source: `spec/odoo-protocol.md` section 7.
    """
    check.check_model(env, meta.name, "read")
    return _told(env, meta, _names("allfields", names), _names("attributes", attributes))


def shared_fields_get(
    env: Environment, meta: ModelMeta, allfields: Any = None, attributes: Any = None
) -> Kept:
    """The same, as one object for all calls that are to be told the same: whoever it is given to must not change it.

    It depends on the registry, the language, the fields that are hidden from the caller, and the choices that are asked
    of a method; with these it is known again.
    """
    check.check_model(env, meta.name, "read")
    wanted, chosen = _names("allfields", allfields), _names("attributes", attributes)
    hidden = tuple(name for name in meta.guarded if not check.may_field(env, meta.fields[name]))
    choices = [each.choices(env) for each in _asked(env, meta)]
    key = (meta.name, env.lang, hidden, wanted, chosen, tuple(map(len, choices)))
    known: dict[Any, Shared] = env.registry.plans.get("fields_get", dict)
    shared = known.get(key)
    if shared is None or shared.choices != choices:
        if len(known) >= MOST_SHARED:
            known.clear()
        shared = known[key] = Shared(Kept(_told(env, meta, wanted, chosen)), choices)
    return shared.answer


def _asked(env: Environment, meta: ModelMeta) -> tuple[Selection, ...]:
    """The fields of a model whose choices are asked of a method."""

    def find() -> tuple[Selection, ...]:
        own = ((each, each.path[-1] if each.path else each) for each in meta.fields.values())
        return tuple(
            each
            for each, target in own
            if isinstance(each, Selection) and isinstance(target.given.get("choices"), str)
        )

    return env.registry.plans.get(("asked choices", meta.name), find)


def _told(
    env: Environment, meta: ModelMeta, wanted: frozenset[str], chosen: frozenset[str]
) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for name, field in meta.fields.items():
        if (wanted and name not in wanted) or not check.may_field(env, field):
            continue
        told = describe(env, meta, field)
        found[name] = {key: value for key, value in told.items() if key in chosen} if chosen else told
    return found


def _names(argument: str, value: Any) -> frozenset[str]:
    if not value:
        return frozenset()
    if not isinstance(value, (list, tuple, set)) or not all(isinstance(each, str) for each in value):
        text = f"{argument} is a list of names, got {shown(value)}"
        raise ValidationError(problems=[Problem(argument, "bad_names", text)])
    return frozenset(value)


def describe(env: Environment, meta: ModelMeta, field: Field[Any]) -> dict[str, Any]:
    """All attributes of one field that have a value."""
    target = field.path[-1] if field.inherited else field
    found: dict[str, Any] = {
        "name": field.name,
        "type": field.kind,
        "string": field.string,
        "readonly": field.readonly or field.name in LOG_FIELDS,
        "required": field.required or (field.inherited and target.required),
        "store": field.stored,
        "searchable": _searchable(env, meta, field),
        "sortable": ordering.sortable(meta, field),
        "groupable": groupable(meta, field),
        "manual": False,
        "company_dependent": False,
        "change_default": False,
        "exportable": field.kind != "binary",
        "default_export_compatible": field.stored,
        "depends": [],
    }
    if field.help:
        found["help"] = field.help
    if field.related:
        found["related"] = field.related
    if field.groups:
        found["groups"] = ",".join(field.groups)
    if field.aggregator and field.stored:
        found["aggregator"] = field.aggregator
    return found | (field if field.comodel else target).describe(env)


def _searchable(env: Environment, meta: ModelMeta, field: Field[Any]) -> bool:
    """Whether a domain can name a field."""
    if meta.sql_able(field) or field.search or field.name == "display_name":
        return True
    if field.path:
        return all(_searchable(env, env.registry.models[step.model], step) for step in field.path)
    return field.table_kind == "ids" and field.stored
