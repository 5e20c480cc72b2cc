"""Transfers: moves that are planned and carried out together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.stock import states
from entrepot.addons.stock.move import PRIORITIES
from entrepot.api import (
    Char,
    Command,
    Datetime,
    Html,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    UserError,
    ValidationError,
    constrains,
    depends,
    ondelete,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_WAYS = [("direct", "As soon as possible"), ("one", "When all products are ready")]
_FIXED_WHEN_CLOSED = ("picking_type_id", "location_id", "location_dest_id", "date_done", "company_id")
_WIZARD = "stock.backorder.confirmation"


class Picking(
    Model,
    name="stock.picking",
    order="priority desc, scheduled_date, id desc",
    unique=[("company_id", "name")],
):
    """Transfer"""

    name = Char(string="Reference", readonly=True, copy=False, index=True)
    origin = Char(string="Source Document", index=True)
    note = Html(string="Notes")
    backorder_id = Many2one("stock.picking", string="Back Order of", readonly=True, copy=False, index=True)
    backorder_ids = One2many("stock.picking", "backorder_id", string="Back Orders")
    return_id = Many2one("stock.picking", string="Return of", readonly=True, copy=False, index=True)
    return_ids = One2many("stock.picking", "return_id", string="Returns")
    move_type = Selection(_WAYS, string="Shipping Policy", required=True, default="direct")
    state = Selection(
        states.PICKING_STATES,
        string="Status",
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
    )
    priority = Selection(PRIORITIES, default="0")
    scheduled_date = Datetime(compute="_compute_scheduled", inverse="_set_scheduled", store=True, index=True)
    date_deadline = Datetime(string="Deadline")
    date = Datetime(string="Creation Date", default=lambda self: self.env.now(), copy=False)
    date_done = Datetime(string="Date of Transfer", readonly=True, copy=False)
    partner_id = Many2one("res.partner", string="Contact", index=True)
    user_id = Many2one("res.users", string="Responsible", default=lambda self: self.env.user, copy=False)
    picking_type_id = Many2one("stock.picking.type", string="Operation Type", required=True, index=True)
    picking_type_code = Selection(related="picking_type_id.code", readonly=True)
    location_id = Many2one("stock.location", string="Source Location", required=True, on_delete="restrict")
    location_dest_id = Many2one(
        "stock.location", string="Destination Location", required=True, on_delete="restrict"
    )
    company_id = Many2one("res.company", related="picking_type_id.company_id", store=True, index=True)
    move_ids = One2many("stock.move", "picking_id", string="Stock Moves", copy=True)
    move_ids_without_package = One2many("stock.move", "picking_id", string="Operations")
    move_line_ids = One2many("stock.move.line", "picking_id", string="Detailed Operations")
    product_id = Many2one(
        "product.product", compute="_compute_product", search="_search_product", string="Product"
    )

    # computed ----------------------------------------------------------------------------------------------------

    @depends("move_ids.state", "move_type")
    def _compute_state(self) -> None:
        for picking in self:
            found = [move.state or "draft" for move in picking.move_ids]
            picking.state = states.picking_state(found, all_at_once=picking.move_type == "one")

    @depends("move_ids.date", "move_ids.state")
    def _compute_scheduled(self) -> None:
        for picking in self:
            left = [move.date for move in picking.move_ids if move.state not in states.CLOSED]
            everything = left or [move.date for move in picking.move_ids]
            picking.scheduled_date = (
                min(everything) if everything else picking.scheduled_date or self.env.now()
            )

    def _set_scheduled(self) -> None:
        for picking in self:
            moves = picking.move_ids.filtered(lambda move: move.state not in states.CLOSED)
            if picking.move_ids and not moves:
                raise UserError(f"{picking.name} is {picking.state}: its date stays.")
            moves.write({"date": picking.scheduled_date or self.env.now()})

    def _compute_product(self) -> None:
        for picking in self:
            picking.product_id = picking.move_ids[:1].product_id

    def _search_product(self, operator: str, value: Any) -> list[Any]:
        return [("move_ids.product_id", operator, value)]

    @constrains("location_id", "location_dest_id", "picking_type_id")
    def _places_are_of_one_company(self) -> Iterator[Problem]:
        for picking in self:
            company = picking.picking_type_id.company_id
            for name in ("location_id", "location_dest_id"):
                place = getattr(picking, name)
                if place.company_id and place.company_id != company:
                    yield Problem(name, "company", f"{place.complete_name} belongs to another company.")

    # writing -----------------------------------------------------------------------------------------------------

    def create(self, vals_list: Any) -> Self:
        """Create; number and places follow from the operation type, which may be given in context."""
        many = vals_list if isinstance(vals_list, (list, tuple)) else [vals_list]
        usual = self.env.context.get("default_picking_type_id")
        asked = [{**values, "picking_type_id": values.get("picking_type_id") or usual} for values in many]
        kinds = self._behind(asked, "picking_type_id", "stock.picking.type")
        partners = self._behind(asked, "partner_id", "res.partner")
        problems = [
            Problem(f"{at}.{path}" if len(asked) > 1 else path, code, text)
            for at, values in enumerate(asked)
            for path, code, text in _wrong(values, kinds)
        ]
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        return super().create([_filled(values, kinds, partners) for values in asked])

    def _behind(self, many: Sequence[Mapping[str, Any]], name: str, model: str) -> dict[int, Any]:
        """Id -> the record, of those that some values link to under a name; two queries at most."""
        ids = dict.fromkeys(each for values in many for each in _ids(values.get(name)))
        return {record.id: record for record in self.env[model].sudo().browse(ids).exists()}

    def _for_moves(self) -> dict[str, Any]:
        """What the moves of this single transfer take over unless they say otherwise."""
        return {
            "location_id": self.location_id.id,
            "location_dest_id": self.location_dest_id.id,
            "picking_type_id": self.picking_type_id.id,
            "company_id": self.company_id.id,
            "partner_id": self.partner_id.id,
            "origin": self.origin,
            "priority": self.priority,
            "warehouse_id": self.picking_type_id.warehouse_id.id,
        }

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; places and priority go on to the open moves. A finished transfer keeps its places."""
        closed = self.filtered(lambda picking: picking.state in states.CLOSED)
        wrong = [name for name in _FIXED_WHEN_CLOSED if name in vals and closed._differs(name, vals[name])]
        if wrong and not self.env.context.get("_stock_step"):
            text = "A transfer that is done or cancelled does not change: make a return instead."
            raise ValidationError(
                problems=[Problem(name, "closed", text) for name in wrong], model=self.model_name
            )
        done = super().write(vals)
        passed = {
            name: vals[name]
            for name in ("location_id", "location_dest_id", "priority", "partner_id")
            if name in vals
        }
        if passed:
            self.mapped("move_ids").filtered(lambda move: move.state not in states.CLOSED).write(passed)
        return done

    def _differs(self, name: str, value: Any) -> bool:
        field = self.meta.fields[name]
        wanted = field.parse(value, self.env)
        return any(
            (getattr(picking, name).id if field.comodel else getattr(picking, name)) != wanted
            for picking in self
        )

    @ondelete
    def _finished_ones_stay(self) -> Iterator[Problem]:
        for picking in self:
            if picking.state not in {"draft", "cancel"}:
                yield Problem("state", "started", f"Cancel {picking.name} before deleting it.")

    # steps -------------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Keep these transfers and the stock of their products to this call: all locks of a step at once."""
        names: list[tuple[str | int, ...]] = [(self.model_name, each) for each in self.ids]
        names += [("stock.quant", each) for each in self.mapped("move_ids").mapped("product_id").ids]
        self.env.lock_all(names)

    @public
    def action_confirm(self) -> bool:
        """Take the transfers as wanted; products are reserved as their operation types say."""
        self._keep()
        self.mapped("move_ids")._action_confirm()
        return True

    @public
    def action_assign(self) -> bool:
        """Reserve what is there. Raises UserError when nothing is left to reserve."""
        self._keep()
        self.filtered(lambda picking: picking.state == "draft").action_confirm()
        moves = self.mapped("move_ids").filtered(lambda move: move.state in states.OPEN)
        if not moves:
            raise UserError("Nothing to check the availability for.")
        moves._action_assign()
        return True

    @public
    def do_unreserve(self) -> bool:
        """Let go of what these transfers hold."""
        self._keep()
        self.mapped("move_ids")._do_unreserve()
        return True

    @public
    def action_cancel(self) -> bool:
        """Cancel; what was reserved is free again. Raises UserError for done transfers."""
        self._keep()
        done = self.filtered(lambda picking: picking.state == "done")
        if done:
            raise UserError(f"{done[0].name} is done: return the products instead of cancelling.")
        self.mapped("move_ids").filtered(lambda move: move.state != "done")._action_cancel()
        return True

    @public
    def button_validate(self) -> bool | dict[str, Any]:
        """Carry out what is reserved or said to be done.

        Answers True, or, where something stays undone and the operation type says "ask", the action of the wizard
        `stock.backorder.confirmation`. Context `skip_backorder` does not ask: what is left becomes a transfer of its
        own, but for the transfers in `picking_ids_not_to_backorder`. Raises UserError when there is nothing to do.
        """
        self._keep()
        pickings = self.filtered(lambda picking: picking.state not in states.CLOSED)
        if len(pickings) < len(self):
            raise UserError("A transfer that is done or cancelled cannot be validated.")
        empty = pickings.filtered(lambda picking: not picking.move_ids)
        if empty:
            raise UserError(f"{empty[0].name} has nothing to move: add products first.")
        for move in pickings.filtered(lambda picking: picking.state == "draft").mapped("move_ids"):
            if not move.quantity and move.product_uom_qty:
                move.quantity = move.product_uom_qty
        pickings.action_confirm()
        idle = pickings.filtered(lambda picking: not any(move.quantity for move in picking.move_ids))
        if idle:
            names = ", ".join(picking.name or "" for picking in idle)
            raise UserError(
                f"Nothing is reserved in {names}: reserve products, or say what was moved (quantity)."
            )
        asking = pickings._asking()
        if asking:
            return pickings._question()
        pickings._action_done()
        return True

    def _asking(self) -> Self:
        """Those of these transfers that leave something undone and whose operation type wants to be asked."""
        if self.env.context.get("skip_backorder"):
            return self.browse()
        return self.filtered(
            lambda picking: picking.picking_type_id.create_backorder == "ask" and picking._is_partial()
        )

    def _is_partial(self) -> bool:
        left = self.move_ids.filtered(lambda move: move.state not in states.CLOSED)
        return any(move.promised() < move.product_qty for move in left)

    def _question(self) -> dict[str, Any]:
        context = {
            **self.env.context,
            "button_validate_picking_ids": list(self.ids),
            "default_pick_ids": [Command.link(picking_id) for picking_id in self.ids],
        }
        return {
            "name": "Create Backorder?",
            "type": "ir.actions.act_window",
            "view_mode": "form",
            "res_model": _WIZARD,
            "target": "new",
            "context": {key: value for key, value in context.items() if not key.startswith("_")},
        }

    def _action_done(self) -> None:
        """Carry out; what is left goes into backorders, unless these are not wanted."""
        refused = self.env.context.get("picking_ids_not_to_backorder") or ()
        for picking in self:
            kind = picking.picking_type_id
            asked = self.env.context.get("skip_backorder")
            drop = picking.id in refused or (not asked and kind.create_backorder == "never")
            moves = picking.move_ids.filtered(lambda move: move.state not in states.CLOSED)
            done = moves._action_done(cancel_backorder=drop)
            left = picking.move_ids.filtered(lambda move: move.state not in states.CLOSED)
            if left:
                picking._put_off(left)
            if done:
                picking.with_context(_stock_step=True).write({"date_done": self.env.now(), "priority": "0"})

    def _put_off(self, moves: Any) -> Any:
        """A transfer of their own for moves that this single one left undone."""
        later = self.sudo().copy(
            {"backorder_id": self.id, "move_ids": [], "user_id": self.user_id.id or None}
        )
        moves.write({"picking_id": later.id})
        return later


def _wrong(values: Mapping[str, Any], kinds: Mapping[int, Any]) -> Iterator[tuple[str, str, str]]:
    """(path, code, text) of what is wrong with the values of a new transfer."""
    if not any(each in kinds for each in _ids(values.get("picking_type_id"))):
        yield "picking_type_id", "required", "A transfer needs an operation type (picking_type_id)."
    if values.get("move_ids") and values.get("move_ids_without_package"):
        yield "move_ids", "twice", "Give moves as move_ids or as move_ids_without_package, not as both."


def _filled(
    values: Mapping[str, Any], kinds: Mapping[int, Any], partners: Mapping[int, Any]
) -> dict[str, Any]:
    """The values of a new transfer with what follows from its operation type and contact."""
    kind = kinds[_ids(values["picking_type_id"])[0]]
    partner = next((partners[each] for each in _ids(values.get("partner_id")) if each in partners), None)
    more: dict[str, Any] = {"picking_type_id": kind.id}
    if not values.get("name") and kind.sequence_id:
        more["name"] = kind.sequence_id.sudo().take()
    source, target = kind.default_location_src_id, kind.default_location_dest_id
    if kind.code == "incoming" and partner is not None and partner.property_stock_supplier:
        source = partner.property_stock_supplier
    if kind.code == "outgoing" and partner is not None and partner.property_stock_customer:
        target = partner.property_stock_customer
    for name, place in (("location_id", source), ("location_dest_id", target)):
        if not values.get(name):
            more[name] = place.id
    return {**values, **more}


def _ids(value: Any) -> list[int]:
    """The id in a value for a link, as callers write it: an id, a pair of id and name, a record."""
    value = value[0] if isinstance(value, (list, tuple)) and value else value
    value = getattr(value, "id", value)
    return [value] if isinstance(value, int) and not isinstance(value, bool) and value else []
