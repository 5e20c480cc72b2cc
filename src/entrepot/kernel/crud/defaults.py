"""Default values: of the context, then of the field."""

from __future__ import annotations

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


def fill(env: Environment, meta: ModelMeta, values: dict[str, Any]) -> None:
    """Add the defaults of fields that have no value; delegated ones are filled where the other record is created."""
    records = meta.type(env)
    # Code that works with other rights than the caller's takes no values from the caller behind its back.
    asker = env if not env.su or env.caller.superuser else env.derive(su=False)
    heard = check.may(asker, meta.name, "create")
    for name, field in meta.fields.items():
        if name in values:
            continue
        key = f"default_{name}"
        if heard and key in env.context and not field.computed and check.may_field(asker, field):
            values[name] = env.context[key]
        elif field.default is not None and not field.inherited and not field.worked_out:
            found = default_of(records, field, numbers=True)
            if found is not None:
                values[name] = found


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
