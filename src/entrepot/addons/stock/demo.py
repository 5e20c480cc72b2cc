"""The shelves of a small optician: frames, lenses and care products in stock, one delivery on its way in."""

from __future__ import annotations

from entrepot.api import Command, Environment

_ON_HAND = {
    # product of the demo catalogue: pieces
    "demo_frame_lyon": 12,
    "demo_frame_oslo": 8,
    "demo_lens_single": 60,
    "demo_lens_progressive": 24,
    "demo_spray": 140,
    "demo_cloth": 200,
}


def load(env: Environment) -> None:
    """Count the catalogue in once; a second call finds it counted."""
    known = {
        key: found for key in _ON_HAND if (found := env.ref(f"product.{key}", missing_ok=True)) is not None
    }
    if not known or env.ref("stock.demo_receipt", missing_ok=True) is not None:
        return
    company = env.ref("base.main_company")  # nobody is at work yet while a tenant is being made
    env = env.derive(context={**env.context, "allowed_company_ids": [company.id]})
    stock = env.ref("stock.stock_location_stock")
    for product in known.values():
        product.product_tmpl_id.write({"is_storable": True})
    counts = [
        {"product_id": product.id, "location_id": stock.id, "inventory_quantity": _ON_HAND[key]}
        for key, product in known.items()
    ]
    env["stock.quant"].create(counts).action_apply_inventory()
    kind = env.ref("stock.picking_type_in")
    first = next(iter(known.values()))
    line = Command.create({"product_id": first.id, "product_uom_qty": 6})
    values = {"picking_type_id": kind.id, "origin": "Spring order", "move_ids": [line]}
    env.upsert("stock.demo_receipt", "stock.picking", values, noupdate=True).action_confirm()
