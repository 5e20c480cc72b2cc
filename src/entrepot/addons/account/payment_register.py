"""Paying invoices: one payment for each, or one for all of a partner, matched at once."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from entrepot.addons.account.account_types import OPEN_ITEMS
from entrepot.addons.account.given import asked_ids, link_ids
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Many2many,
    Many2one,
    Model,
    Monetary,
    Problem,
    Selection,
    UserError,
    ValidationError,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_HANDLING: Final = [("open", "Keep open"), ("reconcile", "Mark as fully paid")]
_ZERO = Decimal(0)


class PaymentRegister(
    Model, name="account.payment.register", transient=True, rec_name="", title="Register Payment"
):
    """Register Payment"""

    line_ids = Many2many("account.move.line", string="Journal items")
    payment_date = Date(required=True, default=lambda self: self.env.today())
    amount = Monetary(nullable=True, help="Empty: all that is due.")
    currency_id = Many2one("res.currency")
    journal_id = Many2one("account.journal", domain=[("type", "in", ["bank", "cash"])])
    company_id = Many2one("res.company")
    communication = Char(string="Memo")
    group_payment = Boolean(string="Group Payments", help="One payment a partner instead of one an invoice.")
    payment_difference_handling = Selection(_HANDLING, default="open", required=True)
    writeoff_account_id = Many2one("account.account", string="Difference Account")
    writeoff_label = Char(string="Journal Item Label", default="Write-Off")
    payment_difference = Monetary(compute="_compute_difference")

    def create(self, vals_list: Any) -> Any:
        """Create for the documents (or lines) that the context names as active."""
        rows = [vals_list] if hasattr(vals_list, "keys") else vals_list
        if not isinstance(rows, (list, tuple)) or not all(hasattr(row, "keys") for row in rows):
            return super().create(vals_list)
        return super().create([self._completed(dict(row)) for row in rows])

    def _completed(self, row: dict[str, Any]) -> dict[str, Any]:
        if not row.get("line_ids"):
            row["line_ids"] = [(4, each, 0) for each in self._active_lines().ids]
        lines = self._lines_of(row["line_ids"])
        if not lines:
            raise _nothing_due()
        if len(lines.mapped("company_id")) > 1:
            raise UserError("Pay documents of one company at a time.")
        company = lines.sudo().mapped("company_id")
        row.setdefault("company_id", company.id)
        if not row.get("journal_id"):
            domain = [("type", "in", ["bank", "cash"]), ("company_id", "=", company.id)]
            row["journal_id"] = self.env["account.journal"].sudo().search(domain, limit=1).id or None
        if not row.get("currency_id"):
            currencies = lines.mapped("currency_id")
            row["currency_id"] = (currencies if len(currencies) == 1 else company.currency_id).id
        return row

    def _active_lines(self) -> Any:
        context: Mapping[str, Any] = self.env.context
        model = context.get("active_model")
        ids = asked_ids(context.get("active_ids") or context.get("active_id") or (), "active_ids")
        if model == "account.move.line":
            return self.env["account.move.line"].browse(ids).exists()
        return self.env["account.move"].browse(ids if model == "account.move" else ()).exists().open_lines()

    def _lines_of(self, chosen: Any) -> Any:
        """The open lines that links name; none where they cannot be read."""
        found = self.env["account.move.line"].browse(link_ids(chosen) or ()).exists()
        return found.filtered(
            lambda line: (
                line.account_id.account_type in OPEN_ITEMS
                and not line.reconciled
                and line.parent_state == "posted"
            )
        )

    def _compute_difference(self) -> None:
        for wizard in self:
            due = wizard._due(wizard._open_lines())
            wizard.payment_difference = due - (due if wizard.amount is None else wizard.amount)

    def _open_lines(self) -> Any:
        return self._lines_of(self.line_ids.ids)

    def _due(self, lines: Any) -> Decimal:
        """What lines are open for, in the wizard's currency on the day of the payment; always positive."""
        total = _ZERO
        for line in lines:
            if line.currency_id == self.currency_id:
                total += line.amount_residual_currency
            else:
                open_, currency = line.amount_residual_currency, line.currency_id
                total += currency._convert(open_, self.currency_id, self.company_id, self.payment_date)
        return abs(total)

    @public
    def action_create_payments(self) -> dict[str, Any]:
        """Make, post and match the payments. Answers an action that names them: `{"res_model", "res_id", "domain"}`."""
        payments = self._create_payments()
        action: dict[str, Any] = {
            "type": "ir.actions.act_window",
            "res_model": "account.payment",
            "view_mode": "form" if len(payments) == 1 else "list,form",
            "domain": [["id", "in", list(payments.ids)]],
        }
        return action | ({"res_id": payments.id} if len(payments) == 1 else {})

    def _create_payments(self) -> Any:
        """The payments, posted and matched with what they pay."""
        wizard = self.ensure_one()
        self.env["account.payment"].check_access("create")
        lines = wizard._open_lines()
        lines._lock_for_matching()
        if not lines:
            raise _nothing_due()
        batches = wizard._batches(lines)
        if wizard.amount is not None and len(batches) > 1:
            text = "An amount of its own is for one payment: group them, or leave the amount empty."
            raise ValidationError(problems=[Problem("amount", "several", text)], model=self.model_name)
        values = [wizard._payment_values(batch) for batch in batches]
        payments = self.env["account.payment"].sudo().create(values)
        payments.action_post()
        pairs = []
        for payment, batch in zip(payments, batches, strict=True):
            own = payment.move_id.line_ids.filtered(
                lambda line, batch=batch: line.account_id == batch[0].account_id and not line.reconciled
            )
            pairs.append(batch.sudo() | own)
        lines.sudo().browse(dict.fromkeys(each for pair in pairs for each in pair.ids))._reconcile_all(pairs)
        return payments

    def _batches(self, lines: Any) -> list[Any]:
        """Lines that one payment pays: of one document, or of one partner when grouped; of one account and direction."""
        groups: dict[tuple[Any, ...], list[int]] = {}
        for line in sorted(lines, key=lambda each: (each.date_maturity or each.date, each.id)):
            side = "" if self.group_payment else line.move_id.id
            groups.setdefault((line.partner_id.id, line.account_id.id, side), []).append(line.id)
        found = [lines.browse(ids) for ids in groups.values()]
        return [batch for batch in found if sum((line.amount_residual for line in batch), _ZERO)]

    def _payment_values(self, batch: Any) -> dict[str, Any]:
        due = self._due(batch)
        amount = due if self.amount is None else self.amount
        inbound = sum((line.amount_residual for line in batch), _ZERO) > 0
        moves = batch.mapped("move_id")
        names = [move.payment_reference or move.ref or move.name or "" for move in moves]
        values = {
            "date": self.payment_date,
            "amount": amount,
            "payment_type": "inbound" if inbound else "outbound",
            "partner_type": "customer"
            if batch[0].account_id.account_type == "asset_receivable"
            else "supplier",
            "partner_id": batch[0].partner_id.id or None,
            "currency_id": self.currency_id.id,
            "journal_id": self.journal_id.id,
            "company_id": self.company_id.id,
            "destination_account_id": batch[0].account_id.id,
            "memo": self.communication or " ".join(name for name in names if name),
            "invoice_ids": [(4, each, 0) for each in moves.ids],
        }
        if self.payment_difference_handling == "reconcile" and due != amount:
            values |= {
                "writeoff_account_id": self.writeoff_account_id.id or None,
                "writeoff_amount": due - amount,
                "writeoff_label": self.writeoff_label,
            }
        return values


def _nothing_due() -> ValidationError:
    text = "Nothing is due: choose posted invoices that are not paid yet."
    problem = Problem("line_ids", "nothing_due", text)
    return ValidationError(problems=[problem], model="account.payment.register")


class Move(Model, extends="account.move"):
    """Paying from the document."""

    @public(right="read")
    def action_register_payment(self) -> dict[str, Any]:
        """The action that pays these documents: create its model with its context, then `action_create_payments`."""
        self.filtered(lambda move: move.state == "posted")._same_company()
        if any(move.state != "posted" for move in self):
            raise UserError("Only posted documents can be paid.")
        context = {"active_model": "account.move", "active_ids": list(self.ids)}
        return {"type": "ir.actions.act_window", "res_model": "account.payment.register", "context": context}
