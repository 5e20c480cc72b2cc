"""Which price list holds for a contact."""

from __future__ import annotations

from typing import Any

from entrepot.api import Many2one, Model, depends


class Partner(Model, extends="res.partner"):
    """Contact"""

    specific_property_product_pricelist = Many2one(
        "product.pricelist",
        string="Own Pricelist",
        help="Chosen for this contact; empty: what holds by itself.",
    )
    property_product_pricelist = Many2one(
        "product.pricelist",
        compute="_compute_product_pricelist",
        inverse="_set_product_pricelist",
        search="_search_product_pricelist",
        depends_context=("company",),
        string="Pricelist",
        help="Its own, else that of its company, else the first of ours.",
    )

    @depends(
        "specific_property_product_pricelist", "is_company", "parent_id.specific_property_product_pricelist"
    )
    def _compute_product_pricelist(self) -> None:
        companies = [self.env.company.id, False]
        first = self.env["product.pricelist"].sudo().search([("company_id", "in", companies)], limit=1)
        for partner in self:
            own = partner.specific_property_product_pricelist
            above = partner.commercial_partner_id.specific_property_product_pricelist
            chosen = next((each for each in (own, above) if each and each.active), first)
            partner.property_product_pricelist = chosen

    def _set_product_pricelist(self) -> None:
        for partner in self:
            partner.specific_property_product_pricelist = partner.property_product_pricelist

    def _search_product_pricelist(self, operator: str, value: Any) -> list[Any]:
        return [("specific_property_product_pricelist", operator, value)]
