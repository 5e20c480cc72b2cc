"""Which attributes a template has, with which values, and what each value adds to its price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

from entrepot.api import (
    Boolean,
    Char,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    UserError,
    ValidationError,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class AttributeLine(
    Model, name="product.template.attribute.line", rec_name="attribute_id", order="sequence, id"
):
    """Product Template Attribute Line"""

    product_tmpl_id = Many2one("product.template", required=True, on_delete="cascade", index=True)
    sequence = Integer(default=10, aggregator=None)
    active = Boolean(default=True)
    attribute_id = Many2one("product.attribute", required=True, on_delete="restrict", index=True)
    value_ids = Many2many("product.attribute.value", string="Values")
    value_count = Integer(compute="_compute_value_count", aggregator=None)
    product_template_value_ids = One2many(
        "product.template.attribute.value", "attribute_line_id", string="Product Attribute Values"
    )

    @depends("value_ids")
    def _compute_value_count(self) -> None:
        for line in self:
            line.value_count = len(line.value_ids)

    @constrains("active", "value_ids", "attribute_id")
    def _values_fit(self) -> Iterator[Problem]:
        for line in self.filtered("active"):
            attribute = line.attribute_id
            if not line.value_ids:
                yield Problem(
                    "value_ids", "required", f"The attribute {attribute.name} needs at least one value."
                )
            for value in line.value_ids:
                if value.attribute_id != attribute:
                    text = f"{value.name} is no value of the attribute {attribute.name}."
                    yield Problem("value_ids", "contradiction", text)

    @constrains("active", "attribute_id", "product_tmpl_id")
    def _attributes_are_there_once(self) -> Iterator[Problem]:
        others = self.search([("product_tmpl_id", "in", self.mapped("product_tmpl_id").ids)])
        seen: set[tuple[int, int]] = set()
        for line in others:
            key = (line.product_tmpl_id.id, line.attribute_id.id)
            if key in seen and line in self | others:
                text = f"{line.product_tmpl_id.name} has the attribute {line.attribute_id.name} already."
                yield Problem("attribute_id", "unique", text)
            seen.add(key)

    def create(self, vals_list: Any) -> Self:
        """Create; values and variants of the template follow. A line that was taken off with its archived variants comes
        back as it was.
        """
        many = [vals_list] if isinstance(vals_list, Mapping) else vals_list
        if not isinstance(many, (list, tuple)):
            return super().create(vals_list)
        asleep = self._asleep(many)
        made = iter(super().create([each for at, each in enumerate(many) if at not in asleep]))
        lines = self.browse()
        for at, values in enumerate(many):
            if at in asleep:
                kept = {name: value for name, value in values.items() if name in {"value_ids", "sequence"}}
                super(AttributeLine, asleep[at]).write({**kept, "active": True})
                lines |= asleep[at]
            else:
                lines |= next(made)
        lines.update_values()
        return lines

    def _asleep(self, many: Sequence[Any]) -> dict[int, Self]:
        """Place -> the archived line of the same product and attribute, for the values that have one."""
        wanted = {
            at: (each.get("product_tmpl_id"), each.get("attribute_id"))
            for at, each in enumerate(many)
            if isinstance(each, Mapping)
        }
        templates = [template for template, _ in wanted.values() if type(template) is int]
        lines = self.with_context(active_test=False).search(
            [("product_tmpl_id", "in", templates), ("active", "=", False)]
        )
        known = {(line.product_tmpl_id.id, line.attribute_id.id): line.with_env(self.env) for line in lines}
        return {at: known[key] for at, key in wanted.items() if key in known}

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; values and variants of the template follow. A line stays with its product and attribute."""
        for name in ("product_tmpl_id", "attribute_id"):
            if name in vals and any(getattr(line, name).id != vals[name] for line in self):
                text = "A line stays with its product and attribute: delete it and make another one."
                raise ValidationError(problems=[Problem(name, "fixed", text)], model=self.model_name)
        done = super().write(vals)
        if "value_ids" in vals or "active" in vals:
            self.update_values()
        return done

    def unlink(self) -> bool:
        """Delete; the variants that had its values are deleted, or archived where something refers to them."""
        templates = self.mapped("product_tmpl_id")
        values = self.with_context(active_test=False).mapped("product_template_value_ids")
        values.write({"ptav_active": False})
        templates.align_variants()
        used = values.used_ones()
        kept = used.mapped("attribute_line_id")
        super(AttributeLine, kept).write({"active": False})
        gone = self - kept
        (values - used).filtered(lambda each: each.attribute_line_id in kept).unlink()
        return super(AttributeLine, gone).unlink() if gone else True

    def update_values(self) -> None:
        """Make the values of the templates those of the lines, then the variants."""
        values = self.env["product.template.attribute.value"].with_context(active_test=False)
        there = {
            (each.attribute_line_id.id, each.product_attribute_value_id.id): each
            for each in values.search([("attribute_line_id", "in", self.ids)])
        }
        wanted = {(line.id, value.id): value for line in self if line.active for value in line.value_ids}
        values.create(
            [
                {
                    "attribute_line_id": line,
                    "product_attribute_value_id": value.id,
                    "price_extra": value.default_extra_price,
                }
                for (line, _), value in wanted.items()
                if (line, value.id) not in there
            ]
        )
        back = values.browse(each.id for key, each in there.items() if key in wanted and not each.ptav_active)
        back.write({"ptav_active": True})
        gone = values.browse(each.id for key, each in there.items() if key not in wanted and each.ptav_active)
        gone.write({"ptav_active": False})
        self.mapped("product_tmpl_id").align_variants()
        (gone - gone.used_ones()).unlink()


class AttributeValue(
    Model,
    name="product.template.attribute.value",
    order="attribute_line_id, product_attribute_value_id, id",
    unique=[("attribute_line_id", "product_attribute_value_id")],
):
    """Product Template Attribute Value"""

    ptav_active = Boolean(string="Active", default=True)
    attribute_line_id = Many2one(
        "product.template.attribute.line", required=True, on_delete="cascade", index=True
    )
    product_attribute_value_id = Many2one(
        "product.attribute.value", string="Attribute Value", required=True, on_delete="restrict", index=True
    )
    name = Char(related="product_attribute_value_id.name", string="Value", readonly=True)
    attribute_id = Many2one(
        "product.attribute",
        related="attribute_line_id.attribute_id",
        store=True,
        index=True,
        string="Attribute",
    )
    product_tmpl_id = Many2one(
        "product.template",
        related="attribute_line_id.product_tmpl_id",
        store=True,
        index=True,
        string="Product",
    )
    price_extra = Monetary(string="Value Price Extra", aggregator=None)
    currency_id = Many2one("res.currency", related="product_tmpl_id.currency_id", readonly=True)
    html_color = Char(related="product_attribute_value_id.html_color", readonly=True)
    is_custom = Boolean(related="product_attribute_value_id.is_custom", readonly=True)
    is_only_choice = Boolean(compute="_compute_is_only_choice")
    ptav_product_variant_ids = Many2many(
        "product.product",
        table="product_variant_combination",
        column="product_template_attribute_value_id",
        other="product_product_id",
        string="Related Variants",
        copy=False,
    )

    @depends("attribute_line_id.value_ids")
    def _compute_is_only_choice(self) -> None:
        for value in self:
            value.is_only_choice = len(value.attribute_line_id.value_ids) == 1

    @depends("product_attribute_value_id.display_name")
    def _compute_display_name(self) -> None:
        for value in self:
            value.display_name = value.product_attribute_value_id.display_name

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; which line and value it stands for stays."""
        for name in ("attribute_line_id", "product_attribute_value_id"):
            if name in vals and any(getattr(value, name).id != vals[name] for value in self):
                raise UserError(
                    "What a product's attribute value stands for cannot be changed: change the line's values."
                )
        return super().write(vals)

    def used_ones(self) -> Any:
        """Those that variants have, archived ones too."""
        return self.filtered(lambda each: each.with_context(active_test=False).ptav_product_variant_ids)
