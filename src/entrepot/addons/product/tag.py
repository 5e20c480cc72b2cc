"""Tags of products and of single variants."""

from __future__ import annotations

from entrepot.api import Char, Integer, Many2many, Model


class Tag(Model, name="product.tag", order="sequence, name"):
    """Product Tag"""

    name = Char(required=True, translate=True, unique=True)
    sequence = Integer(default=10, aggregator=None)
    color = Char(default="#3C3C3C", help="As in HTML, e.g. #3C3C3C.")
    product_template_ids = Many2many(
        "product.template",
        table="product_tag_product_template_rel",
        column="product_tag_id",
        other="product_template_id",
        copy=False,
    )
    product_product_ids = Many2many(
        "product.product",
        table="product_tag_product_product_rel",
        column="product_tag_id",
        other="product_product_id",
        string="Variants",
        copy=False,
    )
