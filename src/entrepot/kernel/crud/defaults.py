"""Default values: of the context, then of the field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem
from entrepot.kernel import command
from entrepot.kernel.access import check
from entrepot.kernel.crud.values import problem, raise_problems
from entrepot.kernel.fields.base import FieldError, SequenceDefault

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.model import Model
    from entrepot.kernel.registry import ModelMeta


def default_of(records: Model, field: Field[Any], *, numbers: bool) -> Any:
    """One field's default, None when it has none. `numbers`: whether a sequence may be used up for it."""
    chosen = field.default
    if isinstance(chosen, SequenceDefault):
        return records.env["ir.sequence"].sudo().next_by_code(chosen.code) if numbers else None
    return chosen(records) if callable(chosen) else chosen


class Filler:
    """Adds the defaults of fields that have no value, for any number of records that are made together; delegated ones are
    filled where the other record is created.
    """

    __slots__ = ("_asked", "_given", "_records")

    def __init__(self, env: Environment, meta: ModelMeta) -> None:
        """Look which fields have a default, of their own or in the context."""
        self._records = meta.type(env)
        self._given: dict[str, Any] = _of_context(env, meta)
        self._asked: tuple[tuple[str, Field[Any]], ...] = env.registry.plans.get(
            ("defaults", meta.name), lambda: tuple(_with_default(meta))
        )

    def fill(self, values: dict[str, Any]) -> None:
        """Add what is missing; a number of a sequence is used up only for a record that needs it."""
        for name, value in self._given.items():
            values.setdefault(name, value)
        for name, field in self._asked:
            if name not in values:
                chosen = field.default
                found = (
                    default_of(self._records, field, numbers=True)
                    if callable(chosen) or isinstance(chosen, SequenceDefault)
                    else chosen
                )
                if found is not None:
                    values[name] = found


def _with_default(meta: ModelMeta) -> Iterator[tuple[str, Field[Any]]]:
    for name, field in meta.fields.items():
        if field.default is not None and not field.inherited and not field.worked_out:
            yield name, field


def _of_context(env: Environment, meta: ModelMeta) -> dict[str, Any]:
    """The defaults that the context brings, as far as the caller has a say.

    None for readonly fields: methods keep those, and see only the values that `create` is given, not what comes later.
    """
    names = [key.removeprefix("default_") for key in env.context if key.startswith("default_")]
    fields = [(name, meta.fields[name]) for name in names if name in meta.fields]
    if not fields:
        return {}
    # Code that works with other rights than the caller's takes no values from the caller behind its back.
    asker = env if not env.su or env.caller.superuser else env.derive(su=False)
    if not check.may(asker, meta.name, "create"):
        return {}
    return {
        name: env.context[f"default_{name}"]
        for name, field in fields
        if not field.computed
        and (not field.readonly or env.caller.superuser)
        and check.may_field(asker, field)
    }


def default_get(env: Environment, meta: ModelMeta, names: list[Any]) -> dict[str, Any]:
    """The defaults of these fields, only of those that have one; relations as ids, x2many as commands.

    Raises ValidationError for a default in the context that does not fit its field.
    """
    records = meta.type(env)
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name in names:
        field = meta.fields.get(name) if isinstance(name, str) else None
        if field is None or not check.may_field(env, field):
            continue
        value = env.context.get(f"default_{name}")
        if value is None:
            owner = field.path[-1] if field.inherited else field
            base = env[owner.model] if field.inherited else records
            value = default_of(base, owner, numbers=False)
        if value is None:
            continue
        try:
            if field.table_kind == "ids":
                found[name] = command.parse(value)
            else:
                cached = field.parse(value, env)
                found[name] = cached if field.kind == "many2one" else field.plain(cached, records)
        except FieldError as error:
            problems.append(problem(field, error))
    raise_problems(meta, problems)
    return found
