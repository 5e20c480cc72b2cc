"""Warehouses. Each has a view location with its stock below, and three kinds of transfers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.api import (
    Boolean,
    Char,
    Integer,
    Many2one,
    Model,
    Problem,
    UserError,
    ValidationError,
    constrains,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CODE_SIZE = 5


class Warehouse(
    Model,
    name="stock.warehouse",
    order="sequence, id",
    unique=[("company_id", "code"), ("company_id", "name")],
):
    """Warehouse"""

    name = Char(required=True)
    code = Char(
        string="Short Name",
        required=True,
        size=_CODE_SIZE,
        help="At most five characters; begins the numbers of transfers.",
    )
    active = Boolean(default=True)
    sequence = Integer(default=10, aggregator=None)
    company_id = Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    partner_id = Many2one(
        "res.partner",
        string="Address",
        default=lambda self: self.env.company.partner_id,
        on_delete="restrict",
    )
    view_location_id = Many2one("stock.location", required=True, copy=False, on_delete="restrict")
    lot_stock_id = Many2one(
        "stock.location", string="Location Stock", required=True, copy=False, on_delete="restrict"
    )
    in_type_id = Many2one("stock.picking.type", string="In Type", copy=False, on_delete="restrict")
    out_type_id = Many2one("stock.picking.type", string="Out Type", copy=False, on_delete="restrict")
    int_type_id = Many2one("stock.picking.type", string="Internal Type", copy=False, on_delete="restrict")

    def create(self, vals_list: Any) -> Warehouse:
        """Create; a warehouse that names no locations gets its own, and its three kinds of transfers."""
        many = vals_list if isinstance(vals_list, (list, tuple)) else [vals_list]
        made = [self._with_places(values) for values in many]
        warehouses = super().create(made)
        warehouses._make_types()
        return warehouses

    def _with_places(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        if not isinstance(values, dict) or (values.get("view_location_id") and values.get("lot_stock_id")):
            return values
        wrong = [name for name in ("name", "code") if not values.get(name)]
        if wrong:
            said = [Problem(name, "required", "A warehouse needs a name and a short name.") for name in wrong]
            raise ValidationError(problems=said, model=self.model_name)
        company = values.get("company_id") or self.env.company.id
        locations = self.env["stock.location"].sudo()
        top = self.env.ref("stock.stock_location_locations").id
        view = locations.create(
            {"name": values["code"], "usage": "view", "location_id": top, "company_id": company}
        )
        stock = locations.create(
            {
                "name": "Stock",
                "usage": "internal",
                "location_id": view.id,
                "company_id": company,
                "replenish_location": True,
            }
        )
        return {**values, "company_id": company, "view_location_id": view.id, "lot_stock_id": stock.id}

    def _make_types(self) -> None:
        suppliers = self.env.ref("stock.stock_location_suppliers").id
        customers = self.env.ref("stock.stock_location_customers").id
        kinds = self.env["stock.picking.type"].sudo()
        for warehouse in self.sudo():
            stock = warehouse.lot_stock_id.id
            common = {"warehouse_id": warehouse.id, "company_id": warehouse.company_id.id}
            receipts, deliveries, internal = kinds.create(
                [
                    {**common, **_kind("Receipts", "incoming", "IN", suppliers, stock)},
                    {**common, **_kind("Delivery Orders", "outgoing", "OUT", stock, customers)},
                    {**common, **_kind("Internal Transfers", "internal", "INT", stock, stock)},
                ]
            )
            receipts.return_picking_type_id = deliveries
            deliveries.return_picking_type_id = receipts
            internal.return_picking_type_id = internal
            warehouse.write(
                {"in_type_id": receipts.id, "out_type_id": deliveries.id, "int_type_id": internal.id}
            )

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; locations and numbers follow the short name, archiving takes locations and kinds along."""
        if "company_id" in vals and any(vals["company_id"] != each.company_id.id for each in self):
            raise UserError(
                "The company of a warehouse stays: archive it and make one for the other company."
            )
        if "active" in vals and not vals["active"]:
            self._refuse_when_used()
        done = super().write(vals)
        if "code" in vals or "name" in vals:
            for warehouse in self.sudo():
                warehouse.view_location_id.name = warehouse.code
                warehouse._kinds().renumber()
        if "active" in vals:
            for warehouse in self.sudo():
                warehouse._kinds().write({"active": vals["active"]})
                (warehouse.view_location_id | warehouse.lot_stock_id).write({"active": vals["active"]})
        return done

    def _kinds(self) -> Any:
        kinds = self.env["stock.picking.type"].sudo().with_context(active_test=False)
        return kinds.search([("warehouse_id", "in", self.ids)])

    def _refuse_when_used(self) -> None:
        pickings = self.env["stock.picking"].sudo()
        still_open = [("state", "not in", ["done", "cancel"])]
        if pickings.search_count([("picking_type_id", "in", self._kinds().ids), *still_open], limit=1):
            raise UserError("The warehouse has open transfers: finish or cancel them before archiving it.")

    @constrains("code")
    def _code_is_no_blank(self) -> Iterator[Problem]:
        for warehouse in self:
            if not (warehouse.code or "").strip() or "/" in (warehouse.code or ""):
                yield Problem("code", "format", "The short name of a warehouse is text without a slash.")

    @ondelete
    def _moved_ones_stay(self) -> None:
        views = self.mapped("view_location_id")
        below = (
            self.env["stock.location"].with_context(active_test=False).search([("id", "child_of", views.ids)])
        )
        ways = ["|", ("location_id", "in", below.ids), ("location_dest_id", "in", below.ids)]
        if self.env["stock.move"].search_count(ways, limit=1):
            raise UserError("Products were moved through this warehouse: archive it instead of deleting it.")


def _kind(name: str, code: str, prefix: str, source: int, target: int) -> dict[str, Any]:
    return {
        "name": name,
        "code": code,
        "sequence_code": prefix,
        "default_location_src_id": source,
        "default_location_dest_id": target,
    }
