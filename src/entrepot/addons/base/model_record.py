"""The models of this tenant as records, so that clients can look around. Made from the registry, never the
other way.
"""

from __future__ import annotations

from typing import Any

from entrepot.api import Boolean, Char, Model, One2many, Selection, Text

_STATES = [("manual", "Custom Object"), ("base", "Base Object")]


class ModelRecord(Model, name="ir.model", order="name, model"):
    """Models"""

    name = Char(string="Model Description", translate=True, required=True)
    model = Char(required=True, unique=True)
    order = Char(default="id", required=True)
    info = Text(string="Information")
    field_id = One2many("ir.model.fields", "model_id", string="Fields")
    state = Selection(_STATES, string="Type", default="base", readonly=True)
    transient = Boolean(string="Transient Model")
    abstract = Boolean(string="Abstract Model")
    modules = Char(string="In Apps", help="The add-ons that define or extend it, separated by commas.")

    def reflect(self) -> None:
        """Bring these records and those of the fields into line with the registry. Runs at every install
        and upgrade.
        """
        described = {name: _described(meta) for name, meta in self.env.registry.models.items()}
        known = {record.model: record for record in self.sudo().search([])}
        new = [values for name, values in described.items() if name not in known]
        self.sudo().create(new)
        for name, record in known.items():
            if name not in described:
                record.unlink()
            else:
                changed = {
                    key: value for key, value in described[name].items() if getattr(record, key) != value
                }
                if changed:
                    record.write(changed)
        self.env["ir.model.fields"].reflect()


def _described(meta: Any) -> dict[str, Any]:
    return {
        "model": meta.name,
        "name": meta.title or meta.name,
        "order": meta.order or "id",
        "info": " ".join((meta.type.__doc__ or "").split()) or None,
        "state": "base",
        "transient": bool(meta.transient),
        "abstract": bool(meta.abstract),
        "modules": ", ".join(meta.modules),
    }
