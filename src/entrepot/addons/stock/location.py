"""Places that goods are in, come from and go to, in a hierarchy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.api import (
    Boolean,
    Char,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    UserError,
    constrains,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

USAGES = [
    ("supplier", "Vendor Location"),
    ("view", "View"),
    ("internal", "Internal Location"),
    ("customer", "Customer Location"),
    ("inventory", "Inventory Loss"),
    ("production", "Production"),
    ("transit", "Transit Location"),
]
OWN = ("internal", "transit")
"""Usages whose goods are ours: taking from there needs a reservation."""


class Location(
    Model, name="stock.location", rec_name="complete_name", order="complete_name, id", parent="location_id"
):
    """Location"""

    name = Char(string="Location Name", required=True)
    complete_name = Char(
        compute="_compute_complete_name", store=True, index=True, string="Full Location Name"
    )
    active = Boolean(default=True)
    usage = Selection(USAGES, string="Location Type", required=True, default="internal", index=True)
    location_id = Many2one("stock.location", string="Parent Location", index=True, on_delete="restrict")
    child_ids = One2many("stock.location", "location_id", string="Contains")
    parent_path = Char(
        compute="_compute_complete_name", store=True, index=True, help="Ids from the top, each followed by /."
    )
    barcode = Char(copy=False)
    scrap_location = Boolean(string="Is a Scrap Location?")
    replenish_location = Boolean(help="Goods that are missing here are to be brought.")
    company_id = Many2one("res.company", default=lambda self: self.env.company, index=True)
    warehouse_id = Many2one("stock.warehouse", compute="_compute_warehouse")
    quant_ids = One2many("stock.quant", "location_id", string="Stock")

    @depends("name", "usage", "location_id.complete_name", "location_id.parent_path")
    def _compute_complete_name(self) -> None:
        for location in self:
            chain = location.chain()
            location.parent_path = "".join(f"{each.id}/" for each in chain)
            # Names go on where a view is met: WH/Stock/Shelf 1, not Physical Locations/WH/Stock/Shelf 1.
            first = max((at for at, each in enumerate(chain) if each.usage == "view"), default=0)
            location.complete_name = "/".join(each.name or "" for each in chain[first:])

    def chain(self) -> list[Model]:
        """This location and those above it, the top first; ends where a circle would begin."""
        found: list[Model] = [self]
        seen = {self.id}
        above = self.location_id
        while above and above.id not in seen:
            found.append(above)
            seen.add(above.id)
            above = above.location_id
        return found[::-1]

    def _compute_warehouse(self) -> None:
        warehouses = self.env["stock.warehouse"].with_context(active_test=False).search([])
        by_view = {warehouse.view_location_id.id: warehouse for warehouse in warehouses}
        for location in self:
            found = [by_view[each.id] for each in location.chain() if each.id in by_view]
            location.warehouse_id = found[-1] if found else None

    def is_own(self) -> bool:
        """Whether goods in this single location are ours."""
        return self.usage in OWN

    @constrains("location_id")
    def _hierarchy_has_no_circle(self) -> Iterator[Problem]:
        for location in self:
            top = location.chain()[0]
            if top.location_id:
                yield Problem("location_id", "circle", "You cannot create recursive locations.")

    @constrains("name")
    def _name_is_no_blank(self) -> Iterator[Problem]:
        for location in self:
            if not (location.name or "").strip():
                yield Problem("name", "required", "A location needs a name.")

    @constrains("barcode", "company_id")
    def _barcode_is_unique(self) -> Iterator[Problem]:
        codes = [location.barcode for location in self if location.barcode]
        if not codes:
            return
        everything = self.with_context(active_test=False).search([("barcode", "in", codes)])
        seen: dict[tuple[str, int], int] = {}
        for location in everything.sorted("id"):
            key = (location.barcode or "", location.company_id.id)
            if key in seen and (location in self or seen[key] in self.ids):
                yield Problem("barcode", "unique", f"Another location has the barcode {location.barcode}.")
            seen.setdefault(key, location.id)

    @constrains("company_id", "location_id")
    def _company_is_that_above(self) -> Iterator[Problem]:
        for location in self:
            above = location.location_id.company_id
            if above and location.company_id and above != location.company_id:
                yield Problem(
                    "company_id",
                    "contradiction",
                    "A location belongs to the company of the location above it.",
                )

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; what holds or awaits goods keeps its usage and company and is not archived."""
        usage, company = vals.get("usage"), vals.get("company_id", 0)
        for location in self:
            other = bool(usage) and usage != location.usage
            moved = company != 0 and (company or 0) != location.company_id.id
            if other or moved or ("active" in vals and not vals["active"] and location.active):
                location._refuse_when_used()
        return super().write(vals)

    def _refuse_when_used(self) -> None:
        everywhere = [("location_id", "child_of", self.ids)]
        quants = self.env["stock.quant"].sudo()
        if quants.search_count(
            [*everywhere, "|", ("quantity", "!=", 0), ("reserved_quantity", "!=", 0)], limit=1
        ):
            raise UserError(f"{self.complete_name} holds products: move them away first.")
        moves = self.env["stock.move"].sudo()
        below = self.with_context(active_test=False).search([("id", "child_of", self.ids)]).ids
        ways = ["|", ("location_id", "in", below), ("location_dest_id", "in", below)]
        if moves.search_count([("state", "not in", ["done", "cancel"]), *ways], limit=1):
            raise UserError(f"{self.complete_name} is used by open transfers: finish or cancel them first.")

    @ondelete
    def _used_ones_stay(self) -> None:
        warehouses = self.env["stock.warehouse"].with_context(active_test=False)
        if warehouses.search_count(
            ["|", ("view_location_id", "in", self.ids), ("lot_stock_id", "in", self.ids)], limit=1
        ):
            raise UserError("You cannot delete a location of a warehouse. Archive the warehouse instead.")
