"""Cash that goes into a till or out of it without a ticket: change from the bank, the day's takings to the safe."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entrepot.addons.point_of_sale.session import amount_of
from entrepot.addons.point_of_sale.steps import POS
from entrepot.api import (
    Char,
    Datetime,
    Many2one,
    Model,
    Monetary,
    One2many,
    UserError,
    ondelete,
    public,
)

_LONGEST = 200


class CashMove(Model, name="pos.cash.move", rec_name="reason", order="id"):
    """Cash In/Out"""

    session_id = Many2one("pos.session", required=True, index=True, readonly=True, on_delete="cascade")
    company_id = Many2one("res.company", related="session_id.company_id", store=True, index=True)
    currency_id = Many2one("res.currency", related="session_id.currency_id")
    user_id = Many2one("res.users", string="By", readonly=True, default=lambda self: self.env.uid)
    date = Datetime(required=True, readonly=True, default=lambda self: self.env.now())
    amount = Monetary(required=True, readonly=True, help="Above zero: into the till.")
    reason = Char(required=True, readonly=True)

    @ondelete
    def _they_stay(self) -> None:
        if not self.env.context.get(POS):
            raise UserError("Cash that was moved stays written: move it back instead.")


class Session(Model, extends="pos.session"):
    """Point of Sale Session"""

    cash_move_ids = One2many("pos.cash.move", "session_id", string="Cash In/Out")

    @public
    def try_cash_in_out(self, _type: str, amount: Any, reason: Any, extras: Any = None) -> bool:
        """Put cash into the till (`in`) or take it out (`out`). Raises UserError for a till that does not sell."""
        session = self.ensure_one().lock()
        if session.state not in {"opened", "closing_control"} or not session.config_id.cash_control:
            raise UserError(f"{session.name} has no open till.")
        if _type not in {"in", "out"}:
            raise UserError("Cash goes in or out.")
        moved = amount_of(amount, session.currency_id)
        why = reason.strip()[:_LONGEST] if isinstance(reason, str) else ""
        if not moved or not why:
            raise UserError("Say how much cash is moved, and why.")
        signed = moved if _type == "in" else -moved
        moves = self.env["pos.cash.move"].sudo()
        moves.create({"session_id": session.id, "amount": signed, "reason": why, "user_id": self.env.uid})
        return True

    def cash_moved(self) -> dict[int, Decimal]:
        """Cash that was moved without a ticket, a session id each."""
        rows = (
            self.env["pos.cash.move"]
            .sudo()
            .read_group([("session_id", "in", self.ids)], ["amount:sum"], ["session_id"])
        )
        return {row["session_id"][0]: Decimal(str(row["amount"] or 0)) for row in rows}
