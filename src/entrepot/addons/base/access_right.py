"""Who may read, write, create and delete records of a model: one line a group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.api import Boolean, Char, Many2one, Model, Problem, constrains, depends

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ModelAccess(Model, name="ir.model.access", order="model, group_id, name, id"):
    """Model Access"""

    name = Char(required=True, index=True)
    active = Boolean(default=True)
    model = Char(string="Model Name", required=True, index=True)
    model_id = Many2one(
        "ir.model",
        compute="_compute_model_id",
        inverse="_set_model_id",
        search="_search_model_id",
        string="Model",
    )
    group_id = Many2one(
        "res.groups", index=True, on_delete="cascade", help="Empty: everybody who is logged in."
    )
    perm_read = Boolean(string="Read Access")
    perm_write = Boolean(string="Write Access")
    perm_create = Boolean(string="Create Access")
    perm_unlink = Boolean(string="Delete Access")

    @depends("model")
    def _compute_model_id(self) -> None:
        known = model_ids(self)
        for each in self:
            each.model_id = known.get(each.model or "")

    def _set_model_id(self) -> None:
        for each in self:
            if each.model_id:
                each.model = each.model_id.model

    def _search_model_id(self, operator: str, value: Any) -> list[Any]:
        return search_by_model(self, operator, value)

    def create(self, vals_list: Any) -> Self:
        """Create; the model may be given by name or as a record of `ir.model`."""
        return super().create(with_each(vals_list, lambda values: with_model_name(self, values)))

    @constrains("model")
    def _model_is_there(self) -> Iterator[Problem]:
        for each in self:
            if (each.model or "") not in self.env:
                yield Problem("model", "unknown", f"There is no model named {str(each.model)[:80]}.")


def model_ids(records: Any) -> dict[str, int]:
    """The `ir.model` ids behind the model names of access lines or rules."""
    names = sorted({each.model for each in records})
    found = records.env["ir.model"].sudo().search([("model", "in", names)])
    return {each.model: each.id for each in found}


def search_by_model(records: Any, operator: str, value: Any) -> list[Any]:
    """A domain on the model name for a search by `ir.model` record."""
    field = "name" if isinstance(value, str) else "id"
    names = records.env["ir.model"].sudo().search([(field, operator, value)]).mapped("model")
    return [("model", "in", names)]


def with_model_name(records: Any, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The values with `model` filled in from `model_id`, where only that is given."""
    model_id = values.get("model_id")
    if values.get("model") or not isinstance(model_id, int) or isinstance(model_id, bool):
        return values
    rest = {key: value for key, value in values.items() if key != "model_id"}
    return {**rest, "model": records.env["ir.model"].sudo().browse(model_id).exists().model}
