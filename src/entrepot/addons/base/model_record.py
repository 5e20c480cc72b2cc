"""The models of this tenant as records, so that clients can look around. Made from the registry, never the
other way.
"""

from __future__ import annotations

import inspect
from typing import Any

from entrepot.api import Boolean, Char, MissingError, Model, One2many, Selection, Text, public

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

    @public(readonly=True, model=True, right="read")
    def describe(self, name: str) -> dict[str, Any]:
        """One model for programs: its fields as `fields_get` tells them, and its methods with their parameters.

        Raises MissingError for a model that is not there, AccessError for one the caller may not read.
        """
        if name not in self.env:
            raise MissingError(f"Object {str(name)[:80]} doesn't exist", model=str(name)[:80])
        model = self.env[name]
        methods = {each: _method(model, each, mark) for each, mark in sorted(model.meta.methods.items())}
        return {"model": name, "name": model.meta.title, "fields": model.fields_get(), "methods": methods}


def _method(model: Any, name: str, mark: Any) -> dict[str, Any]:
    function = getattr(type(model), name)
    parameters: dict[str, Any] = {}
    for each in list(inspect.signature(function).parameters.values())[1:]:
        told: dict[str, Any] = {"required": each.default is each.empty}
        if each.default is not each.empty and isinstance(each.default, (bool, int, float, str, type(None))):
            told["default"] = each.default
        parameters[each.name] = told
    doc = inspect.getdoc(function) or ""
    return {
        "parameters": parameters,
        "api": ["model"] if mark.model else [],
        "doc": doc,
        "readonly": mark.readonly,
    }


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
