"""The products that invoices of insured orders need, and a service for each procedure that is one."""

from __future__ import annotations

from entrepot.addons.optometry_billing.billing_products import ADJUSTMENT, DISCOUNT, SHARE
from entrepot.api import Command, Environment

_NAMES = (
    (SHARE, "Insurer's share", "INS-SHARE"),
    (ADJUSTMENT, "Insurer's adjustment", "INS-ADJUST"),
    (DISCOUNT, "Discount of the insurance plan", "INS-DISCOUNT"),
)


def load(env: Environment) -> None:
    """Make what is missing; prices and accounts that were changed stay."""
    for external_id, name, code in _NAMES:
        values = {
            "name": name,
            "default_code": code,
            "type": "service",
            "spec_product_type": "service",
            "list_price": 0,
            "purchase_ok": False,
            "sale_ok": False,
            "taxes_id": [Command.set([])],
        }
        if not env.ref(external_id, missing_ok=True):
            env.upsert(external_id, "product.product", values, noupdate=True)
    services = env["spec.procedure.code"].search([("category", "!=", "materials")])
    services.ensure_products()
