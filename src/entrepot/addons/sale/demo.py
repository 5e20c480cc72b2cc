"""A shop's week: a quotation, an order to deliver, one that is delivered and billed. Made once, on the demo catalogue."""

from __future__ import annotations

from typing import Any

from entrepot.api import Command, Environment

_CUSTOMERS = (
    ("school", "Harbour School", True),
    ("reader", "Nora Whitfield", False),
    ("club", "Rowing Club North", True),
)
_ORDERS = (
    # key, customer, products with quantities, steps
    ("quotation", "school", (("frame_lyon", 4), ("lens_single", 8)), ()),
    ("sent", "club", (("cloth", 30), ("spray", 10)), ("action_quotation_send",)),
    ("ordered", "reader", (("frame_oslo", 1), ("lens_progressive", 2), ("fitting", 1)), ("action_confirm",)),
    ("billed", "reader", (("fitting", 1),), ("action_confirm", "create_invoices")),
)


def load(env: Environment) -> None:
    """Make customers and orders once; a second call finds them and leaves them alone."""
    if env.ref("sale.demo_order_quotation", missing_ok=True):
        return
    company = env.ref("base.main_company")
    # Whoever installs works for no company yet; the shop is the tenant's own.
    env = env["res.users"].with_context(allowed_company_ids=[company.id]).env
    customers = {
        key: env.upsert(
            f"sale.demo_{key}", "res.partner", {"name": name, "is_company": is_company}, noupdate=True
        ).id
        for key, name, is_company in _CUSTOMERS
    }
    for key, customer, wanted, steps in _ORDERS:
        values = {"partner_id": customers[customer], "order_line": [_line(env, *each) for each in wanted]}
        order = env.upsert(f"sale.demo_order_{key}", "sale.order", values, noupdate=True)
        for step in steps:
            getattr(order, step)()


def _line(env: Environment, product: str, quantity: float) -> Any:
    return Command.create({"product_id": env.ref(f"product.demo_{product}").id, "product_uom_qty": quantity})
