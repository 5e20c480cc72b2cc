"""What can be converted into one another: weights, times, counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import Char, Many2one, Model, One2many, Problem, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator


class Category(Model, name="uom.category", order="name, id"):
    """Unit of Measure Category"""

    name = Char(string="Unit of Measure Category", required=True, translate=True)
    uom_ids = One2many("uom.uom", "category_id", string="Units")
    reference_uom_id = Many2one("uom.uom", compute="_compute_reference", string="Reference Unit")

    def _compute_reference(self) -> None:
        units = self.env["uom.uom"].search([("category_id", "in", self.ids), ("uom_type", "=", "reference")])
        found = {unit.category_id.id: unit for unit in units}
        for category in self:
            category.reference_uom_id = found.get(category.id)

    @constrains("name")
    def _name_is_no_blank(self) -> Iterator[Problem]:
        for category in self:
            if not (category.name or "").strip():
                yield Problem("name", "required", "A category of units needs a name.")
