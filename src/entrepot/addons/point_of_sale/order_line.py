"""Lines of tickets, with their taxes as they were when it was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Self

from entrepot.addons.account.tax_engine import LineTotals, PricedLine, Rounding, compute_document
from entrepot.addons.base.value_lists import with_each
from entrepot.addons.point_of_sale.steps import POS, refuse_settled
from entrepot.api import (
    Char,
    Float,
    Json,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    constrains,
    depends,
    ondelete,
)

_MOST = 10**9


class OrderLine(Model, name="pos.order.line", rec_name="full_product_name", order="id"):
    """Point of Sale Order Lines"""

    order_id = Many2one("pos.order", required=True, index=True, on_delete="cascade")
    company_id = Many2one("res.company", related="order_id.company_id", store=True, index=True)
    currency_id = Many2one("res.currency", related="order_id.currency_id")
    product_id = Many2one("product.product", required=True, index=True, on_delete="restrict")
    full_product_name = Char(compute="_compute_full_name", store=True, readonly=False)
    product_uom_id = Many2one("uom.uom", related="product_id.uom_id", string="Product UoM")
    qty = Float(string="Quantity", digits=(16, 6), default=1.0)
    price_unit = Monetary(scale=6, aggregator=None)
    discount = Float(string="Discount (%)", digits=(16, 4), aggregator=None)
    tax_ids = Many2many(
        "account.tax",
        table="account_tax_pos_order_line_rel",
        column="pos_order_line_id",
        other="account_tax_id",
    )
    price_subtotal = Monetary(compute="_compute_amounts", store=True, string="Tax Excl.")
    price_subtotal_incl = Monetary(compute="_compute_amounts", store=True, string="Tax Incl.")
    tax_shares = Json(
        compute="_compute_amounts", store=True, help="[tax, base, amount] of each tax, as texts."
    )
    customer_note = Char()
    refunded_orderline_id = Many2one(
        "pos.order.line", string="Refunded Order Line", index=True, copy=False, on_delete="restrict"
    )
    refund_orderline_ids = One2many("pos.order.line", "refunded_orderline_id", string="Refund Order Lines")
    refunded_qty = Float(compute="_compute_refunded_qty", string="Refunded Quantity", digits=(16, 6))

    @depends("product_id.display_name")
    def _compute_full_name(self) -> None:
        for line in self:
            line.full_product_name = line.full_product_name or line.product_id.display_name

    @depends(
        "qty",
        "price_unit",
        "discount",
        "tax_ids",
        "order_id.lines.qty",
        "order_id.lines.price_unit",
        "order_id.lines.discount",
        "order_id.lines.tax_ids",
    )
    def _compute_amounts(self) -> None:
        """Taxes are worked out over the whole ticket, as those of an invoice."""
        totals: dict[int, LineTotals] = {}
        for order in self.mapped("order_id"):
            totals |= taxed(order)
        for line in self:
            found = totals[line.id]
            line.price_subtotal = found.excluded
            line.price_subtotal_incl = found.included
            line.tax_shares = [[share.key, str(share.base), str(share.amount)] for share in found.taxes]

    @depends("refund_orderline_ids.qty", "refund_orderline_ids.order_id.state")
    def _compute_refunded_qty(self) -> None:
        for line in self:
            refunds = line.refund_orderline_ids.filtered(lambda each: each.order_id.state != "cancel")
            line.refunded_qty = float(-sum((Decimal(str(each.qty)) for each in refunds), Decimal(0)))

    @constrains("qty", "discount", "price_unit")
    def _figures_make_sense(self) -> Iterator[Problem]:
        for line in self:
            if not 0 <= line.discount <= 100:
                yield Problem("discount", "range", "A discount is between 0 and 100 percent.")
            if abs(line.qty) > _MOST or abs(line.price_unit) > _MOST:
                yield Problem("qty", "range", "Quantities and prices stay below a milliard.")

    @constrains("tax_ids", "order_id")
    def _taxes_are_of_the_company(self) -> Iterator[Problem]:
        for line in self:
            for tax in line.tax_ids:
                if tax.company_id != line.company_id:
                    yield Problem("tax_ids", "other_company", f"Tax {tax.name} is another company's.")

    @constrains("qty", "refunded_orderline_id", "product_id")
    def _no_more_comes_back_than_went_out(self) -> Iterator[Problem]:
        for line in self.filtered("refunded_orderline_id"):
            sold = line.refunded_orderline_id
            if sold.product_id != line.product_id or line.qty > 0:
                yield Problem(
                    "refunded_orderline_id", "mismatch", "A refund is of the same product, below zero."
                )
            elif sold.refunded_qty > sold.qty:
                text = f"{sold.full_product_name}: {sold.qty:g} were sold, not {sold.refunded_qty:g}."
                yield Problem("qty", "too_many", text)

    def create(self, vals_list: Any) -> Self:
        """Create; price and taxes that are not given are the product's. Settled tickets take no lines."""
        made = super().create(with_each(vals_list, self._completed))
        refuse_settled(made.mapped("order_id"))
        return made

    def _completed(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        product = values.get("product_id")
        if not isinstance(product, int) or ("price_unit" in values and "tax_ids" in values):
            return values
        order = self.env["pos.order"].sudo().browse(values.get("order_id") or ()).exists()
        found = self.env["product.product"].browse(product).exists()
        if not order or not found:
            return values
        more: dict[str, Any] = {}
        if values.get("price_unit") is None:
            lists = order.pricelist_id or self.env["product.pricelist"]
            more["price_unit"] = lists.price_of(found, float(values.get("qty") or 1))
        if values.get("tax_ids") is None:
            taxes = found.sudo().taxes_id.filtered(lambda tax: tax.company_id == order.company_id)
            more["tax_ids"] = [(6, 0, taxes.ids)]
        return {**values, **more}

    def write(self, vals: Mapping[str, Any]) -> bool:
        """Write; lines of settled tickets stay."""
        refuse_settled(self.mapped("order_id"))
        return super().write(vals)

    @ondelete
    def _settled_lines_stay(self) -> None:
        if not self.env.context.get(POS):
            refuse_settled(self.mapped("order_id"))


def taxed(order: Any) -> dict[int, LineTotals]:
    """The totals of each line of a ticket, by id, as the account's engine works them out."""
    lines = order.lines
    priced = [
        PricedLine(
            Decimal(line.price_unit),
            Decimal(str(line.qty)),
            Decimal(str(line.discount)),
            line.tax_ids.rules(),
        )
        for line in lines
    ]
    method: Rounding = order.company_id.tax_calculation_rounding_method or "round_per_line"
    totals = compute_document(priced, order.currency_id.step(), method)
    return dict(zip(lines.ids, totals.lines, strict=True))
