"""Matching lines of the ledger with each other, and taking that back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.account.lock_dates import locked_until
from entrepot.addons.account.matching import Match, OpenItem, Outcome, match
from entrepot.addons.account.move_sync import ledger_amounts
from entrepot.api import Model, Problem, UserError, ValidationError, public

if TYPE_CHECKING:
    from collections.abc import Iterable

_ZERO = Decimal(0)


class MoveLine(Model, extends="account.move.line"):
    """How lines are matched."""

    @public
    def reconcile(self) -> bool:
        """Match the open debits of these lines with their credits, the oldest first. Raises ValidationError.

        All lines are of posted entries, on one account that allows it, of one company. Differences that rates make are
        booked as entries of their own.
        """
        return self._reconcile_all([self])

    def _reconcile_all(self, batches: list[Any]) -> bool:
        """Match each batch by itself, for all of them with the same few questions. Raises ValidationError."""
        self._lock_for_matching()
        lines = self.sudo().with_context(_ledger=True)
        parts = [lines.browse(batch.ids) for batch in batches if batch]
        problems = [problem for part in parts for problem in part._matching_problems()]
        if problems:
            raise ValidationError(problems=problems, model="account.move.line")
        outcomes = [part._matched_items() for part in parts]
        partials = lines._keep_matches([each for outcome in outcomes for each in outcome.matches])
        touched = lines
        for part, outcome in zip(parts, outcomes, strict=True):
            if outcome.differences:
                own = partials.filtered(lambda each, part=part: each.debit_move_id in part)
                touched |= part._book_differences(outcome, own)
        touched._recount()
        touched._settle_documents()
        return True

    @public
    def remove_move_reconcile(self) -> bool:
        """Take back every match of these lines; entries that booked differences of rates are reversed."""
        self._lock_for_matching()
        lines = self.sudo().with_context(_ledger=True)
        partials = lines._partials()
        lines._take_back(partials)
        return True

    def _take_back(self, partials: Any) -> None:
        exchange = partials.mapped("exchange_move_id")
        touched = partials.mapped("debit_move_id") | partials.mapped("credit_move_id")
        if exchange:
            partials |= exchange.mapped("line_ids")._partials()
            touched |= partials.mapped("debit_move_id") | partials.mapped("credit_move_id")
        partials.unlink()
        touched._recount()
        touched._settle_documents()
        if exchange:
            exchange._reverse_now()

    def _partials(self) -> Any:
        """All matches that these lines are in."""
        domain = ["|", ("debit_move_id", "in", self.ids), ("credit_move_id", "in", self.ids)]
        return self.env["account.partial.reconcile"].search(domain)

    def _lock_for_matching(self) -> None:
        """Keep the lines and the numbers of the journal of exchange differences to this call, all at once."""
        names: list[tuple[str | int, ...]] = [("account.move.line", each) for each in self.ids]
        journals = self.sudo().mapped("company_id.currency_exchange_journal_id")
        self.env.lock_all([*names, *(("account.journal", each) for each in journals.ids)])

    def _matching_problems(self) -> Iterable[Problem]:
        accounts = self.mapped("account_id")
        if len(accounts) > 1:
            codes = ", ".join(sorted(account.code or "" for account in accounts))
            yield Problem(
                "account_id", "several_accounts", f"Lines are matched within one account, not {codes}."
            )
        if len(self.mapped("company_id")) > 1:
            yield Problem("company_id", "several_companies", "Lines are matched within one company.")
        for account in accounts.filtered(lambda each: not each.reconcile):
            yield Problem(
                "account_id", "not_reconcilable", f"Account {account.code} does not allow reconciliation."
            )
        for line in self:
            if line.parent_state != "posted":
                yield Problem("parent_state", "not_posted", f"{line.display_name} is not posted.")
            elif line.reconciled:
                yield Problem("reconciled", "reconciled", f"{line.display_name} is reconciled already.")

    def _matched_items(self) -> Outcome:
        company = self[:1].company_id
        home = company.currency_id
        currencies = {currency.id: currency for currency in self.mapped("currency_id") | home}
        rates: dict[tuple[int, date], Decimal] = {}

        def convert(amount: Decimal, currency: int, day: date) -> Decimal:
            if (currency, day) not in rates:
                rates[currency, day] = home._convert(
                    Decimal(1), currencies[currency], company, day, rounded=False
                )
            return Decimal(currencies[currency].round(amount * rates[currency, day]))

        items = [
            OpenItem(
                key=line.id,
                currency=line.currency_id.id,
                residual=line.amount_residual,
                residual_currency=line.amount_residual_currency,
                day=line.date_maturity or line.date,
                step=line.currency_id.step(),
            )
            for line in self
        ]
        return match(items, home.id, home.step(), convert)

    def _keep_matches(self, matches: list[Match]) -> Any:
        days = {line.id: line.date for line in self}
        companies = {line.id: line.company_id.id for line in self}
        return self.env["account.partial.reconcile"].create(
            [
                {
                    "debit_move_id": each.debit,
                    "credit_move_id": each.credit,
                    "amount": each.amount,
                    "debit_amount_currency": each.debit_currency,
                    "credit_amount_currency": each.credit_currency,
                    "company_id": companies[each.debit],
                    "max_date": max(days[each.debit], days[each.credit]),
                }
                for each in matches
            ]
        )

    def _book_differences(self, outcome: Outcome, partials: Any) -> Any:
        """An entry for each difference of rates, matched with the line it settles; the lines of these entries."""
        company = self[:1].company_id
        journal = company.currency_exchange_journal_id
        loss, gain = company.expense_currency_exchange_account_id, company.income_currency_exchange_account_id
        if not (journal and loss and gain):
            raise UserError(f"Name the exchange journal, gain and loss accounts of {company.name} first.")
        lines = {line.id: line for line in self}
        first = locked_until(self).get(company.id)
        values = []
        for key, left in outcome.differences.items():
            line = lines[key]
            day = max(
                each.max_date for each in partials if key in {each.debit_move_id.id, each.credit_move_id.id}
            )
            day = max(day, first + timedelta(days=1)) if first else day
            values.append(_exchange_entry(line, left, loss if left > 0 else gain, journal, day))
        moves = self.env["account.move"].create(values)
        moves._post()
        pairs = list(zip(outcome.differences.items(), moves, strict=True))
        self._match_differences(pairs)
        for (key, _), move in pairs:
            mine = partials.filtered(
                lambda each, key=key: key in {each.debit_move_id.id, each.credit_move_id.id}
            )
            mine[-1:].write({"exchange_move_id": move.id})
        return moves.mapped("line_ids").filtered(lambda line: line.account_id == self[:1].account_id)

    def _match_differences(self, pairs: list[tuple[tuple[int, Decimal], Any]]) -> None:
        rows = []
        for (key, left), move in pairs:
            line = self.filtered(lambda each, key=key: each.id == key)  # type: ignore[misc]  # binds now
            other = move.line_ids.filtered(lambda each, line=line: each.account_id == line.account_id)[:1]
            debit, credit = (line, other) if left > 0 else (other, line)
            own = abs(left) if line.currency_id == line.company_currency_id else _ZERO
            rows.append(
                {
                    "debit_move_id": debit.id,
                    "credit_move_id": credit.id,
                    "amount": abs(left),
                    "debit_amount_currency": own,
                    "credit_amount_currency": own,
                    "company_id": line.company_id.id,
                    "max_date": move.date,
                }
            )
        self.env["account.partial.reconcile"].create(rows)

    def _recount(self) -> None:
        """What is still open of each line: its amount less what matches took, by one question."""
        taken: dict[int, Decimal] = {}
        own: dict[int, Decimal] = {}
        for each in self._partials():
            for line, sign, currency in (
                (each.debit_move_id.id, 1, each.debit_amount_currency),
                (each.credit_move_id.id, -1, each.credit_amount_currency),
            ):
                taken[line] = taken.get(line, _ZERO) + sign * each.amount
                own[line] = own.get(line, _ZERO) + sign * currency
        for line in self:
            residual = line.balance - taken.get(line.id, _ZERO)
            residual_currency = line.amount_currency - own.get(line.id, _ZERO)
            line.write(
                {
                    "amount_residual": residual,
                    "amount_residual_currency": residual_currency,
                    "reconciled": not residual and not residual_currency,
                }
            )

    def _settle_documents(self) -> None:
        """Payments and invoices that these lines belong to, and those at the other end of their matches, take their states."""
        moves = self.mapped("move_id")
        payments = moves.mapped("origin_payment_id")
        if payments:
            payments._settle_states()
            partials = payments.mapped("move_id.line_ids")._partials()
            moves |= (partials.mapped("debit_move_id") | partials.mapped("credit_move_id")).mapped("move_id")
        moves._settle_payment_states()


def _exchange_entry(line: Any, left: Decimal, account: Any, journal: Any, day: date) -> dict[str, Any]:
    """The entry that takes a difference off a line and books it as loss (a debit too much) or gain."""
    home = line.company_currency_id
    currency = line.currency_id
    own = _ZERO if currency != home else -left
    shared = {"partner_id": line.partner_id.id or None, "name": f"Exchange difference: {line.move_name}"}
    return {
        "move_type": "entry",
        "journal_id": journal.id,
        "company_id": line.company_id.id,
        "currency_id": home.id,
        "date": day,
        "line_ids": [
            (
                0,
                0,
                shared
                | {"account_id": line.account_id.id, "currency_id": currency.id}
                | ledger_amounts(-left, own),
            ),
            (0, 0, shared | {"account_id": account.id, "currency_id": home.id} | ledger_amounts(left, left)),
        ],
    }
