"""Invoices of a clinic: whose care they are about, who is asked to pay, and exact matches of their open items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from entrepot.addons.account.matching import Match
from entrepot.api import Many2one, Model, Selection

_PAYERS = [("patient", "Patient"), ("insurer", "Insurer")]


class Move(Model, extends="account.move"):
    """Journal Entry"""

    patient_id = Many2one("got2.patient", on_delete="restrict", index=True)
    claim_id = Many2one("claim.manager", on_delete="restrict", index=True, copy=False)
    payer_kind = Selection(_PAYERS, string="Who pays", index=True)
    clinic_order_id = Many2one(
        "sale.order", string="Clinic's order", on_delete="restrict", index=True, copy=False
    )

    def _reversal_values(self, given: dict[str, Any]) -> dict[str, Any]:
        """A credit note is about the same patient, asks the same payer, and belongs to the same claim."""
        values: dict[str, Any] = super()._reversal_values(given)  # type: ignore[misc]  # the ledger's method
        links = {"patient_id": self.patient_id.id or None, "claim_id": self.claim_id.id or None}
        return {**values, **links, "payer_kind": self.payer_kind}

    def open_items(self) -> Any:
        """The lines of these entries that wait for a payment."""
        return self.mapped("line_ids").filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )

    def link(self, **links: int | None) -> None:
        """Note on documents, posted or not, what they belong to; it changes nothing in the ledger."""
        self.sudo().with_context(_ledger=True).write(links)


class MoveLine(Model, extends="account.move.line"):
    """Journal Item"""

    def match_parts(self, parts: list[tuple[Any, Decimal]]) -> None:
        """Match this payment's open item with parts of invoices' open items, of one account and currency."""
        if not parts:
            return
        both = self.browse([self.id, *(other.id for other, _ in parts)])
        both._lock_for_matching()
        both = both.sudo().with_context(_ledger=True)
        both._keep_matches([Match(other.id, self.id, amount, amount, amount) for other, amount in parts])
        both._recount()
        both._settle_documents()
