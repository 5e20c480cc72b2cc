"""Posting: what makes a draft final, its number, and the ways back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, Self

from entrepot.addons.account.lock_dates import locked_until
from entrepot.addons.account.move_types import INVOICE_TYPES, PURCHASE_TYPES, REFUND_TYPES
from entrepot.api import Model, Problem, ValidationError, ondelete, public

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TEXTS: Final = frozenset({"line_section", "line_note"})


class Move(Model, extends="account.move"):
    """From draft to posted, and back."""

    @public
    def action_post(self) -> Self:
        """Make drafts final: dates, numbers, and no change from here on. Raises ValidationError with every problem."""
        return self._post()

    def _post(self) -> Self:
        """Post, for those who checked the right to it themselves."""
        if not self:
            return self
        self._lock_with_journals()
        moves = self.sudo().with_context(_ledger=True)
        moves._date_documents()
        problems = [*moves._posting_problems()]
        if problems:
            raise ValidationError(problems=problems, model="account.move")
        names = moves._names()
        for move in moves:
            if move.id in names:
                values = {"name": names[move.id]}
                if move.move_type in INVOICE_TYPES and not move.payment_reference:
                    values["payment_reference"] = names[move.id]
                move.write(values)
        moves._name_lines(set(names))
        moves.write({"state": "posted", "posted_before": True})
        moves._settle_payment_states()
        self._after_post()
        return self

    def _after_post(self) -> None:
        """For add-ons: these entries were just posted."""

    def _lock_with_journals(self) -> None:
        """Keep these entries and their journals' numbers to this call, all at once."""
        journals = dict.fromkeys(move.journal_id.id for move in self.sudo())
        names: list[tuple[str | int, ...]] = [("account.move", each) for each in self.ids]
        self.env.lock_all([*names, *(("account.journal", each) for each in journals)])

    def _date_documents(self) -> None:
        """A customer's document without a day is of today; what is due without a term is due on that day."""
        today = self.env.today()
        undated = self.filtered(
            lambda move: (
                move.state == "draft"
                and move.move_type in INVOICE_TYPES
                and (not move.invoice_date or not move.invoice_date_due)
            )
        )
        for move in undated:
            values: dict[str, Any] = {}
            if not move.invoice_date and move.move_type not in PURCHASE_TYPES:
                values = {"invoice_date": today, "date": today}
            day = values.get("invoice_date") or move.invoice_date
            if day and not move.invoice_date_due and not move.invoice_payment_term_id:
                values["invoice_date_due"] = day
            move.write(values)
        undated._synchronize()

    def _names(self) -> dict[int, str]:
        """The numbers of those that have none yet, each journal's in the order of date."""
        waiting: dict[Any, list[Any]] = {}
        for move in sorted(self, key=lambda each: (each.date, each.id)):
            if not move.name:
                waiting.setdefault(move.journal_id, []).append(move)
        names: dict[int, str] = {}
        for journal, moves in waiting.items():
            numbers = journal.take_numbers([move._series() for move in moves])
            names.update(zip((move.id for move in moves), numbers, strict=True))
        return names

    def _series(self) -> str:
        """What the number begins with: INV/2026, RINV/2026 for credit notes, PBNK1/2026 for payments."""
        journal = self.journal_id
        head = ""
        if self.move_type in REFUND_TYPES and journal.refund_sequence:
            head = "R"
        elif self.origin_payment_id and journal.payment_sequence:
            head = "P"
        return f"{head}{journal.code}/{self.date.year}"

    def _name_lines(self, numbered: set[int]) -> None:
        """Lines bear the new number, and open items the reference that the other side pays with."""
        for move_id, lines in self._lines().items():
            for line in lines:
                values: dict[str, Any] = {}
                if move_id in numbered:
                    values["move_name"] = line.move_id.name
                if line.display_type == "payment_term" and not line.name:
                    values["name"] = line.move_id.payment_reference or line.move_id.name
                if values:
                    line.write(values)

    @public
    def button_draft(self) -> bool:
        """Set posted or cancelled documents back to draft; they keep their numbers. Raises ValidationError."""
        self._lock_with_journals()
        moves = self.sudo().with_context(_ledger=True)
        problems = [*moves._reopening_problems()]
        if problems:
            raise ValidationError(problems=problems, model="account.move")
        moves.write({"state": "draft", "payment_state": "not_paid"})
        return True

    @public
    def button_cancel(self) -> bool:
        """Cancel documents; posted ones are set back first, which may be refused. They keep their numbers."""
        posted = self.filtered(lambda move: move.state == "posted")
        if posted:
            posted.button_draft()
        self._lock_with_journals()
        moves = self.sudo().with_context(_ledger=True)
        moves.filtered(lambda move: move.state == "draft").write(
            {"state": "cancel", "payment_state": "not_paid"}
        )
        return True

    def _reopening_problems(self) -> Iterable[Problem]:
        limits = locked_until(self)
        matched = self._matched()
        for move in self:
            name = move.display_name
            if move.state == "draft":
                yield Problem("state", "state", f"{name} is a draft already.")
            limit = limits.get(move.company_id.id)
            if move.state == "posted" and limit and move.date <= limit:
                yield Problem(
                    "date", "locked", f"{name}: the books are closed up to {limit}. Reverse it instead."
                )
            if move.id in matched:
                text = f"{name} is reconciled: take the reconciliation back first (js_remove_outstanding_partial)."
                yield Problem("line_ids", "reconciled", text)
            if move.origin_payment_id and not self.env.context.get("_payment"):
                yield Problem("state", "payment", f"{name} belongs to a payment: change that one.")
            if move.posted_before and move.reversal_move_ids.filtered(lambda each: each.state == "posted"):
                yield Problem("state", "reversed", f"{name} is reversed already and stays.")

    def _matched(self) -> set[int]:
        """Those with a line that is matched with another, by one question."""
        lines = self.env["account.move.line"].search([("move_id", "in", self.ids)])
        domain = ["|", ("debit_move_id", "in", lines.ids), ("credit_move_id", "in", lines.ids)]
        partials = self.env["account.partial.reconcile"].search(domain) if lines else ()
        return {line.move_id.id for each in partials for line in (each.debit_move_id, each.credit_move_id)}

    @ondelete
    def _numbers_stay(self) -> Iterator[Problem]:
        for move in self:
            if move.state == "posted":
                text = f"{move.display_name} is posted and stays: reverse it."
                yield Problem("state", "posted", text)
            elif move.posted_before or move.name:
                text = f"{move.display_name} has a number and stays, or there would be a gap: cancel it."
                yield Problem("name", "numbered", text)

    def unlink(self) -> bool:
        """Delete drafts that never had a number."""
        return super(Move, self.with_context(_deferred=True)).unlink()

    def _posting_problems(self) -> Iterable[Problem]:
        """Everything that keeps these from being posted, told by document where there are several."""
        limits = locked_until(self)
        lines = self._lines()
        several = len(self) > 1
        for at, move in enumerate(self):
            for problem in move._own_problems(lines[move.id], limits.get(move.company_id.id)):
                path = f"{at}.{problem.path}" if several else problem.path
                yield Problem(path, problem.code, f"{move.display_name}: {problem.message}")

    def _own_problems(self, lines: list[Any], limit: date | None) -> Iterable[Problem]:
        if self.state != "draft":
            yield Problem("state", "state", "Only a draft can be posted.")
            return
        yield from self._document_problems()
        if limit and self.date <= limit:
            yield Problem("date", "locked", f"The books are closed up to {limit}: choose a later date.")
        if self.name and f"/{self.date.year}/" not in self.name:
            yield Problem("date", "year", f"The number {self.name} is of another year than {self.date}.")
        booked = [line for line in lines if line.display_type not in _TEXTS]
        content = [line for line in booked if line.display_type == "product"]
        if not content:
            yield Problem("line_ids", "no_lines", "Add a line before posting.")
        balance = sum((line.balance for line in booked), Decimal(0))
        if balance:
            yield Problem("line_ids", "unbalanced", f"Debits and credits differ by {balance:f}.")
        yield from self._account_problems(booked)

    def _document_problems(self) -> Iterable[Problem]:
        if not self.journal_id.active:
            yield Problem("journal_id", "archived", f"Journal {self.journal_id.name} is archived.")
        if not self.currency_id.active:
            yield Problem("currency_id", "archived", f"Currency {self.currency_id.name} is archived.")
        if self.journal_id.company_id != self.company_id:
            yield Problem("journal_id", "other_company", "The journal belongs to another company.")
        if self.move_type not in INVOICE_TYPES:
            return
        if not self.partner_id:
            yield Problem("partner_id", "no_partner", "Name the customer or vendor before posting.")
        if self.move_type in PURCHASE_TYPES and not self.invoice_date:
            yield Problem("invoice_date", "no_date", "A bill needs the date that the vendor wrote on it.")
        if self.amount_total < 0:
            text = "The total is negative: make a credit note (or an invoice) of it."
            yield Problem("amount_total", "negative", text)
        wanted = "sale" if self.move_type not in PURCHASE_TYPES else "purchase"
        if self.journal_id.type != wanted:
            yield Problem("journal_id", "wrong_type", f"This document belongs into a {wanted} journal.")

    def _account_problems(self, lines: list[Any]) -> Iterable[Problem]:
        for line in lines:
            account = line.account_id
            if not account:
                text = f"Line {line.name or line.display_type!r} has no account."
                yield Problem("line_ids", "no_account", text)
                continue
            if not account.active:
                yield Problem("line_ids", "archived_account", f"Account {account.code} is archived.")
            if account.company_id != self.company_id:
                yield Problem("line_ids", "other_company", f"Account {account.code} is another company's.")
            if account.currency_id and line.currency_id != account.currency_id:
                text = f"Account {account.code} takes {account.currency_id.name} only."
                yield Problem("line_ids", "account_currency", text)
            unit, product = line.product_uom_id, line.product_id
            if unit and product and unit.category_id != product.uom_id.category_id:
                yield Problem("line_ids", "unit", f"{unit.name} is no unit of {product.display_name}.")
            for tax in line.tax_ids.filtered(lambda each: each.company_id != self.company_id):
                yield Problem("line_ids", "other_company", f"Tax {tax.name} is another company's.")
