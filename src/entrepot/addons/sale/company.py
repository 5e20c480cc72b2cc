"""How long a company's quotations hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.api import Integer, Model, Problem, constrains

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 3650


class Company(Model, extends="res.company"):
    """Company"""

    quotation_validity_days = Integer(default=30, aggregator=None, string="Default Quotation Validity (days)")

    @constrains("quotation_validity_days")
    def _quotations_hold_for_some_days(self) -> Iterator[Problem]:
        for company in self:
            if not 0 <= company.quotation_validity_days <= _LONGEST:
                text = f"A quotation holds for 0 to {_LONGEST} days."
                yield Problem("quotation_validity_days", "range", text)
