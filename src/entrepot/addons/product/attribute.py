"""Attributes by which the variants of a product differ, and the values that they can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.api import (
    Boolean,
    Char,
    Integer,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    UserError,
    ValidationError,
    constrains,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CREATE_VARIANT = [("always", "Instantly"), ("dynamic", "Dynamically"), ("no_variant", "Never (option)")]
_DISPLAY = [
    ("radio", "Radio"),
    ("pills", "Pills"),
    ("select", "Select"),
    ("color", "Color"),
    ("multi", "Multi-checkbox"),
]


class Attribute(Model, name="product.attribute", order="sequence, id"):
    """Product Attribute"""

    name = Char(required=True, translate=True)
    sequence = Integer(default=10, aggregator=None, index=True)
    active = Boolean(default=True)
    create_variant = Selection(
        _CREATE_VARIANT,
        required=True,
        default="always",
        string="Variants Creation Mode",
        help="When variants of its values are made: with the product, when first asked for, or never.",
    )
    display_type = Selection(_DISPLAY, required=True, default="radio")
    value_ids = One2many("product.attribute.value", "attribute_id", string="Values")
    attribute_line_ids = One2many("product.template.attribute.line", "attribute_id", string="Lines")

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; how variants are made stays as it is while a product uses the attribute."""
        mode = vals.get("create_variant")
        if mode is not None:
            used = self.filtered(lambda each: each.create_variant != mode and each.attribute_line_ids)
            if used:
                names = ", ".join(each.name or "" for each in used)
                text = f"You cannot change the variants creation mode of {names}: products use it."
                raise ValidationError(
                    problems=[Problem("create_variant", "in_use", text)], model=self.model_name
                )
        return super().write(vals)

    @ondelete
    def _products_let_go_first(self) -> None:
        lines = self.env["product.template.attribute.line"].with_context(active_test=False)
        if lines.search_count([("attribute_id", "in", self.ids)], limit=1):
            raise UserError("You cannot delete an attribute that products use. Archive it instead.")


class AttributeValue(
    Model,
    name="product.attribute.value",
    order="attribute_id, sequence, id",
    unique=[("attribute_id", "name")],
):
    """Attribute Value"""

    name = Char(required=True, translate=True, string="Value")
    sequence = Integer(default=10, aggregator=None, index=True)
    active = Boolean(default=True)
    attribute_id = Many2one("product.attribute", required=True, on_delete="cascade", index=True)
    color = Integer(string="Color Index", aggregator=None)
    html_color = Char(string="Color")
    is_custom = Boolean(string="Is custom value")
    default_extra_price = Monetary(
        help="The extra price where a product takes the value up.", aggregator=None
    )
    display_type = Selection(_DISPLAY, related="attribute_id.display_type", readonly=True)

    @depends("name", "attribute_id.name")
    def _compute_display_name(self) -> None:
        for value in self:
            value.display_name = f"{value.attribute_id.name}: {value.name}"

    @constrains("attribute_id")
    def _values_stay_with_their_attribute(self) -> Iterator[Problem]:
        used = self.env["product.template.attribute.value"].with_context(active_test=False)
        for each in used.search([("product_attribute_value_id", "in", self.ids)]):
            if each.attribute_id != each.product_attribute_value_id.attribute_id:
                yield Problem(
                    "attribute_id", "in_use", f"Products use the value {each.name}: its attribute stays."
                )

    @ondelete
    def _products_let_go_first(self) -> None:
        used = self.env["product.template.attribute.value"].with_context(active_test=False)
        if used.search_count([("product_attribute_value_id", "in", self.ids)], limit=1):
            raise UserError("You cannot delete an attribute value that products use. Archive it instead.")
