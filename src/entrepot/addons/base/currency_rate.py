"""What one unit of a company's currency is worth in another, from a day on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.api import Date, Float, Many2one, Model, Problem, constrains, depends

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class CurrencyRate(
    Model, name="res.currency.rate", order="name desc, id", unique=[("name", "currency_id", "company_id")]
):
    """Currency Rate"""

    name = Date(string="Date", required=True, index=True, default=lambda self: self.env.today())
    rate = Float(
        digits=(24, 12),
        required=True,
        default=1.0,
        string="Technical Rate",
        aggregator="avg",
        help="Units of the currency for one unit of the company's currency.",
    )
    inverse_company_rate = Float(
        compute="_compute_inverse",
        inverse="_set_inverse",
        digits=(24, 12),
        aggregator=None,
        help="Units of the company's currency for one unit of the currency.",
    )
    currency_id = Many2one("res.currency", required=True, index=True, on_delete="cascade")
    company_id = Many2one(
        "res.company", default=lambda self: self.env.company, help="Empty: for every company."
    )

    @depends("rate")
    def _compute_inverse(self) -> None:
        for each in self:
            each.inverse_company_rate = 1 / each.rate if each.rate else 0.0

    def _set_inverse(self) -> None:
        for each in self:
            if each.inverse_company_rate:
                each.rate = 1 / each.inverse_company_rate

    def create(self, vals_list: Any) -> Self:
        """Create; a rate given the other way round is turned before it is checked."""
        return super().create(with_each(vals_list, _turned))

    @constrains("rate")
    def _rate_is_positive(self) -> Iterator[Problem]:
        for each in self:
            if each.rate <= 0:
                yield Problem("rate", "not_positive", "The currency rate must be strictly positive.")


def _turned(values: Mapping[str, Any]) -> Mapping[str, Any]:
    inverse = values.get("inverse_company_rate")
    if values.get("rate") or not isinstance(inverse, (int, float)) or inverse <= 0:
        return values
    rest = {key: value for key, value in values.items() if key != "inverse_company_rate"}
    return {**rest, "rate": 1 / inverse}
