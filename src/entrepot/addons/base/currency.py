"""Currencies, how their amounts are rounded, and conversion at the rate of a day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.base import rounding
from entrepot.api import (
    Boolean,
    Char,
    Date,
    Float,
    Integer,
    Model,
    One2many,
    Problem,
    Selection,
    UserError,
    constrains,
    depends,
    ondelete,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

_POSITIONS = [("after", "After Amount"), ("before", "Before Amount")]
_NO_RATE = Decimal(1)


class Currency(Model, name="res.currency", order="active desc, name"):
    """Currency"""

    name = Char(string="Currency", size=3, required=True, unique=True, help="Currency Code (ISO 4217)")
    full_name = Char(string="Name")
    symbol = Char(required=True)
    iso_numeric = Integer(string="Currency numeric code", aggregator=None)
    rounding = Float(string="Rounding Factor", digits=(12, 6), default=0.01, aggregator=None)
    decimal_places = Integer(compute="_compute_decimal_places", store=True, aggregator=None)
    position = Selection(_POSITIONS, string="Symbol Position", default="after")
    currency_unit_label = Char(string="Currency Unit", translate=True)
    currency_subunit_label = Char(string="Currency Subunit", translate=True)
    active = Boolean(default=True)
    rate_ids = One2many("res.currency.rate", "currency_id", string="Rates")
    rate = Float(compute="_compute_rate", string="Current Rate", digits=(24, 12), aggregator=None)
    inverse_rate = Float(compute="_compute_rate", digits=(24, 12), aggregator=None)
    date = Date(compute="_compute_rate", string="Date")
    is_current_company_currency = Boolean(compute="_compute_is_current")

    @depends("rounding")
    def _compute_decimal_places(self) -> None:
        for currency in self:
            currency.decimal_places = rounding.decimal_places(currency.step())

    @depends("rate_ids.rate", "rate_ids.name", "rate_ids.company_id")
    def _compute_rate(self) -> None:
        """Rates of today in the company of the caller."""
        day = self.env.today()
        known = self.rates(day)
        for currency in self:
            when, rate = known.get(currency.id, (None, _NO_RATE))
            currency.rate = float(rate)
            currency.inverse_rate = float(1 / rate)
            currency.date = when

    @depends("name")
    def _compute_is_current(self) -> None:
        home = self.env.company.currency_id
        for currency in self:
            currency.is_current_company_currency = currency == home

    @constrains("rounding")
    def _rounding_is_positive(self) -> Iterator[Problem]:
        for currency in self:
            if currency.rounding <= 0:
                yield Problem("rounding", "not_positive", "The rounding factor must be greater than 0!")

    @constrains("active")
    def _companies_keep_theirs(self) -> Iterator[Problem]:
        asleep = self.filtered(lambda currency: not currency.active)
        if asleep and self.env["res.company"].search_count([("currency_id", "in", asleep.ids)]):
            yield Problem(
                "active", "in_use", "This currency is set on a company and therefore cannot be deactivated."
            )

    @ondelete
    def _companies_need_theirs(self) -> None:
        if self.env["res.company"].search_count([("currency_id", "in", self.ids)]):
            raise UserError("This currency is set on a company and therefore cannot be deleted.")

    def step(self) -> Decimal:
        """The smallest amount of this currency, exact."""
        return Decimal(str(self.ensure_one().rounding or 0.01))

    def round(self, amount: Decimal) -> Decimal:
        """An amount as it can be paid: nearest multiple of the step, ties away from zero."""
        return rounding.round_to(amount, self.step())

    def is_zero(self, amount: Decimal) -> bool:
        """Whether an amount rounds to nothing."""
        return rounding.is_zero(amount, self.step())

    def compare_amounts(self, first: Decimal, second: Decimal) -> int:
        """-1, 0 or 1 for two amounts as they would be paid."""
        return rounding.compare(first, second, self.step())

    def rates(self, day: dt.date, company: Any = None) -> dict[int, tuple[dt.date | None, Decimal]]:
        """The rate in force on a day, a currency id each, with the day it is from.

        Rates of the company itself go before those of every company. Currencies without any are left out.
        """
        company_id = (company or self.env.company).id
        found: dict[int, tuple[dt.date | None, Decimal]] = {}
        rows = (
            self.env["res.currency.rate"]
            .sudo()
            .search(
                [
                    ("currency_id", "in", self.ids),
                    ("name", "<=", day),
                    ("company_id", "in", [company_id, False]),
                ],
                order="currency_id, name desc, id desc",
            )
        )
        for row in sorted(rows, key=lambda each: not each.company_id):
            found.setdefault(row.currency_id.id, (row.name, Decimal(str(row.rate))))
        return found

    def _convert(
        self,
        amount: Decimal,
        to: Currency,
        company: Any = None,
        day: dt.date | None = None,
        *,
        rounded: bool = True,
    ) -> Decimal:
        """An amount of this currency in another one, at the rates of a day (today's when left out)."""
        if self == to:
            return to.round(amount) if rounded else amount
        known = (self | to).rates(day or self.env.today(), company)
        mine = known.get(self.ensure_one().id, (None, _NO_RATE))[1]
        other = known.get(to.ensure_one().id, (None, _NO_RATE))[1]
        return rounding.convert(amount, mine, other, to.step() if rounded else None)
