"""Reversing documents: credit notes of invoices, counter-entries of entries."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from entrepot.addons.account.given import asked_ids
from entrepot.addons.account.move_types import INVOICE_TYPES, REVERSED_TYPE
from entrepot.api import (
    Char,
    Date,
    Many2many,
    Many2one,
    Model,
    Problem,
    Selection,
    ValidationError,
    public,
)

_METHODS = [
    ("refund", "Partial Refund"),
    ("cancel", "Full Refund"),
    ("modify", "Full Refund and new draft invoice"),
]


class Move(Model, extends="account.move"):
    """How documents are reversed."""

    @public
    def action_reverse(self, reason: str = "", reversal_date: date | None = None) -> Self:
        """Draft credit notes (or counter-entries) of posted documents, to be looked at and posted."""
        return self._reverse_moves(
            [{"date": reversal_date, "ref": _reference(move, reason)} for move in self]
        )

    def _reverse_moves(self, defaults: list[dict[str, Any]], *, cancel: bool = False) -> Self:
        """Reverse each; with `cancel` the reversals are posted and matched with what they undo."""
        problems = [
            Problem(
                "state", "state", f"{move.display_name} is not posted: change it instead of reversing it."
            )
            for move in self
            if move.state != "posted"
        ]
        problems += [
            Problem("state", "payment", f"{move.display_name} belongs to a payment: cancel that one.")
            for move in self
            if move.origin_payment_id
        ]
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        values = [move._reversal_values(given) for move, given in zip(self, defaults, strict=True)]
        reversals = self.sudo().with_context(_ledger=False).create(values)
        for move, reversal in zip(self, reversals, strict=True):
            reversal._ledger().write({"reversed_entry_id": move.id})
        if cancel:
            reversals._post()
            for move, reversal in zip(self, reversals, strict=True):
                move.sudo()._match_with(reversal)
        return reversals.with_env(self.env)

    def _reversal_values(self, given: dict[str, Any]) -> dict[str, Any]:
        move = self.sudo()
        day = given.get("date") or self.env.today()
        values: dict[str, Any] = {
            "move_type": REVERSED_TYPE[move.move_type or "entry"],
            "journal_id": given.get("journal_id") or move.journal_id.id,
            "company_id": move.company_id.id,
            "currency_id": move.currency_id.id,
            "partner_id": move.partner_id.id or None,
            "ref": given.get("ref"),
            "date": day,
            "invoice_origin": move.name,
            "narration": move.narration,
        }
        if move.move_type in INVOICE_TYPES:
            values |= {
                "invoice_date": day,
                "invoice_payment_term_id": None,
                "invoice_user_id": move.invoice_user_id.id or None,
            }
            values["invoice_line_ids"] = [(0, 0, line.copied()) for line in move.invoice_line_ids]
        else:
            values["line_ids"] = [(0, 0, _turned(line.copied())) for line in move.line_ids]
        return values

    def _match_with(self, reversal: Any) -> None:
        """Match what is open on both, account by account."""
        lines = (
            (self | reversal)
            .mapped("line_ids")
            .filtered(lambda line: line.account_id.reconcile and not line.reconciled)
        )
        for account in lines.mapped("account_id"):
            own = lines.filtered(lambda line, account=account: line.account_id == account)
            if len(own.mapped("move_id")) > 1:
                own.reconcile()

    def _reverse_now(self) -> None:
        """Undo entries that were made for a reason that is gone."""
        self._reverse_moves([{"date": move.date, "ref": _reference(move, "")} for move in self], cancel=True)


class Reversal(
    Model, name="account.move.reversal", transient=True, rec_name="", title="Account Move Reversal"
):
    """Account Move Reversal"""

    move_ids = Many2many("account.move", string="Documents", table="account_move_reversal_move")
    new_move_ids = Many2many(
        "account.move", string="Reversals", table="account_move_reversal_new_move", readonly=True
    )
    date = Date(string="Reversal date", default=lambda self: self.env.today(), required=True)
    reason = Char()
    journal_id = Many2one("account.journal")
    company_id = Many2one("res.company")
    refund_method = Selection(_METHODS, default="refund", help="As older clients choose it.")

    def create(self, vals_list: Any) -> Self:
        """Create for the documents that the context names as active."""
        rows = [vals_list] if hasattr(vals_list, "keys") else vals_list
        if not isinstance(rows, (list, tuple)) or not all(hasattr(row, "keys") for row in rows):
            return super().create(vals_list)
        context = self.env.context
        named = context.get("active_model") == "account.move"
        active = asked_ids(context.get("active_ids") or (), "active_ids") if named else ()
        filled = [row if row.get("move_ids") else {**row, "move_ids": [(6, 0, list(active))]} for row in rows]
        return super().create(filled)

    @public
    def reverse_moves(self, is_modify: bool = False) -> dict[str, Any]:  # noqa: FBT001, FBT002 - the field's signature
        """Reverse: drafts to be looked at, or at once and matched (`refund_method` cancel), with a new draft (modify)."""
        wizard = self.ensure_one()
        moves = wizard.move_ids
        if not moves:
            problem = Problem("move_ids", "required", "Name the documents to reverse.")
            raise ValidationError(problems=[problem], model=self.model_name)
        moves.check_access("write")
        modify = is_modify or wizard.refund_method == "modify"
        defaults = [
            {
                "date": wizard.date,
                "ref": _reference(move, wizard.reason or ""),
                "journal_id": wizard.journal_id.id or None,
            }
            for move in moves
        ]
        made = moves._reverse_moves(defaults, cancel=modify or wizard.refund_method == "cancel")
        wizard.sudo().write({"new_move_ids": [(6, 0, made.ids)]})
        shown = moves.copy({"date": wizard.date}) if modify else made
        return _action(shown)

    @public
    def refund_moves(self) -> dict[str, Any]:
        """Reverse, as newer clients call it."""
        return self.reverse_moves()

    @public
    def modify_moves(self) -> dict[str, Any]:
        """Reverse at once and begin a new draft, as newer clients call it."""
        return self.reverse_moves(is_modify=True)


def _action(moves: Any) -> dict[str, Any]:
    action: dict[str, Any] = {
        "type": "ir.actions.act_window",
        "res_model": "account.move",
        "view_mode": "form" if len(moves) == 1 else "list,form",
        "domain": [["id", "in", list(moves.ids)]],
    }
    return action | ({"res_id": moves.id} if len(moves) == 1 else {})


def _reference(move: Any, reason: str) -> str:
    return f"Reversal of: {move.name}, {reason}" if reason else f"Reversal of: {move.name}"


def _turned(values: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in values.items() if name not in {"debit", "credit"}}
    return rest | {"balance": -values["balance"], "amount_currency": -values["amount_currency"]}
