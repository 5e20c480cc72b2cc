"""Categories of products, in a hierarchy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import Char, Integer, Many2one, Model, One2many, Problem, constrains, depends

if TYPE_CHECKING:
    from collections.abc import Iterator


class Category(Model, name="product.category", rec_name="complete_name", order="complete_name, id"):
    """Product Category"""

    name = Char(required=True, index=True)
    complete_name = Char(compute="_compute_complete_name", store=True, index=True)
    parent_id = Many2one("product.category", string="Parent Category", index=True, on_delete="cascade")
    child_id = One2many("product.category", "parent_id", string="Child Categories")
    product_count = Integer(
        compute="_compute_product_count",
        string="# Products",
        aggregator=None,
        help="Products in it and below.",
    )

    @depends("name", "parent_id.complete_name")
    def _compute_complete_name(self) -> None:
        for category in self:
            above = category.parent_id.complete_name
            category.complete_name = f"{above} / {category.name}" if above else category.name

    def _compute_product_count(self) -> None:
        groups = self.env["product.template"].read_group(
            [("categ_id", "child_of", self.ids)], ["categ_id"], ["categ_id"]
        )
        held = {group["categ_id"][0]: group["categ_id_count"] for group in groups if group["categ_id"]}
        above = self.browse(held).ancestors()
        for category in self:
            category.product_count = sum(count for each, count in held.items() if category.id in above[each])

    @constrains("parent_id")
    def _hierarchy_has_no_circle(self) -> Iterator[Problem]:
        for category in self:
            seen = {category.id}
            above = category.parent_id
            while above and above.id not in seen:
                seen.add(above.id)
                above = above.parent_id
            if above:
                yield Problem("parent_id", "circle", "You cannot create recursive categories.")

    @constrains("name")
    def _name_is_no_blank(self) -> Iterator[Problem]:
        for category in self:
            if not (category.name or "").strip():
                yield Problem("name", "required", "A product category needs a name.")

    def ancestors(self) -> dict[int, tuple[int, ...]]:
        """Category id -> its own id and those above it, nearest first; one query a level."""
        found: dict[int, tuple[int, ...]] = {}
        level = self
        known = self
        while level:
            level = level.mapped("parent_id") - known
            known |= level
        for category in self:
            chain = [category.id]
            above = category.parent_id
            while above and above.id not in chain:
                chain.append(above.id)
                above = above.parent_id
            found[category.id] = tuple(chain)
        return found
