"""Where goods of a contact come from and go to."""

from __future__ import annotations

from entrepot.api import Many2one, Model


class Partner(Model, extends="res.partner"):
    """Contact"""

    property_stock_customer = Many2one(
        "stock.location",
        string="Customer Location",
        default=lambda self: self.env.ref("stock.stock_location_customers", missing_ok=True),
        groups="base.group_user",
        help="Where goods that are sent to this contact go.",
    )
    property_stock_supplier = Many2one(
        "stock.location",
        string="Vendor Location",
        default=lambda self: self.env.ref("stock.stock_location_suppliers", missing_ok=True),
        groups="base.group_user",
        help="Where goods that are received from this contact come from.",
    )
