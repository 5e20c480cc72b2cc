"""The rules of price lists."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from entrepot.addons.base.value_lists import with_each
from entrepot.addons.product.pricing import Rule
from entrepot.api import (
    Boolean,
    Char,
    Datetime,
    Float,
    Many2one,
    Model,
    Monetary,
    Problem,
    Selection,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_APPLIED_ON = [
    ("3_global", "All Products"),
    ("2_product_category", "Product Category"),
    ("1_product", "Product"),
    ("0_product_variant", "Product Variant"),
]
_COMPUTE = [("fixed", "Fixed Price"), ("percentage", "Discount"), ("formula", "Formula")]
_BASE = [("list_price", "Sales Price"), ("standard_price", "Cost"), ("pricelist", "Other Pricelist")]
_TARGETS = {
    "2_product_category": "categ_id",
    "1_product": "product_tmpl_id",
    "0_product_variant": "product_id",
}


class PricelistItem(
    Model, name="product.pricelist.item", order="applied_on, min_quantity desc, categ_id desc, id desc"
):
    """Pricelist Rule"""

    name = Char(compute="_compute_name")
    pricelist_id = Many2one("product.pricelist", required=True, on_delete="cascade", index=True)
    active = Boolean(related="pricelist_id.active", readonly=True)
    company_id = Many2one("res.company", related="pricelist_id.company_id", readonly=True)
    currency_id = Many2one("res.currency", related="pricelist_id.currency_id", readonly=True)
    applied_on = Selection(_APPLIED_ON, string="Apply On", required=True, default="3_global")
    categ_id = Many2one("product.category", string="Product Category", on_delete="cascade", index=True)
    product_tmpl_id = Many2one("product.template", string="Product", on_delete="cascade", index=True)
    product_id = Many2one("product.product", string="Product Variant", on_delete="cascade", index=True)
    min_quantity = Float(
        string="Min. Quantity",
        aggregator=None,
        help="In the default unit of the product; 0 for any quantity.",
    )
    date_start = Datetime(string="Start Date")
    date_end = Datetime(string="End Date")
    compute_price = Selection(_COMPUTE, required=True, default="fixed", index=True)
    base = Selection(_BASE, string="Based on", required=True, default="list_price")
    base_pricelist_id = Many2one("product.pricelist", string="Other Pricelist", on_delete="restrict")
    fixed_price = Monetary(aggregator=None)
    percent_price = Float(string="Percentage Price", aggregator=None, help="The discount in percent.")
    price_discount = Float(aggregator=None, help="In percent; below 0 for a markup.")
    price_round = Monetary(
        string="Price Rounding", aggregator=None, help="Prices are multiples of it; 0 for none."
    )
    price_surcharge = Monetary(string="Extra Fee", aggregator=None)
    price_min_margin = Monetary(string="Min. Price Margin", aggregator=None, help="0 for none.")
    price_max_margin = Monetary(string="Max. Price Margin", aggregator=None, help="0 for none.")

    @depends(
        "applied_on", "categ_id.complete_name", "product_tmpl_id.display_name", "product_id.display_name"
    )
    def _compute_name(self) -> None:
        for item in self:
            target = _TARGETS.get(item.applied_on or "")
            item.name = getattr(item, target).display_name if target else "All Products"

    def create(self, vals_list: Any) -> Self:
        """Create; what a rule is for follows from the product or category that is given, unless it is said."""
        return super().create(with_each(vals_list, _with_kind))

    @constrains("applied_on", "categ_id", "product_tmpl_id", "product_id")
    def _targets_are_given(self) -> Iterator[Problem]:
        for item in self:
            target = _TARGETS.get(item.applied_on or "")
            if target and not getattr(item, target):
                yield Problem(target, "required", "Say which product or category the rule is for.")

    @constrains("base", "base_pricelist_id", "pricelist_id", "compute_price")
    def _base_lists_turn_in_no_circle(self) -> Iterator[Problem]:
        for item in self.filtered(lambda each: each.base == "pricelist" and each.compute_price != "fixed"):
            if not item.base_pricelist_id:
                yield Problem("base_pricelist_id", "required", "Say which price list the rule is based on.")
            elif item.pricelist_id in self._resting_on(item.base_pricelist_id):
                yield Problem("base_pricelist_id", "circle", "A price list cannot be based on itself.")

    @constrains("date_start", "date_end")
    def _ends_after_it_starts(self) -> Iterator[Problem]:
        for item in self:
            if item.date_start and item.date_end and item.date_start > item.date_end:
                yield Problem(
                    "date_end", "before_start", "The end date of a rule cannot be before its start date."
                )

    @constrains(
        "min_quantity", "fixed_price", "percent_price", "price_discount", "price_round", "price_min_margin",
        "price_max_margin",
    )  # fmt: skip
    def _numbers_make_sense(self) -> Iterator[Problem]:
        for item in self:
            for name in ("min_quantity", "fixed_price", "price_round"):
                if getattr(item, name) < 0:
                    yield Problem(
                        name, "range", "Quantities, prices and roundings of a rule cannot be negative."
                    )
            for name in ("percent_price", "price_discount"):
                if getattr(item, name) > 100:
                    yield Problem(name, "range", "A discount cannot be more than 100 percent.")
            low, high = item.price_min_margin, item.price_max_margin
            if low and high and low > high:
                yield Problem(
                    "price_min_margin", "range", "The minimum margin should be lower than the maximum margin."
                )

    def as_rules(self) -> list[Rule]:
        """These records as values for `pricing`."""
        return [_rule(item) for item in self]

    def _resting_on(self, lists: Any) -> Any:
        """These price lists and all that they are based on; one query a level."""
        seen = level = lists
        while level:
            items = self.search(
                [
                    ("pricelist_id", "in", level.ids),
                    ("base", "=", "pricelist"),
                    ("compute_price", "!=", "fixed"),
                ]
            )
            level = items.mapped("base_pricelist_id") - seen
            seen |= level
        return seen


def _with_kind(values: Mapping[str, Any]) -> Mapping[str, Any]:
    if values.get("applied_on"):
        return values
    for kind in ("0_product_variant", "1_product", "2_product_category"):
        if values.get(_TARGETS[kind]):
            return {**values, "applied_on": kind}
    return values


def _rule(item: Any) -> Rule:
    target = _TARGETS.get(item.applied_on)
    return Rule(
        id=item.id,
        applied_on=item.applied_on,
        target=getattr(item, target).id if target else 0,
        min_quantity=Decimal(repr(item.min_quantity)),
        start=item.date_start,
        end=item.date_end,
        compute=item.compute_price,
        base=item.base,
        base_pricelist=item.base_pricelist_id.id,
        fixed=item.fixed_price,
        percent=Decimal(repr(item.percent_price)),
        discount=Decimal(repr(item.price_discount)),
        step=item.price_round,
        surcharge=item.price_surcharge,
        min_margin=item.price_min_margin,
        max_margin=item.price_max_margin,
    )
