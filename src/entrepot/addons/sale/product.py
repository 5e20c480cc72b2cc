"""How a product is billed, and how much of it is sold."""

from __future__ import annotations

from entrepot.api import Float, Model, Selection, depends

_POLICIES = [("order", "Ordered quantities"), ("delivery", "Delivered quantities")]


class Template(Model, extends="product.template"):
    """Product"""

    invoice_policy = Selection(_POLICIES, string="Invoicing Policy", required=True, default="order")
    sale_delay = Float(
        string="Customer Lead Time", aggregator=None, help="Days from confirmation to delivery."
    )
    sales_count = Float(compute="_compute_sales_count", string="Sold", aggregator=None)

    @depends("product_variant_ids.sales_count")
    def _compute_sales_count(self) -> None:
        for template in self:
            variants = template.with_context(active_test=False).product_variant_ids
            template.sales_count = sum(variant.sales_count for variant in variants)


class Product(Model, extends="product.product"):
    """Product Variant"""

    sales_count = Float(compute="_compute_sales_count", string="Sold", aggregator=None)

    def _compute_sales_count(self) -> None:
        """Ordered quantities of confirmed lines, in the product's unit."""
        groups = self.env["sale.order.line"].read_group(
            [("product_id", "in", self.ids), ("state", "=", "sale")],
            ["product_uom_qty"],
            ["product_id", "product_uom"],
            lazy=False,
        )
        units = {unit.id: unit for unit in self.env["uom.uom"].browse(_unit(group) for group in groups)}
        sold: dict[int, float] = {}
        for group in groups:
            own = self.browse(group["product_id"][0]).uom_id
            told = units[_unit(group)].convert(group["product_uom_qty"], own, rounding=False)
            sold[group["product_id"][0]] = sold.get(group["product_id"][0], 0.0) + told
        for product in self:
            product.sales_count = sold.get(product.id, 0.0)


def _unit(group: dict[str, object]) -> int:
    unit = group["product_uom"]
    return int(unit[0]) if isinstance(unit, (list, tuple)) else 0
