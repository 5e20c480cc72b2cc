"""The first warehouse, WH, of the main company, and one for each other company that is there."""

from __future__ import annotations

from entrepot.api import Environment

_NAMES = {
    "warehouse0": "",
    "stock_location_view": "view_location_id",
    "stock_location_stock": "lot_stock_id",
    "picking_type_in": "in_type_id",
    "picking_type_out": "out_type_id",
    "picking_type_internal": "int_type_id",
}
"""External ids of the first warehouse and of what belongs to it."""


def load(env: Environment) -> None:
    """Make what is missing; a warehouse that is there stays as its users made it."""
    if env.ref("stock.warehouse0", missing_ok=True) is None:
        company = env.ref("base.main_company")
        values = {
            "name": company.name,
            "code": "WH",
            "company_id": company.id,
            "partner_id": company.partner_id.id,
        }
        _name(env, env["stock.warehouse"].create([values]))
    env["res.company"].with_context(active_test=False).search([]).make_warehouses()
    customers, suppliers = (env.ref(f"stock.stock_location_{kind}") for kind in ("customers", "suppliers"))
    bare = env["res.partner"].with_context(active_test=False)
    bare.search([("property_stock_customer", "=", False)]).write({"property_stock_customer": customers.id})
    bare.search([("property_stock_supplier", "=", False)]).write({"property_stock_supplier": suppliers.id})


def _name(env: Environment, warehouse: object) -> None:
    for name, field in _NAMES.items():
        record = getattr(warehouse, field) if field else warehouse
        env["ir.model.data"].create(
            {
                "module": "stock",
                "name": name,
                "model": record.model_name,  # type: ignore[union-attr]  # a record set
                "res_id": record.id,  # type: ignore[union-attr]  # a record set
                "noupdate": True,
            }
        )
