"""One request and one order of the demo catalogue, each to its vendor."""

from __future__ import annotations

from entrepot.api import Command, Environment

_ORDERS = (
    ("demo_request", "vendor_frame", (("demo_frame_lyon", 10), ("demo_frame_oslo", 5))),
    ("demo_order", "vendor_lens", (("demo_lens_single", 50), ("demo_lens_progressive", 20))),
)


def load(env: Environment) -> None:
    """Make them once; the second is confirmed and awaited."""
    company = env.ref("base.main_company")  # nobody is at work yet while a tenant is being made
    env = env.derive(context={**env.context, "allowed_company_ids": [company.id]})
    for name, vendor, wanted in _ORDERS:
        partner = env.ref(f"product.demo_{vendor}", missing_ok=True)
        products = [(env.ref(f"product.{key}", missing_ok=True), quantity) for key, quantity in wanted]
        if partner is None or env.ref(f"purchase.{name}", missing_ok=True) is not None:
            continue
        lines = [
            Command.create({"product_id": product.id, "product_qty": quantity})
            for product, quantity in products
            if product is not None
        ]
        order = env.upsert(
            f"purchase.{name}",
            "purchase.order",
            {"partner_id": partner.id, "order_line": lines},
            noupdate=True,
        )
        if name == "demo_order":
            order.button_confirm()
