"""What is where: one row for each product in each location, kept by moves and reservations alone.

Nobody writes quantities by hand. A count is written into `inventory_quantity` and applied, which makes a move.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.stock.location import OWN
from entrepot.addons.stock.quantities import DIGITS, is_none, minus, total
from entrepot.addons.stock.reservation import Shelf
from entrepot.api import (
    AccessError,
    Boolean,
    ConflictError,
    Date,
    Datetime,
    Float,
    Many2one,
    Model,
    Problem,
    UserError,
    ValidationError,
    constrains,
    depends,
    ondelete,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Place = tuple[int, int]
"""Ids of a product and a location."""
COUNTING = frozenset(
    {
        "inventory_quantity",
        "inventory_quantity_set",
        "inventory_date",
        "user_id",
        "inventory_quantity_auto_apply",
    }
)
LEDGER = "_stock_ledger"
"""Context key of the code that may write quantities; clients cannot send it."""


@dataclass(slots=True)
class Shift:
    """What one step changes in one place."""

    quantity: float = 0.0
    reserved: float = 0.0
    since: datetime | None = None
    """When what comes in came in first; None: now."""


class Quant(
    Model,
    name="stock.quant",
    rec_name="product_id",
    order="location_id, in_date, id",
    unique=[("product_id", "location_id")],
):
    """Quantity on Hand"""

    product_id = Many2one("product.product", required=True, on_delete="restrict", index=True)
    product_tmpl_id = Many2one(
        "product.template", related="product_id.product_tmpl_id", string="Product Template"
    )
    product_uom_id = Many2one("uom.uom", related="product_id.uom_id", string="Unit of Measure")
    location_id = Many2one("stock.location", required=True, on_delete="restrict", index=True)
    company_id = Many2one("res.company", related="location_id.company_id", store=True, index=True)
    warehouse_id = Many2one("stock.warehouse", related="location_id.warehouse_id")
    quantity = Float(digits=DIGITS, readonly=True, copy=False)
    reserved_quantity = Float(digits=DIGITS, readonly=True, copy=False)
    available_quantity = Float(digits=DIGITS, compute="_compute_available")
    in_date = Datetime(
        string="Incoming Date", readonly=True, required=True, default=lambda self: self.env.now()
    )
    inventory_quantity = Float(string="Counted Quantity", digits=DIGITS, copy=False)
    inventory_quantity_set = Boolean(copy=False)
    inventory_diff_quantity = Float(string="Difference", digits=DIGITS, readonly=True, copy=False)
    inventory_quantity_auto_apply = Float(
        string="Inventoried Quantity", digits=DIGITS, compute="_compute_auto_apply", inverse="_set_auto_apply"
    )
    inventory_date = Date(string="Scheduled Date")
    is_outdated = Boolean(compute="_compute_outdated", string="Quantity has been moved since last count")
    user_id = Many2one("res.users", string="Assigned To", copy=False)

    @depends("quantity", "reserved_quantity")
    def _compute_available(self) -> None:
        for quant in self:
            quant.available_quantity = minus(quant.quantity, quant.reserved_quantity)

    @depends("quantity")
    def _compute_auto_apply(self) -> None:
        for quant in self:
            quant.inventory_quantity_auto_apply = quant.quantity

    def _set_auto_apply(self) -> None:
        for quant in self:
            quant.write({"inventory_quantity": quant.inventory_quantity_auto_apply})
        self.action_apply_inventory()

    @depends("inventory_quantity", "inventory_diff_quantity", "inventory_quantity_set", "quantity")
    def _compute_outdated(self) -> None:
        for quant in self:
            counted_on = minus(quant.inventory_quantity, quant.inventory_diff_quantity)
            quant.is_outdated = quant.inventory_quantity_set and counted_on != quant.quantity

    @depends("product_id.display_name", "location_id.complete_name")
    def _compute_display_name(self) -> None:
        for quant in self:
            quant.display_name = f"{quant.location_id.complete_name}: {quant.product_id.display_name}"

    @constrains("product_id", "location_id", "inventory_quantity")
    def _counts_make_sense(self) -> Iterator[Problem]:
        for quant in self:
            if not quant.product_id.is_storable:
                text = f"{quant.product_id.display_name} is not stored: it has no quantity on hand."
                yield Problem("product_id", "not_storable", text)
            if quant.location_id.usage == "view":
                yield Problem("location_id", "view", "A view location holds no products itself.")
            if quant.inventory_quantity < 0:
                yield Problem("inventory_quantity", "range", "A counted quantity is not negative.")

    # counting --------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Note a count: `product_id`, `location_id` and `inventory_quantity`. A place that is known keeps its row."""
        if self.env.context.get(LEDGER):
            return super().create(vals_list)
        many = vals_list if isinstance(vals_list, (list, tuple)) else [vals_list]
        for values in many:
            self._only_counts(set(values) - {"product_id", "location_id"})
        places = [(_id(values.get("product_id")), _id(values.get("location_id"))) for values in many]
        self.env.lock_all(("stock.quant", product) for product, _ in places if product)
        known = self._known(place for place in places if all(place))
        bare = {
            place: {key: value for key, value in values.items() if key not in COUNTING}
            for place, values in zip(places, many, strict=True)
            if place not in known
        }
        known |= dict(zip(bare, super().create(list(bare.values())), strict=True))
        for place, values in zip(places, many, strict=True):
            count = {key: value for key, value in values.items() if key in COUNTING}
            if count:
                known[place]._note(count)
        return self.browse([known[place].id for place in places])

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; only counts may be written."""
        if self.env.context.get(LEDGER):
            return super().write(vals)
        self._only_counts(set(vals))
        if "inventory_quantity" not in vals:
            return super().write(vals)
        self._lock()
        return self._note(vals)

    def _note(self, vals: Mapping[str, Any]) -> bool:
        """Write a count, and by how much it differs from what is on hand. The locks are held."""
        if "inventory_quantity" not in vals:
            return super().write(vals)
        done = super().write({**vals, "inventory_quantity_set": vals.get("inventory_quantity_set", True)})
        for quant in self.with_context(**{LEDGER: True}):
            quant.write({"inventory_diff_quantity": minus(quant.inventory_quantity, quant.quantity)})
        return done

    def _only_counts(self, names: set[str]) -> None:
        wrong = sorted(names - COUNTING)
        if wrong:
            text = "Quantities follow from moves: write inventory_quantity and apply it, or make a transfer."
            raise ValidationError(problems=[Problem(name, "not_allowed", text) for name in wrong])

    @ondelete
    def _only_empty_ones_go(self) -> None:
        if any(quant.quantity or quant.reserved_quantity for quant in self):
            raise UserError("A quantity on hand cannot be deleted: count it as 0 instead.")

    @public
    def action_set_inventory_quantity(self) -> bool:
        """Take what is on hand as counted."""
        for quant in self:
            quant.write({"inventory_quantity": quant.quantity})
        return True

    @public
    def action_clear_inventory_quantity(self) -> bool:
        """Forget the counts that were not applied."""
        return self.with_context(**{LEDGER: True}).write(
            {"inventory_quantity": 0.0, "inventory_diff_quantity": 0.0, "inventory_quantity_set": False}
        )

    @public
    def action_apply_inventory(self) -> bool:
        """Make the counted quantities the quantities on hand, by done moves from or to the inventory location.

        Raises AccessError unless the caller manages the stock, ConflictError when products moved since they were
        counted.
        """
        if not (self.env.su or self.env.has_group("stock.group_stock_manager")):
            raise AccessError("Only stock managers apply counts.")
        self._lock()
        counted = self.filtered("inventory_quantity_set")
        if len(counted) < len(self):
            raise UserError("Some quantities were not counted: set inventory_quantity first.")
        outdated = counted.filtered("is_outdated")
        if outdated:
            names = ", ".join(quant.display_name or "" for quant in outdated[:5])
            raise ConflictError(f"Products were moved since they were counted: {names}. Count them again.")
        lost = self.env.ref("stock.location_inventory")
        wanted = [quant._correction(lost) for quant in counted if not is_none(quant.inventory_diff_quantity)]
        moves = self.env["stock.move"].sudo().create(wanted)
        counted.action_clear_inventory_quantity()
        moves._action_done()
        return True

    def _correction(self, lost: Any) -> dict[str, Any]:
        """The values of the move that makes up for the difference of this single count, from or to where things get lost."""
        shelf = self.location_id
        more = self.inventory_diff_quantity > 0
        return {
            "name": "Product Quantity Updated",
            "reference": "Product Quantity Updated",
            "is_inventory": True,
            "product_id": self.product_id.id,
            "product_uom": self.product_id.uom_id.id,
            "product_uom_qty": abs(self.inventory_diff_quantity),
            "quantity": abs(self.inventory_diff_quantity),
            "location_id": (lost if more else shelf).id,
            "location_dest_id": (shelf if more else lost).id,
            "company_id": self.company_id.id or self.env.company.id,
        }

    # the ledger: for moves ---------------------------------------------------------------------------------------

    def _lock(self) -> None:
        self.env.lock_all(("stock.quant", product_id) for product_id in self.mapped("product_id").ids)

    def _known(self, places: Iterable[Place]) -> dict[Place, Any]:
        """The rows of places that have one; one query."""
        wanted = set(places)
        if not wanted:
            return {}
        rows = self.sudo().search(
            [
                ("product_id", "in", sorted({product for product, _ in wanted})),
                ("location_id", "in", sorted({location for _, location in wanted})),
            ]
        )
        found = {(quant.product_id.id, quant.location_id.id): quant.with_env(self.env) for quant in rows}
        return {place: found[place] for place in wanted & set(found)}

    def _shift(self, changes: Mapping[Place, Shift]) -> dict[Place, Any]:
        """Change quantities on hand and reserved; answers the rows. The caller holds the locks of the products."""
        ledger = self.sudo().with_context(**{LEDGER: True})
        rows = ledger._known(changes)
        fresh = sorted(set(changes) - set(rows))
        made = ledger.create(
            [{"product_id": product, "location_id": location} for product, location in fresh]
        )
        rows |= dict(zip(fresh, made, strict=True))
        for place, change in changes.items():
            quant = rows[place]
            before = quant.quantity
            values: dict[str, Any] = {
                "quantity": total((before, change.quantity)),
                "reserved_quantity": total((quant.reserved_quantity, change.reserved)),
            }
            if change.quantity > 0:
                came = change.since or self.env.now()
                values["in_date"] = min(came, quant.in_date or came) if before > 0 else came
            quant.write(values)
        return rows

    def _shelves(self, product_ids: Iterable[int], location_ids: Iterable[int]) -> dict[int, list[Shelf]]:
        """product -> the shelves in our own locations at or below those; one query."""
        domain = [
            ("product_id", "in", sorted(set(product_ids))),
            ("location_id", "child_of", sorted(set(location_ids))),
            ("location_id.usage", "in", list(OWN)),
            ("quantity", ">", 0),
        ]
        found: dict[int, list[Shelf]] = defaultdict(list)
        for quant in self.sudo().with_context(active_test=False).search(domain):
            since = quant.in_date or self.env.now()
            shelf = Shelf(quant.location_id.id, quant.quantity, quant.reserved_quantity, since)
            found[quant.product_id.id].append(shelf)
        return found


def _id(value: Any) -> int:
    """The id in a value for a link, as callers write it; 0 for none."""
    if isinstance(value, (list, tuple)):
        value = value[0] if value else 0
    if hasattr(value, "ids"):
        return value.ids[0] if value.ids else 0
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
