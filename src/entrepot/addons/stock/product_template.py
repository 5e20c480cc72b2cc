"""What the stock knows of products: whether they are stored, and the quantities of all their variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.stock import forecast
from entrepot.addons.stock.location import OWN
from entrepot.addons.stock.quantities import total
from entrepot.api import (
    Boolean,
    Model,
    Problem,
    Selection,
    UserError,
    ValidationError,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_DETAILED = [("consu", "Consumable"), ("service", "Service"), ("product", "Storable Product")]
_QUANTITIES = ("qty_available", "free_qty", "virtual_available", "incoming_qty", "outgoing_qty")


class Template(Model, extends="product.template", mixins=["stock.counted"]):
    """Product"""

    is_storable = Boolean(string="Track Inventory", help="Its quantities on hand are kept.", index=True)
    detailed_type = Selection(
        _DETAILED,
        string="Product Type",
        compute="_compute_detailed_type",
        inverse="_set_detailed_type",
        search="_search_detailed_type",
        help="Type and storage in one, as older clients know it.",
    )

    @depends("type", "is_storable")
    def _compute_detailed_type(self) -> None:
        for template in self:
            template.detailed_type = "product" if template.is_storable else template.type

    def _set_detailed_type(self) -> None:
        for template in self:
            asked = template.detailed_type
            template.write(
                {"type": "service" if asked == "service" else "consu", "is_storable": asked == "product"}
            )

    def _search_detailed_type(self, compare: str, value: Any) -> list[Any]:
        if compare not in {"=", "!=", "in", "not in"}:
            raise UserError("detailed_type is compared by =, !=, in or not in.")
        wanted = set(value) if isinstance(value, (list, tuple)) else {value}
        plain = sorted(kind for kind in wanted if kind in {"consu", "service"})
        kinds = ["&", ("is_storable", "=", False), ("type", "in", plain)]
        found = ["|", ("is_storable", "=", True), *kinds] if "product" in wanted else kinds
        return ["!", *found] if compare in {"!=", "not in"} else found

    @depends(
        "product_variant_ids.qty_available",
        "product_variant_ids.free_qty",
        "product_variant_ids.virtual_available",
        "product_variant_ids.incoming_qty",
        "product_variant_ids.outgoing_qty",
    )
    def _compute_quantities(self) -> None:
        templates = self.with_context(active_test=False)
        found = forecast.quantities(self.env, templates.mapped("product_variant_ids").ids)
        for template, seen in zip(self, templates, strict=True):
            known = [found.get(product.id, forecast.NOTHING) for product in seen.product_variant_ids]
            template.qty_available = total(each.on_hand for each in known)
            template.free_qty = total(each.free for each in known)
            template.virtual_available = total(each.forecast for each in known)
            template.incoming_qty = total(each.incoming for each in known)
            template.outgoing_qty = total(each.outgoing for each in known)

    def _search_quantity(self, name: str, compare: str, value: Any) -> list[Any]:
        return [(f"product_variant_ids.{name}", compare, value)]

    @constrains("type", "is_storable")
    def _services_are_not_stored(self) -> Iterator[Problem]:
        for template in self:
            if template.is_storable and template.type == "service":
                yield Problem("is_storable", "service", f"{template.name} is a service: it cannot be stored.")

    def create(self, vals_list: Any) -> Self:
        """Create; the older type `product` is goods that are stored."""
        return super().create(with_each(vals_list, with_storable))

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; what is on hand or under way keeps its type and unit, and is not archived."""
        vals = with_storable(vals)
        variants = self.with_context(active_test=False).mapped("product_variant_ids")
        if vals.get("active") is False:
            refuse_held(variants)
        for name in ("type", "is_storable", "uom_id"):
            if name in vals:
                self._others(name, vals[name])._refuse_moved(name)
        return super().write(vals)

    def _others(self, name: str, value: Any) -> Self:
        """Those of these products that have another value."""
        field = self.meta.fields[name]
        wanted = field.parse(value, self.env)
        return self.filtered(
            lambda each: (getattr(each, name).id if field.comodel else getattr(each, name)) != wanted
        )

    def _refuse_moved(self, name: str) -> None:
        variants = self.with_context(active_test=False).mapped("product_variant_ids")
        moves = self.env["stock.move"].sudo()
        moved = [("product_id", "in", variants.ids), ("state", "!=", "cancel")]
        if variants and moves.search_count(moved, limit=1):
            text = (
                "The product was moved already: archive it and make another one with the other type or unit."
            )
            raise ValidationError(problems=[Problem(name, "moved", text)], model=self.model_name)


def with_storable(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Values with today's words for what older clients call type `product`."""
    if values.get("type") == "product":
        return {**values, "type": "consu", "is_storable": True}
    if values.get("type") == "service" and "is_storable" not in values:
        return {**values, "is_storable": False}
    return values


def refuse_held(products: Any) -> None:
    """Raise ValidationError when any of these variants is on hand in a location of our own."""
    domain = [
        ("product_id", "in", products.ids),
        ("quantity", "!=", 0),
        ("location_id.usage", "in", list(OWN)),
    ]
    held = products.env["stock.quant"].sudo().search(domain, limit=1) if products else None
    if held:
        text = f"{held.product_id.display_name} is on hand in {held.location_id.complete_name}: move it out first."
        raise ValidationError(problems=[Problem("active", "on_hand", text)], model=products.model_name)
