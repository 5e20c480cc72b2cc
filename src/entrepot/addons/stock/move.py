"""Moves: a quantity of a product from one location to another, planned, reserved and done.

What a move is going to take is on its lines; `quantity` is their sum. States change by steps alone: confirmation and
cancelling here, reservation in `move_reservation`, carrying out in `move_done`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.stock import states
from entrepot.addons.stock.quantities import DIGITS, total
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Float,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    Text,
    UserError,
    ValidationError,
    constrains,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

STEP = "_stock_step"
"""Context key of the code that may change states and finished moves; clients cannot send it."""
PRIORITIES = [("0", "Normal"), ("1", "Urgent")]
_KEPT_WHEN_CLOSED = frozenset(
    {
        "product_id", "product_uom", "product_uom_qty", "quantity", "quantity_done", "picked", "move_line_ids",
        "location_id", "location_dest_id", "picking_id", "picking_type_id", "warehouse_id", "company_id", "partner_id",
        "date", "price_unit", "reference", "is_inventory", "origin_returned_move_id",
    }
)  # fmt: skip
"""What says what was moved. Fields that other add-ons bring are their own business."""
_ONLY_IN_DRAFT = ("product_id", "product_uom")
_PLACES = ("location_id", "location_dest_id")


class Move(Model, name="stock.move", order="sequence, id"):
    """Stock Move"""

    name = Char(string="Description", required=True)
    sequence = Integer(default=10, aggregator=None)
    priority = Selection(PRIORITIES, default="0")
    product_id = Many2one("product.product", required=True, index=True, on_delete="restrict")
    product_tmpl_id = Many2one(
        "product.template", related="product_id.product_tmpl_id", string="Product Template"
    )
    description_picking = Text(string="Description of Picking")
    product_uom = Many2one("uom.uom", string="UoM", required=True, on_delete="restrict")
    product_uom_qty = Float(string="Demand", digits=DIGITS, default=0.0)
    product_qty = Float(string="Real Quantity", digits=DIGITS, compute="_compute_product_qty", store=True)
    quantity = Float(
        digits=DIGITS, compute="_compute_quantity", inverse="_set_quantity", store=True, copy=False
    )
    quantity_done = Float(
        string="Quantity Done",
        digits=DIGITS,
        compute="_compute_quantity_done",
        inverse="_set_quantity_done",
        copy=False,
    )
    reserved_availability = Float(string="Quantity Reserved", digits=DIGITS, compute="_compute_reserved")
    picked = Boolean(copy=False, help="The quantity was said by somebody, not only reserved.")
    date = Datetime(string="Date Scheduled", required=True, index=True, default=lambda self: self.env.now())
    date_deadline = Datetime(string="Deadline", readonly=True, copy=False)
    location_id = Many2one(
        "stock.location", string="Source Location", required=True, index=True, on_delete="restrict"
    )
    location_dest_id = Many2one(
        "stock.location", string="Destination Location", required=True, index=True, on_delete="restrict"
    )
    partner_id = Many2one("res.partner", string="Destination Address")
    picking_id = Many2one("stock.picking", string="Transfer", index=True, on_delete="cascade")
    picking_type_id = Many2one("stock.picking.type", string="Operation Type", index=True)
    picking_code = Selection(related="picking_type_id.code", readonly=True)
    warehouse_id = Many2one("stock.warehouse")
    state = Selection(
        states.MOVE_STATES, string="Status", readonly=True, default="draft", index=True, copy=False
    )
    price_unit = Monetary(
        string="Unit Price", aggregator=None, help="Per unit of the product, in the company's currency."
    )
    origin = Char(string="Source Document")
    reference = Char(compute="_compute_reference", store=True, readonly=False, index=True)
    company_id = Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    move_line_ids = One2many("stock.move.line", "move_id", string="Lines")
    move_orig_ids = Many2many(
        "stock.move",
        table="stock_move_move_rel",
        column="move_dest_id",
        other="move_orig_id",
        string="Original Move",
        copy=False,
    )
    move_dest_ids = Many2many(
        "stock.move",
        table="stock_move_move_rel",
        column="move_orig_id",
        other="move_dest_id",
        string="Destination Moves",
        copy=False,
    )
    origin_returned_move_id = Many2one("stock.move", string="Origin return move", index=True, copy=False)
    returned_move_ids = One2many("stock.move", "origin_returned_move_id", string="All returned moves")
    to_refund = Boolean(string="Update quantities on the order", default=True)
    is_inventory = Boolean(string="Inventory")

    # computed ----------------------------------------------------------------------------------------------------

    @depends("product_uom_qty", "product_uom", "product_id.uom_id")
    def _compute_product_qty(self) -> None:
        for move in self:
            move.product_qty = move.in_product_unit(move.product_uom_qty)

    @depends("move_line_ids.quantity_product_uom", "product_uom", "product_id.uom_id")
    def _compute_quantity(self) -> None:
        for move in self:
            move.quantity = move.in_own_unit(move.promised())

    @depends("quantity")
    def _compute_quantity_done(self) -> None:
        for move in self:
            move.quantity_done = move.quantity

    @depends("move_line_ids.reserved_qty")
    def _compute_reserved(self) -> None:
        for move in self:
            move.reserved_availability = move.in_own_unit(
                total(line.reserved_qty for line in move.move_line_ids)
            )

    @depends("picking_id.name", "name")
    def _compute_reference(self) -> None:
        for move in self:
            move.reference = move.picking_id.name or move.reference or move.name

    @depends("picking_id.name", "product_id.display_name")
    def _compute_display_name(self) -> None:
        for move in self:
            place = f"{move.location_id.name} > {move.location_dest_id.name}"
            parts = (move.picking_id.name, move.product_id.default_code or move.product_id.name, place)
            move.display_name = "/".join(part for part in parts if part)

    def promised(self) -> float:
        """What the lines of this single move hold, in the product's unit."""
        return total(line.quantity_product_uom for line in self.move_line_ids)

    def in_product_unit(self, quantity: float) -> float:
        """A quantity in this single move's unit, told in the product's and rounded as that is counted."""
        unit, own = self.product_uom, self.product_id.uom_id
        return unit.convert(quantity, own, method="HALF-UP") if unit and own else quantity

    def in_own_unit(self, quantity: float) -> float:
        """A quantity in the product's unit, told in this single move's, not rounded."""
        unit, own = self.product_uom, self.product_id.uom_id
        return own.convert(quantity, unit, rounding=False) if unit and own else quantity

    def takes_from_stock(self) -> bool:
        """Whether this single move needs goods that are on hand: a stored product in a location of our own."""
        return bool(self.product_id.is_storable and self.location_id.is_own())

    # checks ------------------------------------------------------------------------------------------------------

    @constrains(
        "product_id",
        "product_uom",
        "product_uom_qty",
        "quantity",
        "location_id",
        "location_dest_id",
        "company_id",
    )
    def _moves_make_sense(self) -> Iterator[Problem]:
        for move in self:
            product = move.product_id
            if product.type == "service":
                yield Problem(
                    "product_id", "service", f"{product.display_name} is a service: it is not moved."
                )
            if move.product_uom.category_id != product.uom_id.category_id:
                text = f"{product.display_name} is not counted in {move.product_uom.name}."
                yield Problem("product_uom", "category", text)
            for name in ("product_uom_qty", "quantity"):
                if getattr(move, name) < 0:
                    yield Problem(name, "range", "A moved quantity is not negative: move it the other way.")
            for name in _PLACES:
                if getattr(move, name).usage == "view":
                    text = f"{getattr(move, name).complete_name} is a view: choose a location in it."
                    yield Problem(name, "view", text)
            for name in ("product_id", *_PLACES):
                if (getattr(move, name).company_id or move.company_id) != move.company_id:
                    text = f"{getattr(move, name).display_name} belongs to another company."
                    yield Problem(name, "company", text)

    # writing -----------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create; unit and text follow from the product, places and company from the transfer."""
        many = vals_list if isinstance(vals_list, (list, tuple)) else [vals_list]
        for values in many:
            self._refuse_states(values)
        return super().create(self._filled(many))

    def _filled(self, many: Any) -> list[Mapping[str, Any]]:
        products = self.env["product.product"].sudo().browse(dict.fromkeys(_ids(many, "product_id")))
        pickings = self.env["stock.picking"].sudo().browse(dict.fromkeys(_ids(many, "picking_id")))
        by_product = {product.id: product for product in products.exists()}
        by_picking = {picking.id: picking for picking in pickings.exists()}
        found: list[Mapping[str, Any]] = []
        for values in many:
            more: dict[str, Any] = {}
            product = by_product.get(_one(values.get("product_id")))
            picking = by_picking.get(_one(values.get("picking_id")))
            if product is not None:
                more |= {"product_uom": product.uom_id.id, "name": product.display_name}
            if picking is not None:
                more |= picking._for_moves()
            told = {key for key, value in values.items() if value not in (None, False, "")}
            kept = {key: value for key, value in more.items() if value and key not in told}
            found.append({**values, **kept})
        return found

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write. Done and cancelled moves stay as they are; a changed demand looks for its goods again."""
        if self.env.context.get(STEP):
            return super().write(vals)
        self._refuse_states(vals)
        closed = self.filtered(lambda move: move.state in states.CLOSED)
        wrong = sorted(
            name for name in vals if name in _KEPT_WHEN_CLOSED and closed._differs(name, vals[name])
        )
        if wrong:
            text = "A move that is done or cancelled does not change: make a return, or count the product."
            raise ValidationError(
                problems=[Problem(name, "closed", text) for name in wrong], model=self.model_name
            )
        running = self.filtered(lambda move: move.state in states.OPEN)
        for name in _ONLY_IN_DRAFT:
            if name in vals and running._differs(name, vals[name]):
                text = "A confirmed move keeps product and unit: cancel it and make another."
                raise ValidationError(problems=[Problem(name, "confirmed", text)], model=self.model_name)
        again = running.filtered(lambda move: move._looks_again(vals))
        again._do_unreserve()
        done = super().write(vals)
        again.filtered(lambda move: move._reserves_at_once())._action_assign()
        again._refresh_states()
        return done

    def _differs(self, name: str, value: Any) -> bool:
        field = self.meta.fields.get(name)
        if field is None or field.kind in {"one2many", "many2many"}:
            return bool(self) and value not in ([], None)
        return any(
            not field.same(_plain(getattr(move, name)), _plain(field.parse(value, self.env))) for move in self
        )

    def _looks_again(self, vals: Mapping[str, Any]) -> bool:
        """Whether this single open move has to look for its goods again: another place, or another demand."""
        if any(name in vals and self._differs(name, vals[name]) for name in _PLACES):
            return True
        said = self.picked or "quantity" in vals
        return (
            not said
            and "product_uom_qty" in vals
            and self._differs("product_uom_qty", vals["product_uom_qty"])
        )

    def _refuse_states(self, values: Mapping[str, Any]) -> None:
        asked = values.get("state", "draft") if hasattr(values, "get") else "draft"
        if asked not in (None, False, "draft") or (self.ids and "state" in values):
            text = "States follow from what is done: confirm, reserve, validate or cancel the transfer."
            raise ValidationError(problems=[Problem("state", "not_allowed", text)], model=self.model_name)

    @ondelete
    def _finished_ones_stay(self) -> Iterator[Problem]:
        for move in self:
            if move.state not in {"draft", "cancel"}:
                yield Problem("state", "started", f"{move.display_name}: cancel the move before deleting it.")

    # steps -------------------------------------------------------------------------------------------------------

    def _into(self, state: str) -> None:
        moving = self.filtered(lambda move: move.state != state)
        moving.with_context(**{STEP: True}).write({"state": state})

    def _lock(self) -> None:
        """Keep the products of these moves, wherever they are, to this call; the rows of their transfers too."""
        names: list[tuple[str | int, ...]] = [("stock.quant", each) for each in self.mapped("product_id").ids]
        names += [("stock.picking", each) for each in self.mapped("picking_id").ids]
        self.env.lock_all(names)

    def _action_confirm(self) -> Self:
        """Take drafts as wanted, and reserve what is to be reserved at once; answers them."""
        drafts = self.filtered(lambda move: move.state == "draft")
        drafts._lock()
        for move in drafts:
            if not move.is_inventory and not move.product_id.active:
                raise UserError(f"{move.product_id.display_name} is archived: it cannot be moved.")
        waiting = drafts.filtered(lambda move: move._waits())
        waiting._into("waiting")
        (drafts - waiting)._into("confirmed")
        drafts.mapped("move_line_ids")._reserve_again()
        drafts._refresh_states()
        drafts.filtered(lambda move: move._reserves_at_once())._action_assign()
        return self

    def _waits(self) -> bool:
        return any(before.state not in states.CLOSED for before in self.move_orig_ids)

    def _reserves_at_once(self) -> bool:
        kind = self.picking_type_id
        return not kind or kind.reservation_method == "at_confirm" or not self.takes_from_stock()

    def _action_cancel(self) -> bool:
        """Give up what is not done: reservations are free again. Raises UserError for done moves."""
        if any(move.state == "done" for move in self):
            raise UserError("A done move cannot be cancelled: return the products instead.")
        left = self.filtered(lambda move: move.state != "cancel")
        left._lock()
        left.mapped("move_line_ids").unlink()
        left._into("cancel")
        left._release_followers()
        return True

    def _release_followers(self) -> None:
        """What waited for these moves waits no more."""
        followers = self.mapped("move_dest_ids").filtered(
            lambda move: move.state == "waiting" and not move._waits()
        )
        followers._into("confirmed")
        followers.filtered(lambda move: move._reserves_at_once())._action_assign()


def _plain(value: Any) -> Any:
    return (value.ids[0] if value.ids else None) if hasattr(value, "ids") else value


def _one(value: Any) -> int:
    value = value[0] if isinstance(value, (list, tuple)) and value else value
    value = _plain(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def _ids(many: Any, name: str) -> list[int]:
    grouped: dict[int, None] = {}
    for values in many:
        found = _one(values.get(name))
        if found:
            grouped[found] = None
    return list(grouped)
