"""A company keeps its goods somewhere: each gets a warehouse."""

from __future__ import annotations

from typing import Any, Self

from entrepot.api import Model, One2many

_CODE_SIZE = 5


class Company(Model, extends="res.company"):
    """Company"""

    warehouse_ids = One2many("stock.warehouse", "company_id", string="Warehouses")

    def create(self, vals_list: Any) -> Self:
        """Create; each company begins with a warehouse of its own."""
        companies = super().create(vals_list)
        # While a tenant is being made, the first company is there before the places are; data/warehouses.py serves it.
        if self.env.ref("stock.stock_location_customers", missing_ok=True) is not None:
            companies.make_warehouses()
        return companies

    def make_warehouses(self) -> Any:
        """Give each of these companies that has none a warehouse; answers the new ones."""
        warehouses = self.env["stock.warehouse"].sudo().with_context(active_test=False)
        served = set(warehouses.search([("company_id", "in", self.ids)]).mapped("company_id").ids)
        return warehouses.create(
            [
                {
                    "name": company.name,
                    "code": "".join(each for each in (company.name or "") if each.isalnum())[
                        :_CODE_SIZE
                    ].upper()
                    or "WH",
                    "company_id": company.id,
                    "partner_id": company.partner_id.id,
                }
                for company in self
                if company.id not in served
            ]
        )
