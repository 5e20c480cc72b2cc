"""Kinds of transfers of a warehouse: receipts, deliveries, internal transfers. Each has its numbers and its usual places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.api import Boolean, Char, Integer, Many2one, Model, Selection, depends

if TYPE_CHECKING:
    from collections.abc import Mapping

CODES = [("incoming", "Receipt"), ("outgoing", "Delivery"), ("internal", "Internal Transfer")]
_RESERVATIONS = [("at_confirm", "At Confirmation"), ("manual", "Manually")]
_BACKORDERS = [("ask", "Ask"), ("always", "Always"), ("never", "Never")]


class PickingType(Model, name="stock.picking.type", order="sequence, id"):
    """Picking Type"""

    name = Char(string="Operation Type", required=True, translate=True)
    sequence = Integer(default=10, aggregator=None)
    color = Integer(aggregator=None)
    active = Boolean(default=True)
    code = Selection(CODES, string="Type of Operation", required=True, default="incoming")
    sequence_code = Char(string="Sequence Prefix", required=True)
    sequence_id = Many2one("ir.sequence", string="Reference Sequence", copy=False)
    warehouse_id = Many2one("stock.warehouse", index=True, on_delete="cascade")
    company_id = Many2one("res.company", required=True, default=lambda self: self.env.company)
    default_location_src_id = Many2one("stock.location", string="Source Location", required=True)
    default_location_dest_id = Many2one("stock.location", string="Destination Location", required=True)
    return_picking_type_id = Many2one("stock.picking.type", string="Operation Type for Returns")
    reservation_method = Selection(
        _RESERVATIONS, required=True, default="at_confirm", help="When products are reserved for a transfer."
    )
    create_backorder = Selection(
        _BACKORDERS, required=True, default="ask", help="What happens to what a transfer left undone."
    )
    barcode = Char(copy=False)
    count_picking_ready = Integer(compute="_compute_counts", aggregator=None)
    count_picking_waiting = Integer(compute="_compute_counts", aggregator=None)
    count_picking_draft = Integer(compute="_compute_counts", aggregator=None)
    count_picking_late = Integer(compute="_compute_counts", aggregator=None)
    count_picking_backorders = Integer(compute="_compute_counts", aggregator=None)

    @depends("name", "warehouse_id.name")
    def _compute_display_name(self) -> None:
        for kind in self:
            place = kind.warehouse_id.name
            kind.display_name = f"{place}: {kind.name}" if place else kind.name

    def _compute_counts(self) -> None:
        still = ("picking_type_id", "in", self.ids)
        open_states = ("state", "in", ["waiting", "confirmed", "assigned"])
        asked: Mapping[str, list[Any]] = {
            "count_picking_ready": [still, ("state", "=", "assigned")],
            "count_picking_waiting": [still, ("state", "in", ["waiting", "confirmed"])],
            "count_picking_draft": [still, ("state", "=", "draft")],
            "count_picking_late": [still, open_states, ("scheduled_date", "<", self.env.now())],
            "count_picking_backorders": [still, open_states, ("backorder_id", "!=", False)],
        }
        for name, domain in asked.items():
            groups = self.env["stock.picking"].read_group(domain, ["picking_type_id"], ["picking_type_id"])
            found = {group["picking_type_id"][0]: group["picking_type_id_count"] for group in groups}
            for kind in self:
                setattr(kind, name, found.get(kind.id, 0))

    def create(self, vals_list: Any) -> PickingType:
        """Create; each kind that brings no sequence of numbers gets one."""
        kinds = super().create(vals_list)
        bare = kinds.filtered(lambda kind: not kind.sequence_id)
        sequences = self.env["ir.sequence"].sudo().create([kind.numbering() for kind in bare])
        for kind, sequence in zip(bare, sequences, strict=True):
            kind.sequence_id = sequence
        return kinds

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; numbers follow the prefix."""
        done = super().write(vals)
        if "sequence_code" in vals or "warehouse_id" in vals:
            self.renumber()
        return done

    def renumber(self) -> None:
        """Give the sequences of these kinds the prefix that follows from warehouse and code."""
        for kind in self.filtered("sequence_id"):
            kind.sequence_id.sudo().write({"prefix": kind.numbering()["prefix"]})

    def numbering(self) -> dict[str, Any]:
        """The values of this single kind's sequence: `WH/OUT/00001`."""
        parts = [self.warehouse_id.code, self.sequence_code, ""]
        return {
            "name": f"{self.warehouse_id.name or ''} {self.name}".strip(),
            "prefix": "/".join(part for part in parts if part is not None),
            "padding": 5,
            "company_id": self.company_id.id,
        }
