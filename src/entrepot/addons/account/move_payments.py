"""How far documents are paid, and the matching of a single one."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any, Self

from entrepot.addons.account.account_types import OPEN_ITEMS
from entrepot.addons.account.given import asked_id
from entrepot.addons.account.move_types import INVOICE_TYPES, direction
from entrepot.api import Model, UserError, public

_ZERO = Decimal(0)


class Move(Model, extends="account.move"):
    """Amounts due and what settles them."""

    def _settle_payment_states(self) -> None:
        """Amounts due and payment states of posted documents, by two questions for all."""
        moves = (
            self.sudo().with_context(_ledger=True)._invoices().filtered(lambda move: move.state == "posted")
        )
        if not moves:
            return
        lines = moves.env["account.move.line"].search(
            [("move_id", "in", moves.ids), ("display_type", "=", "payment_term")]
        )
        open_items: dict[int, list[Any]] = defaultdict(list)
        for line in lines:
            open_items[line.move_id.id].append(line)
        others = _counterparts(lines)
        for move in moves:
            own = open_items[move.id]
            sign = -direction(move.move_type)
            due = sign * sum((line.amount_residual_currency for line in own), _ZERO)
            settled_by = [other for line in own for other in others.get(line.id, ())]
            move.write(
                {
                    "amount_residual": due,
                    "amount_residual_signed": sum((line.amount_residual for line in own), _ZERO),
                    "payment_state": _state(move, own, settled_by),
                }
            )

    @public
    def js_assign_outstanding_line(self, line_id: int) -> bool:
        """Match the open items of this document with an open line of the other side, such as a payment's."""
        move = self.ensure_one()
        line = self.env["account.move.line"].browse(asked_id(line_id, "line_id")).exists()
        if not line:
            raise UserError("The line to match does not exist any more.")
        own = move.line_ids.filtered(lambda each: each.account_id == line.account_id and not each.reconciled)
        return bool((own | line).reconcile())

    @public
    def js_remove_outstanding_partial(self, partial_id: int) -> bool:
        """Take one match back."""
        partial = (
            self.sudo()
            .with_context(_ledger=True)
            .env["account.partial.reconcile"]
            .browse(asked_id(partial_id, "partial_id"))
            .exists()
        )
        lines = partial.debit_move_id | partial.credit_move_id
        if not partial or not (lines.mapped("move_id") & self):
            raise UserError("This match does not belong to the document.")
        lines._lock_for_matching()
        lines._take_back(partial)
        return True

    @public(readonly=True)
    def outstanding_lines(self) -> list[dict[str, Any]]:
        """Open lines of the same partner and account on the other side: payments and credit notes to match.

        Rows of id, name, date, amount (in the company's currency, always positive).
        """
        found: list[dict[str, Any]] = []
        for move in self:
            own = move.line_ids.filtered(
                lambda line: line.display_type == "payment_term" and not line.reconciled
            )
            if move.state != "posted" or not own:
                continue
            side = ">" if own[0].amount_residual < 0 else "<"
            domain = [
                ("account_id", "in", own.mapped("account_id").ids),
                ("partner_id", "=", move.commercial_partner_id.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", side, 0),
            ]
            found += [
                {
                    "id": line.id,
                    "name": line.move_name,
                    "date": line.date,
                    "amount": abs(line.amount_residual),
                }
                for line in self.env["account.move.line"].search(domain, order="date, id")
            ]
        return found

    def open_lines(self) -> Any:
        """The lines of these documents that are still to be paid."""
        return self.mapped("line_ids").filtered(
            lambda line: line.account_id.account_type in OPEN_ITEMS and not line.reconciled
        )

    def _same_company(self) -> Self:
        if len(self.mapped("company_id")) > 1:
            raise UserError("Choose documents of one company.")
        return self


def _counterparts(lines: Any) -> dict[int, list[Any]]:
    """The entries that lines are matched with: line -> entries."""
    known = set(lines.ids)
    found: dict[int, list[Any]] = defaultdict(list)
    if not lines.filtered(lambda line: line.amount_residual != line.balance or line.reconciled):
        return found
    for each in lines._partials():
        for mine, other in (
            (each.debit_move_id, each.credit_move_id),
            (each.credit_move_id, each.debit_move_id),
        ):
            if mine.id in known:
                found[mine.id].append(other.move_id)
    return found


def _state(move: Any, lines: list[Any], settled_by: list[Any]) -> str:
    if any(line.amount_residual or line.amount_residual_currency for line in lines):
        return "partial" if settled_by else "not_paid"
    real = [other for other in settled_by if other.move_type in INVOICE_TYPES or other.origin_payment_id]
    if real and all(other.reversed_entry_id == move for other in real):
        return "reversed"
    if any(other.origin_payment_id and other.origin_payment_id.state == "in_process" for other in settled_by):
        return "in_payment"
    return "paid"
