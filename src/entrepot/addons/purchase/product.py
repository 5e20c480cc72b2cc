"""How a product is billed by its vendors, and how much of it was bought."""

from __future__ import annotations

from entrepot.addons.stock.quantities import DIGITS, total
from entrepot.api import Float, Model, Selection, depends

_POLICIES = [("purchase", "On ordered quantities"), ("receive", "On received quantities")]


class Template(Model, extends="product.template"):
    """Product"""

    purchase_method = Selection(
        _POLICIES,
        string="Control Policy",
        required=True,
        default="receive",
        help="Whether vendors bill what was ordered, or what came.",
    )
    purchased_product_qty = Float(
        string="Purchased", digits=DIGITS, compute="_compute_purchased", aggregator=None
    )

    @depends("product_variant_ids.purchased_product_qty")
    def _compute_purchased(self) -> None:
        for template in self:
            variants = template.with_context(active_test=False).product_variant_ids
            template.purchased_product_qty = total(each.purchased_product_qty for each in variants)


class Product(Model, extends="product.product"):
    """Product Variant"""

    purchased_product_qty = Float(
        string="Purchased", digits=DIGITS, compute="_compute_purchased", aggregator=None
    )

    def _compute_purchased(self) -> None:
        """Ordered quantities of confirmed lines, in the product's unit."""
        groups = self.env["purchase.order.line"].read_group(
            [("product_id", "in", self.ids), ("state", "=", "purchase")],
            ["product_uom_qty:sum"],
            ["product_id"],
        )
        bought = {group["product_id"][0]: group["product_uom_qty"] or 0.0 for group in groups}
        for product in self:
            product.purchased_product_qty = bought.get(product.id, 0.0)
