"""External ids: names like `base.be` under which add-ons and imports know records."""

from __future__ import annotations

from typing import Any

from entrepot.api import Boolean, Char, Integer, Model, depends, public
from entrepot.errors import MissingError


class ModelData(Model, name="ir.model.data", order="module, model, name", unique=[("module", "name")]):
    """Model Data"""

    module = Char(required=True, default="__import__")
    name = Char(string="External Identifier", required=True)
    complete_name = Char(compute="_compute_complete_name", string="Complete ID")
    model = Char(string="Model Name", required=True, index=True)
    res_id = Integer(string="Record ID", index=True, aggregator=None, help="ID of the target record.")
    noupdate = Boolean(string="Non Updatable")

    @depends("module", "name")
    def _compute_complete_name(self) -> None:
        for each in self:
            each.complete_name = ".".join(part for part in (each.module, each.name) if part)

    @public(readonly=True, model=True)
    def check_object_reference(
        self, module: str, xml_id: str, raise_on_access_error: Any = None
    ) -> list[Any]:
        """[model, id] behind an external id; [model, False] when the caller may not read the record.

        Raises MissingError for an external id that is not there, AccessError instead of False when asked to.
        """
        found = self.sudo().search([("module", "=", module), ("name", "=", xml_id)], limit=1)
        model = found.model or "" if found else ""
        if model not in self.env:
            raise MissingError(f"External ID not found in the system: {str(module)[:80]}.{str(xml_id)[:80]}")
        target = self.env[model]
        everything = target.with_context(active_test=False)
        visible = everything.search_count([("id", "=", found.res_id)]) if _may_read(target) else 0
        if visible:
            return [model, found.res_id]
        if raise_on_access_error:
            target.check_access_rights("read")
            target.browse([found.res_id]).read(["id"])
        return [model, None]


def _may_read(records: Any) -> bool:
    return bool(records.check_access_rights("read", raise_exception=False))
