"""Procedures and the products they are sold as."""

from __future__ import annotations

from typing import Any

from entrepot.api import Command, Many2one, Model


class Procedure(Model, extends="spec.procedure.code"):
    """Procedure Code"""

    product_id = Many2one("product.product", on_delete="set null", copy=False, help="What it is sold as.")

    def ensure_products(self) -> Any:
        """The products of these procedures; those that have none get a service of the same name and price."""
        lone = self.sudo().filtered(lambda each: not each.product_id)
        if lone:
            templates = self.env["product.template"].sudo().create([each.product_values() for each in lone])
            for procedure, template in zip(lone, templates, strict=True):
                procedure.write({"product_id": template.product_variant_id.id})
        return self.mapped("product_id")

    def product_values(self) -> dict[str, Any]:
        """The service this procedure is sold as."""
        exam = self.category in {"exam", "refraction"}
        return {
            "name": self.name,
            "default_code": self.code,
            "type": "service",
            "spec_product_type": "exam" if exam else "service",
            "list_price": self.default_price,
            "procedure_id": self.id,
            "purchase_ok": False,
            "taxes_id": [Command.set([])],
        }
