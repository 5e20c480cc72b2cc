"""The fields of every model as records, made from the registry."""

from __future__ import annotations

from typing import Any

from entrepot.api import Boolean, Char, Integer, Many2one, Model, Selection, Text

_KINDS = (
    "binary", "boolean", "char", "date", "datetime", "float", "html", "integer", "json", "many2many",
    "many2one",
    "monetary", "one2many", "reference", "selection", "text",
)  # fmt: skip
_STATES = [("manual", "Custom Field"), ("base", "Base Field")]


class ModelField(
    Model, name="ir.model.fields", rec_name="field_description", order="name, id", unique=[("model", "name")]
):
    """Fields"""

    name = Char(string="Field Name", required=True, index=True)
    model = Char(string="Model Name", required=True, index=True)
    model_id = Many2one("ir.model", string="Model", required=True, index=True, on_delete="cascade")
    field_description = Char(string="Field Label", required=True, translate=True)
    help = Text(string="Field Help", translate=True)
    ttype = Selection([(kind, kind) for kind in _KINDS], string="Field Type", required=True)
    relation = Char(string="Related Model")
    relation_field = Char()
    related = Char(string="Related Field Definition")
    compute = Text()
    depends = Char(string="Dependencies")
    selection = Text(string="Selection Options (Deprecated)")
    domain = Char()
    groups = Char(help="External ids of the groups that see it, separated by commas; empty for all.")
    on_delete = Char(string="On Delete")
    size = Integer(aggregator=None)
    required = Boolean()
    readonly = Boolean()
    store = Boolean(string="Stored")
    index = Boolean(string="Indexed")
    copied = Boolean()
    translate = Boolean(string="Translatable")
    state = Selection(_STATES, string="Type", default="base", required=True, readonly=True)
    modules = Char(string="In Apps")

    def reflect(self) -> None:
        """Bring these records into line with the registry; `ir.model` has been already."""
        models = {record.model: record.id for record in self.env["ir.model"].sudo().search([])}
        wanted = {
            (model, field.name): {
                **_described(model, models[model], field),
                "modules": ", ".join(meta.modules),
            }
            for model, meta in self.env.registry.models.items()
            for field in meta.fields.values()
        }
        stale = []
        for record in self.sudo().search([]):
            values = wanted.pop((record.model or "", record.name or ""), None)
            if values is None:
                stale.append(record.id)
                continue
            changed = {key: value for key, value in values.items() if _plain(getattr(record, key)) != value}
            if changed:
                record.write(changed)
        self.sudo().browse(stale).unlink()
        self.sudo().create(list(wanted.values()))


def _described(model: str, model_id: int, field: Any) -> dict[str, Any]:
    given = field.given
    choices = given.get("choices")
    return {
        "name": field.name,
        "model": model,
        "model_id": model_id,
        "field_description": field.string or field.name,
        "help": field.help or None,
        "ttype": field.kind,
        "relation": field.comodel or None,
        "relation_field": getattr(field, "inverse_name", None),
        "related": field.related or None,
        "compute": field.compute or None,
        "depends": None,
        "selection": str([tuple(pair) for pair in choices]) if isinstance(choices, (list, tuple)) else None,
        "domain": str(given["domain"]) if given.get("domain") else None,
        "groups": ",".join(field.groups) or None,
        "on_delete": given.get("on_delete"),
        "size": given.get("size") or 0,
        "required": bool(field.required),
        "readonly": bool(field.readonly),
        "store": bool(field.stored),
        "index": bool(field.index),
        "copied": bool(field.copy),
        "translate": bool(field.translate),
        "state": "base",
    }


def _plain(value: Any) -> Any:
    return value.id if isinstance(value, Model) else value
