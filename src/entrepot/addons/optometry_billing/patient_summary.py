"""The balance on the summary that patients get."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from entrepot.addons.optometry.summary import Section
from entrepot.api import Model


class PatientSummary(Model, extends="got2.patient.summary"):
    """Summary of a Chart"""

    def section_makers(self) -> dict[str, Callable[[Any], Section]]:
        """Who writes each section; the balance is written here."""
        makers: dict[str, Callable[[Any], Section]] = super().section_makers()  # type: ignore[misc]  # of the summary
        return {**makers, "balance": self._balance}

    def _balance(self, patient: Any) -> Section:
        known = patient.sudo()
        owed, currency = known.balance, known.billing_currency_id
        if not owed:
            return Section("Balance", ["Nothing is due."])
        amount = f"{abs(owed):.{currency.decimal_places}f} {currency.name}"
        return Section("Balance", [f"Due: {amount}" if owed > 0 else f"In your favour: {amount}"])
