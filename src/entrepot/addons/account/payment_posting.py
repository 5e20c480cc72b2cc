"""What payments book, and their states."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from entrepot.addons.account.account_types import OPEN_ITEMS
from entrepot.addons.account.move_sync import ledger_amounts
from entrepot.addons.account.payment import signed
from entrepot.api import Model, Problem, ValidationError, public

if TYPE_CHECKING:
    from collections.abc import Iterable

_LIQUID: Final = frozenset({"bank", "cash"})
_ZERO = Decimal(0)


class Payment(Model, extends="account.payment"):
    """From draft to paid, and back."""

    @public
    def action_post(self) -> bool:
        """Book drafts: money on the bank (or the outstanding account), and an open item of the partner.

        Raises ValidationError with every problem.
        """
        self._lock_with_journals()
        payments = self._ledger()
        problems = [*payments._posting_problems()]
        if problems:
            raise ValidationError(problems=problems, model=self.model_name)
        entries = {payment.id: payment._entry() for payment in payments}
        again = payments.filtered("move_id")
        again.mapped("move_id.line_ids").unlink()
        for payment in again:
            payment.move_id.with_context(_ledger=False).write(entries.pop(payment.id))
        fresh = payments - again
        moves = payments.env["account.move"].create([entries[payment.id] for payment in fresh])
        for payment, move in zip(fresh, moves, strict=True):
            payment.write({"move_id": move.id})
        payments.mapped("move_id")._post()
        for payment in payments:
            payment.write({"name": payment.move_id.name})
        payments.write({"state": "in_process"})
        payments._settle_states()
        return True

    @public
    def action_draft(self) -> bool:
        """Set posted or cancelled payments back to draft; refused while they are matched with invoices."""
        payments = self._ledger()
        moves = payments.mapped("move_id").filtered(lambda move: move.state != "draft")
        moves.with_env(self.env).sudo().with_context(_payment=True).button_draft()
        payments.write({"state": "draft", "is_reconciled": False, "is_matched": False})
        return True

    @public
    def action_cancel(self) -> bool:
        """Cancel payments and their entries; refused while they are matched with invoices."""
        payments = self._ledger()
        payments.mapped("move_id").with_env(self.env).sudo().with_context(_payment=True).button_cancel()
        payments.write({"state": "canceled", "is_reconciled": False, "is_matched": False})
        return True

    def _lock_with_journals(self) -> None:
        names: list[tuple[str | int, ...]] = [("account.payment", each) for each in self.ids]
        journals = dict.fromkeys(payment.journal_id.id for payment in self.sudo())
        moves = self.sudo().mapped("move_id").ids
        names += [("account.move", each) for each in moves]
        self.env.lock_all([*names, *(("account.journal", each) for each in journals)])

    def _posting_problems(self) -> Iterable[Problem]:
        for payment in self:
            name = payment.display_name
            if payment.state != "draft":
                yield Problem("state", "state", f"{name}: only a draft can be posted.")
            if payment.amount <= 0:
                yield Problem(
                    "amount", "range", f"{name}: the amount is above 0; the direction says the rest."
                )
            if payment.currency_id.round(payment.amount) != payment.amount:
                yield Problem(
                    "amount", "rounding", f"{name}: {payment.amount} cannot be paid in this currency."
                )
            if payment.journal_id.type not in _LIQUID:
                yield Problem("journal_id", "wrong_type", f"{name}: pay through a bank or cash journal.")
            if not payment._liquidity_account():
                text = f"{name}: journal {payment.journal_id.name} has no account for money."
                yield Problem("journal_id", "no_account", text)
            if not payment._partner_account():
                yield Problem(
                    "destination_account_id", "no_account", f"{name}: there is no account for the partner."
                )
            if payment.writeoff_amount and not payment.writeoff_account_id:
                yield Problem(
                    "writeoff_account_id", "required", f"{name}: name the account of the difference."
                )

    def _liquidity_account(self) -> Any:
        """Where the money is booked: an account on which it waits for the bank, or the bank's own."""
        journal = self.journal_id
        inbound = self.payment_type == "inbound"
        waiting = journal.payment_debit_account_id if inbound else journal.payment_credit_account_id
        return self.outstanding_account_id or waiting or journal.default_account_id

    def _partner_account(self) -> Any:
        """The partner's receivable or payable account, of the payment's company."""
        if self.destination_account_id:
            return self.destination_account_id
        kind = "receivable" if self.partner_type == "customer" else "payable"
        own = getattr(self.partner_id.commercial_partner_id, f"property_account_{kind}_id")
        company = self.company_id
        return own if own and own.company_id == company else getattr(company, f"default_{kind}_account_id")

    def _entry(self) -> dict[str, Any]:
        """The values of the entry: money, what was written off, and the partner's open item for both."""
        company, currency = self.company_id, self.currency_id
        home = company.currency_id
        partner = self.partner_id.commercial_partner_id.id or None
        paid = signed(self)
        off = self.writeoff_amount if self.payment_type == "inbound" else -self.writeoff_amount

        def at_rate(amount: Decimal) -> Decimal:
            return Decimal(currency._convert(amount, home, company, self.date))

        text = self.memo or self.payment_reference or "Payment"
        parts = [(self._liquidity_account(), text, paid, at_rate(paid))]
        if off:
            label = self.writeoff_label or "Write-Off"
            parts.append((self.writeoff_account_id, label, off, at_rate(off)))
        company_sum = sum((each[3] for each in parts), _ZERO)
        parts.append((self._partner_account(), text, -(paid + off), -company_sum))
        return {
            "move_type": "entry",
            "date": self.date,
            "ref": self.memo,
            "journal_id": self.journal_id.id,
            "company_id": company.id,
            "currency_id": currency.id,
            "partner_id": self.partner_id.id or None,
            "origin_payment_id": self.id,
            "line_ids": [
                (
                    0,
                    0,
                    {
                        "account_id": account.id,
                        "name": name,
                        "partner_id": partner,
                        "currency_id": currency.id,
                        "date_maturity": self.date,
                        **ledger_amounts(balance, amount),
                    },
                )
                for account, name, amount, balance in parts
            ],
        }

    def _settle_states(self) -> None:
        """How far posted payments are: confirmed by the bank, used up by invoices."""
        payments = self._ledger().filtered(lambda payment: payment.state in {"in_process", "paid"})
        states: dict[tuple[bool, bool], list[int]] = {}
        for payment in payments:
            money = payment._liquidity_account()
            lines = payment.move_id.line_ids
            open_items = lines.filtered(lambda line: line.account_id.account_type in OPEN_ITEMS)
            liquid = lines.filtered(lambda line, money=money: line.account_id == money)
            at_once = money == payment.journal_id.default_account_id
            matched = at_once or all(line.reconciled for line in liquid)
            used = all(line.reconciled for line in open_items)
            states.setdefault((matched, used), []).append(payment.id)
        for (matched, used), ids in states.items():
            state = "paid" if matched else "in_process"
            payments.browse(ids).write({"state": state, "is_matched": matched, "is_reconciled": used})
