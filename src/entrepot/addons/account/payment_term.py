"""Payment terms: in which parts and when an invoice falls due."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from entrepot.addons.account.due_dates import TermRule, due_date, installments
from entrepot.api import (
    Boolean,
    Char,
    Float,
    Html,
    Integer,
    Many2one,
    Model,
    One2many,
    Problem,
    Selection,
    constrains,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = [("percent", "Percent"), ("fixed", "Fixed"), ("balance", "Balance")]
_DELAYS = [
    ("days_after", "Days after invoice date"),
    ("days_after_end_of_month", "Days after end of month"),
    ("days_after_end_of_next_month", "Days after end of next month"),
]
_LONGEST = 3650


class PaymentTerm(Model, name="account.payment.term", order="sequence, id"):
    """Payment Terms"""

    name = Char(string="Payment Terms", required=True, translate=True)
    active = Boolean(default=True)
    note = Html(string="Description on the Invoice", translate=True)
    sequence = Integer(default=10, required=True, aggregator=None)
    company_id = Many2one("res.company", index=True, on_delete="cascade", help="Empty: for every company.")
    line_ids = One2many("account.payment.term.line", "payment_id", string="Terms", copy=True)

    @constrains("line_ids")
    def _parts_make_a_whole(self) -> Iterator[Problem]:
        for term in self:
            shares = [line for line in term.line_ids if line.value == "percent"]
            rest = [line for line in term.line_ids if line.value == "balance"]
            whole = sum((Decimal(str(line.value_amount)) for line in shares), Decimal(0))
            if len(rest) > 1:
                yield Problem("line_ids", "unique", f"{term.name}: only one line takes the balance.")
            if whole > 100 or (
                not rest and term.line_ids and len(shares) == len(term.line_ids) and whole != 100
            ):
                yield Problem(
                    "line_ids", "range", f"{term.name}: the percentages must add up to 100, not {whole}."
                )

    def rules(self) -> list[TermRule]:
        """What `due_dates` takes; who takes the balance comes last."""
        lines = sorted(self.line_ids, key=lambda line: line.value == "balance")
        return [line.rule() for line in lines]

    def installments(self, total: Decimal, start: date, step: Decimal) -> list[tuple[date, Decimal]]:
        """The parts of an amount with the days they fall due; without a term all of it at once."""
        return installments(total, start, self.rules() if self else [], step)

    def last_day(self, start: date) -> date:
        """The day the last part falls due."""
        return max((due_date(start, rule) for rule in self.rules()), default=start) if self else start


class PaymentTermLine(Model, name="account.payment.term.line", rec_name="", order="sequence, id"):
    """Payment Terms Line"""

    payment_id = Many2one("account.payment.term", required=True, index=True, on_delete="cascade")
    sequence = Integer(default=10, aggregator=None)
    value = Selection(_PARTS, string="Type", required=True, default="percent")
    value_amount = Float(string="Value", digits=(16, 6), default=100.0, aggregator=None)
    nb_days = Integer(string="Days", aggregator=None)
    delay_type = Selection(_DELAYS, required=True, default="days_after")

    @constrains("nb_days", "value", "value_amount")
    def _numbers_make_sense(self) -> Iterator[Problem]:
        for line in self:
            if not 0 <= line.nb_days <= _LONGEST:
                yield Problem("nb_days", "range", f"Days are between 0 and {_LONGEST}.")
            if line.value == "percent" and not 0 <= line.value_amount <= 100:
                yield Problem("value_amount", "range", "A percentage is between 0 and 100.")
            if line.value == "fixed" and not 0 <= line.value_amount < 10**12:
                yield Problem("value_amount", "range", "A fixed part is an amount above 0.")

    def rule(self) -> TermRule:
        """What `due_dates` takes."""
        part, delay = self.value, self.delay_type
        return TermRule(part, Decimal(str(self.value_amount)), self.nb_days, delay)  # type: ignore[arg-type]  # selections
