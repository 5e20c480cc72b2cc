"""A shop of the main company with three things to sell. Its first session is for the reader to open."""

from __future__ import annotations

from entrepot.api import Environment

_GOODS = (
    # external id, name, price, barcode
    ("demo_bread", "Bread", 2.5, "2000000000015"),
    ("demo_jam", "Apricot jam", 4.0, "2000000000022"),
    ("demo_bag", "Paper bag", 0.1, "2000000000039"),
)


def load(env: Environment) -> None:
    """Make the demo shop, once."""
    for key, name, price, barcode in _GOODS:
        values = {"name": name, "list_price": price, "barcode": barcode, "type": "consu", "is_storable": True}
        env.upsert(f"point_of_sale.{key}", "product.product", values, noupdate=True)
    if not env.ref("point_of_sale.demo_shop", missing_ok=True):
        values = {"name": "Shop", "company_id": env.ref("base.main_company").id}
        env.upsert("point_of_sale.demo_shop", "pos.config", values, noupdate=True)
