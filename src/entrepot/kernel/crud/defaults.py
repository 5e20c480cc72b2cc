"""Default values: of the context, then of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.kernel.access import check
from entrepot.kernel.fields.base import SequenceDefault

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
    for name, field in meta.fields.items():
        if name in values:
            continue
        key = f"default_{name}"
        if key in env.context and not field.computed:
            values[name] = env.context[key]
        elif field.default is not None and not field.inherited:
            found = default_of(records, field, numbers=True)
            if found is not None:
                values[name] = found


def default_get(env: Environment, meta: ModelMeta, names: list[str]) -> dict[str, Any]:
    """The defaults of these fields, only of those that have one; relations as ids, x2many as commands."""
    records = meta.type(env)
    found: dict[str, Any] = {}
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
        if field.table_kind == "ids":
            ids = list(value.ids) if hasattr(value, "ids") else value
            found[name] = [(6, 0, ids)] if all(isinstance(each, int) for each in ids) else ids
        else:
            cached = field.parse(value, env)
            found[name] = cached if field.kind == "many2one" else field.plain(cached, records)
    return found
