"""Matches between a debit and a credit: made and undone by the lines, never written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.api import Date, Many2one, Model, Monetary, Problem, ValidationError

if TYPE_CHECKING:
    from collections.abc import Mapping


class PartialReconcile(
    Model, name="account.partial.reconcile", title="Partial Reconcile", rec_name="", order="id"
):
    """Partial Reconcile"""

    debit_move_id = Many2one("account.move.line", required=True, index=True, on_delete="restrict")
    credit_move_id = Many2one("account.move.line", required=True, index=True, on_delete="restrict")
    amount = Monetary(currency="company_currency_id", readonly=True, help="In the company's currency.")
    debit_amount_currency = Monetary(currency="debit_currency_id", readonly=True)
    credit_amount_currency = Monetary(currency="credit_currency_id", readonly=True)
    debit_currency_id = Many2one(related="debit_move_id.currency_id", readonly=True)
    credit_currency_id = Many2one(related="credit_move_id.currency_id", readonly=True)
    company_id = Many2one("res.company", required=True, index=True, on_delete="restrict")
    company_currency_id = Many2one(related="company_id.currency_id", readonly=True)
    max_date = Date(
        readonly=True, index=True, help="The later of the two dates: from then on both are settled."
    )
    exchange_move_id = Many2one(
        "account.move", string="Exchange Entry", readonly=True, copy=False, index=True, on_delete="restrict"
    )

    def create(self, vals_list: Any) -> Any:
        """Made by `reconcile` of the lines only."""
        self._by_the_ledger("reconcile() of account.move.line")
        return super().create(vals_list)

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Never changed."""
        self._by_the_ledger("remove_move_reconcile() of account.move.line")
        return super().write(vals)

    def unlink(self) -> bool:
        """Taken back by `remove_move_reconcile` of the lines only."""
        self._by_the_ledger("remove_move_reconcile() of account.move.line")
        return super().unlink()

    def _by_the_ledger(self, method: str) -> None:
        if not self.env.context.get("_ledger"):
            problem = Problem("id", "worked_out", f"Matches are made and undone by {method}.")
            raise ValidationError(problems=[problem], model=self.model_name)
