"""What a model is, told to a caller: its fields with their attributes, as far as the caller may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.errors import Problem, ValidationError
from entrepot.kernel.access import check
from entrepot.kernel.fields.base import LOG_FIELDS

if TYPE_CHECKING:
    from entrepot.kernel.environment import Environment
    from entrepot.kernel.fields.base import Field
    from entrepot.kernel.registry import ModelMeta


def fields_get(
    env: Environment, meta: ModelMeta, names: Any = None, attributes: Any = None
) -> dict[str, dict[str, Any]]:
    """field -> attribute -> value for the fields the caller may see; unknown names are left out.

    Attributes without a value are left out too. Source: `spec/odoo-protocol.md` section 7.
    """
    check.check_model(env, meta.name, "read")
    for argument, value in (("allfields", names), ("attributes", attributes)):
        if value and not isinstance(value, (list, tuple, set)):
            text = f"{argument} is a list of names, got {repr(value)[:60]}"
            raise ValidationError(problems=[Problem(argument, "bad_names", text)])
    wanted = set(names) if names else None
    chosen = set(attributes) if attributes else None
    found: dict[str, dict[str, Any]] = {}
    for name, field in meta.fields.items():
        if (wanted is not None and name not in wanted) or not check.may_field(env, field):
            continue
        described = describe(env, meta, field)
        found[name] = (
            described if chosen is None else {key: value for key, value in described.items() if key in chosen}
        )
    return found


def describe(env: Environment, meta: ModelMeta, field: Field[Any]) -> dict[str, Any]:
    """All attributes of one field that have a value."""
    searchable = meta.sql_able(field) or bool(field.search) or (field.table_kind == "ids" and field.stored)
    sortable = meta.sql_able(field) and field.kind not in {"one2many", "many2many", "binary", "json"}
    target = field.path[-1] if field.inherited else field
    found: dict[str, Any] = {
        "name": field.name,
        "type": field.kind,
        "string": field.string,
        "readonly": field.readonly or field.name in LOG_FIELDS,
        "required": field.required or (field.inherited and target.required),
        "store": field.stored,
        "searchable": searchable or field.name == "id",
        "sortable": sortable or field.name == "id",
        "groupable": sortable,
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
    return found | target.describe(env) if not field.comodel else found | field.describe(env)
