"""The price list that holds for everybody who has no other."""

from __future__ import annotations

from entrepot.api import Environment


def load(env: Environment) -> None:
    """Make the public price list once, in the currency of the tenant's own company."""
    company = env.ref("base.main_company")
    values = {"name": "Public Pricelist", "currency_id": company.currency_id.id, "sequence": 1}
    env.upsert("product.list0", "product.pricelist", values, noupdate=True)
