"""Sessions: a till from its opening to its closing count. One is open at a time in each shop."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Self

from entrepot.addons.point_of_sale.steps import POS
from entrepot.api import (
    Char,
    Datetime,
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
    depends,
    ondelete,
    public,
)

STATES = [
    ("opening_control", "Opening Control"),
    ("opened", "In Progress"),
    ("closing_control", "Closing Control"),
    ("closed", "Closed & Posted"),
]
OPEN = ("opening_control", "opened", "closing_control")
_FREE = frozenset({"opening_notes", "closing_notes", "user_id"})
_MOST = Decimal(10) ** 12
_FINEST = 12
"""Decimals of an amount that are looked at."""


class Session(Model, name="pos.session", order="id desc"):
    """Point of Sale Session"""

    name = Char(string="Session ID", readonly=True, copy=False, index=True)
    config_id = Many2one(
        "pos.config", string="Point of Sale", required=True, index=True, on_delete="restrict"
    )
    open_config_id = Many2one(
        "pos.config",
        readonly=True,
        copy=False,
        unique=True,
        on_delete="restrict",
        help="The shop, while open.",
    )
    company_id = Many2one("res.company", related="config_id.company_id", store=True, index=True)
    currency_id = Many2one("res.currency", related="company_id.currency_id")
    user_id = Many2one("res.users", string="Opened By", required=True, default=lambda self: self.env.uid)
    state = Selection(
        STATES, string="Status", required=True, readonly=True, copy=False, index=True, default="opened"
    )
    start_at = Datetime(string="Opening Date", readonly=True, copy=False)
    stop_at = Datetime(string="Closing Date", readonly=True, copy=False)
    sequence_number = Integer(string="Tickets", readonly=True, copy=False, aggregator=None)
    opening_notes = Text()
    closing_notes = Text()
    cash_register_balance_start = Monetary(string="Starting Balance", readonly=True, copy=False)
    cash_register_total_entry_encoding = Monetary(compute="_compute_cash", string="Total Cash Transaction")
    cash_register_balance_end = Monetary(
        compute="_compute_cash",
        string="Theoretical Closing Balance",
        help="Opening balance, cash of tickets, and what was moved.",
    )
    cash_register_balance_end_real = Monetary(
        string="Ending Balance", readonly=True, copy=False, nullable=True, help="What was counted."
    )
    cash_register_difference = Monetary(compute="_compute_cash", string="Before Closing Difference")
    order_ids = One2many("pos.order", "session_id", string="Orders")
    order_count = Integer(compute="_compute_orders", aggregator=None)
    total_payments_amount = Monetary(compute="_compute_orders")
    payment_method_ids = Many2many(
        "pos.payment.method", related="config_id.payment_method_ids", string="Payment Methods"
    )
    move_id = Many2one(
        "account.move", string="Journal Entry", readonly=True, copy=False, on_delete="restrict"
    )
    picking_ids = One2many("stock.picking", "pos_session_id", string="Pickings")

    @depends(
        "order_ids.payment_ids.amount",
        "cash_move_ids.amount",
        "cash_register_balance_start",
        "cash_register_balance_end_real",
    )
    def _compute_cash(self) -> None:
        rows = self.env["pos.payment"].read_group(
            [("session_id", "in", self.ids), ("payment_method_id.is_cash_count", "=", True), _SETTLED],
            ["amount:sum"],
            ["session_id"],
        )
        found = {row["session_id"][0]: Decimal(str(row["amount"] or 0)) for row in rows}
        moved = self.cash_moved()
        for session in self:
            taken = found.get(session.id, Decimal(0)) + moved.get(session.id, Decimal(0))
            there = session.cash_register_balance_start + taken
            counted = session.cash_register_balance_end_real
            session.cash_register_total_entry_encoding = taken
            session.cash_register_balance_end = there
            session.cash_register_difference = Decimal(0) if counted is None else counted - there

    @depends("order_ids.state", "order_ids.payment_ids.amount")
    def _compute_orders(self) -> None:
        orders = self.env["pos.order"].read_group([("session_id", "in", self.ids)], [], ["session_id"])
        counts = {row["session_id"][0]: row["session_id_count"] for row in orders}
        domain = [("session_id", "in", self.ids), _SETTLED]
        rows = self.env["pos.payment"].read_group(domain, ["amount:sum"], ["session_id"])
        sums = {row["session_id"][0]: Decimal(str(row["amount"] or 0)) for row in rows}
        for session in self:
            session.order_count = counts.get(session.id, 0)
            session.total_payments_amount = sums.get(session.id, Decimal(0))

    def create(self, vals_list: Any) -> Self:
        """Open sessions, each in a shop of its own. Raises ValidationError where one is open already."""
        rows = [vals_list] if isinstance(vals_list, Mapping) else list(vals_list)
        shops = [row.get("config_id") for row in rows]
        ids = [each for each in shops if isinstance(each, int)]
        self.env.lock_all(("pos.config", each) for each in ids)
        there = self.sudo().search([("config_id", "in", ids), ("state", "!=", "closed")])
        busy = set(there.mapped("config_id").ids) | {each for each in ids if ids.count(each) > 1}
        several = len(rows) > 1
        problems = [
            Problem(
                f"{at}.config_id" if several else "config_id",
                "open",
                "This shop has an open session: close it.",
            )
            for at, shop in enumerate(shops)
            if shop in busy
        ]
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        return super().create([self._opened(row) for row in rows])

    def _opened(self, row: Mapping[str, Any]) -> dict[str, Any]:
        config = self.env["pos.config"].sudo().browse(row.get("config_id") or ())
        found = {name: row[name] for name in ("config_id", *_FREE) if name in row}
        if not config.exists():
            return found
        last = self.sudo().search([("config_id", "=", config.id), ("state", "=", "closed")], limit=1)
        start = last.cash_register_balance_end_real or Decimal(0) if config.cash_control else Decimal(0)
        return {
            **found,
            "open_config_id": config.id,
            "name": self.env["ir.sequence"].sudo().next_by_code("pos.session"),
            "state": "opening_control" if config.cash_control else "opened",
            "start_at": self.env.now(),
            "cash_register_balance_start": start,
        }

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write notes; states and balances change by the steps."""
        fixed = sorted(vals.keys() - _FREE)
        if fixed and not self.env.context.get(POS):
            text = "Sessions change by their steps: open, count, close."
            raise ValidationError(
                problems=[Problem(name, "step", text) for name in fixed], model=self.model_name
            )
        return super().write(vals)

    @ondelete
    def _sessions_stay(self) -> None:
        if self.filtered(lambda session: session.state == "closed" or session.order_ids):
            raise UserError("A session with tickets, or that was closed, stays.")

    @public
    def set_opening_control(self, cashbox_value: Any, notes: str = "") -> bool:
        """Begin to sell, with this much cash counted in the till. Raises UserError in another state."""
        session = self.ensure_one().lock()
        if session.state != "opening_control":
            raise UserError(f"{session.name} is not waiting for its opening count.")
        return session.step(
            {
                "state": "opened",
                "cash_register_balance_start": amount_of(cashbox_value, session.currency_id),
                "opening_notes": notes or session.opening_notes,
                "start_at": self.env.now(),
            }
        )

    @public
    def set_cashbox_pos(self, cashbox_value: Any, notes: str = "") -> bool:
        """The older name of `set_opening_control`."""
        return self.set_opening_control(cashbox_value, notes)

    @public
    def action_pos_session_open(self) -> bool:
        """Begin to sell with the balance that is known, without a count."""
        waiting = self.lock().filtered(lambda session: session.state == "opening_control")
        return waiting.step({"state": "opened", "start_at": self.env.now()})

    @public
    def action_pos_session_closing_control(self) -> bool:
        """Stop selling and count."""
        for session in self.lock():
            if session.state not in {"opening_control", "opened"}:
                raise UserError(
                    f"{session.name} is {dict(STATES).get(session.state or '')}: it cannot begin to close."
                )
        return self.step({"state": "closing_control", "stop_at": self.env.now()})

    @public
    def post_closing_cash_details(self, counted_cash: Any) -> dict[str, Any]:
        """Say how much cash was counted: `{"successful": True}`."""
        session = self.ensure_one().lock()
        if session.state == "closed":
            raise UserError(f"{session.name} is closed.")
        session.step(
            {
                "state": "closing_control",
                "stop_at": session.stop_at or self.env.now(),
                "cash_register_balance_end_real": amount_of(counted_cash, session.currency_id),
            }
        )
        return {"successful": True}

    def step(self, values: Mapping[str, Any]) -> bool:
        """Write what only steps may."""
        return self.with_context(**{POS: True}).write(values)


_SETTLED = ("pos_order_id.state", "in", ["paid", "done", "invoiced"])


def amount_of(given: Any, currency: Any) -> Decimal:
    """An amount that a caller counted, as it can be paid. Raises UserError."""
    try:
        found = Decimal(str(given)) if not isinstance(given, bool) else Decimal("NaN")
    except ArithmeticError:
        found = Decimal("NaN")
    if not found.is_finite() or not 0 <= found < _MOST:
        raise UserError("Counted cash is an amount of 0 or more.")
    if found.adjusted() < -_FINEST:  # in a few letters an exponent spells digits that nobody can round
        return Decimal(0)
    return Decimal(currency.round(found))
