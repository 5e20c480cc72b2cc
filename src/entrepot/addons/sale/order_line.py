"""Lines of sales orders: what is sold, at which frozen price, and how much of it is delivered and invoiced."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.account.tax_engine import PricedLine, UnsolvableTaxesError, compute_document
from entrepot.addons.sale import progress
from entrepot.addons.sale.order import STATES
from entrepot.api import (
    Boolean,
    Float,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    One2many,
    Problem,
    Selection,
    Text,
    ValidationError,
    constrains,
    depends,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from entrepot.addons.account.tax_engine import DocumentTotals, Rounding

DIGITS = (16, 6)
_DISPLAY = [("line_section", "Section"), ("line_note", "Note")]
_METHODS = [("manual", "Manual"), ("stock_move", "Stock Moves")]
_MOST = 1e9


def _countable(quantity: float) -> str | None:
    """What is wrong with an ordered quantity."""
    if quantity < 0:
        return "a quantity is not negative: take goods back by a return"
    return None if quantity < _MOST else f"a quantity is below {_MOST:,.0f}"


class OrderLine(Model, name="sale.order.line", rec_name="name", order="order_id, sequence, id"):
    """Sales Order Line"""

    order_id = Many2one(
        "sale.order", string="Order Reference", required=True, on_delete="cascade", index=True
    )
    sequence = Integer(default=10, aggregator=None)
    display_type = Selection(_DISPLAY)
    name = Text(string="Description")
    product_id = Many2one("product.product", on_delete="restrict", index=True)
    product_template_id = Many2one(
        "product.template", related="product_id.product_tmpl_id", string="Product Template"
    )
    product_no_variant_attribute_value_ids = Many2many("product.template.attribute.value", string="Options")
    product_uom = Many2one("uom.uom", string="Unit of Measure", on_delete="restrict")
    product_uom_qty = Float(string="Quantity", digits=DIGITS, default=1.0, check=_countable)
    price_unit = Monetary(
        scale=6, aggregator=None, help="Of one unit, in the order's currency; stays until prices are updated."
    )
    pricelist_item_id = Many2one("product.pricelist.item", string="Price Rule", readonly=True, copy=False)
    discount = Float(string="Discount (%)", digits=(16, 4), aggregator=None)
    tax_id = Many2many("account.tax", table="account_tax_sale_order_line_rel", string="Taxes")
    price_subtotal = Monetary(compute="_compute_amount", store=True, string="Subtotal")
    price_tax = Monetary(compute="_compute_amount", store=True, string="Total Tax")
    price_total = Monetary(compute="_compute_amount", store=True, string="Total")
    price_reduce_taxexcl = Monetary(
        compute="_compute_reduced", string="Price Reduce Tax excl", aggregator=None
    )
    price_reduce_taxinc = Monetary(
        compute="_compute_reduced", string="Price Reduce Tax incl", aggregator=None
    )
    currency_id = Many2one("res.currency", related="order_id.currency_id", store=True)
    company_id = Many2one("res.company", related="order_id.company_id", store=True, index=True)
    order_partner_id = Many2one(
        "res.partner", related="order_id.partner_id", store=True, index=True, string="Customer"
    )
    salesman_id = Many2one("res.users", related="order_id.user_id", string="Salesperson", readonly=True)
    state = Selection(STATES, related="order_id.state", store=True, string="Order Status", index=True)
    is_downpayment = Boolean(string="Is a down payment", copy=False, readonly=True)
    warehouse_id = Many2one(
        "stock.warehouse",
        on_delete="restrict",
        help="Where this line is delivered from; empty: from the order's.",
    )
    customer_lead = Float(string="Lead Time", aggregator=None, help="Days from confirmation to delivery.")
    qty_delivered_method = Selection(_METHODS, compute="_compute_method", store=True)
    qty_delivered = Float(
        string="Delivery Quantity",
        digits=DIGITS,
        compute="_compute_delivered",
        store=True,
        readonly=False,
        copy=False,
    )
    qty_invoiced = Float(string="Invoiced Quantity", digits=DIGITS, compute="_compute_invoiced", store=True)
    qty_to_invoice = Float(
        string="Quantity To Invoice", digits=DIGITS, compute="_compute_to_invoice", store=True
    )
    invoice_status = Selection(
        list(progress.INVOICE_STATUS), compute="_compute_to_invoice", store=True, index=True
    )
    invoice_lines = Many2many(
        "account.move.line",
        table="sale_order_line_invoice_rel",
        column="order_line_id",
        other="invoice_line_id",
        copy=False,
    )
    move_ids = One2many("stock.move", "sale_line_id", string="Stock Moves")

    @depends(
        "price_unit",
        "product_uom_qty",
        "discount",
        "tax_id",
        "display_type",
        "order_id.currency_id",
        "order_id.order_line.price_unit",
        "order_id.order_line.product_uom_qty",
        "order_id.order_line.discount",
        "order_id.order_line.tax_id",
    )
    def _compute_amount(self) -> None:
        """Worked out with the whole order: rounding the document tells its cents to the lines."""
        for order in self.mapped("order_id"):
            lines = order.order_line
            totals = lines.document(order)
            for line, each in zip(lines, totals.lines, strict=True):
                if line in self:
                    line.price_subtotal = each.excluded
                    line.price_total = each.included
                    line.price_tax = each.included - each.excluded

    @depends("price_subtotal", "price_total", "product_uom_qty")
    def _compute_reduced(self) -> None:
        for line in self:
            quantity = Decimal(repr(line.product_uom_qty))
            line.price_reduce_taxexcl = line.price_subtotal / quantity if quantity else Decimal(0)
            line.price_reduce_taxinc = line.price_total / quantity if quantity else Decimal(0)

    @depends("product_id.type", "is_downpayment", "display_type")
    def _compute_method(self) -> None:
        for line in self:
            moved = line.product_id.type == "consu" and not line.is_downpayment and not line.display_type
            line.qty_delivered_method = None if line.display_type else "stock_move" if moved else "manual"

    @depends(
        "qty_delivered_method", "move_ids.state", "move_ids.quantity", "move_ids.product_uom", "product_uom"
    )
    def _compute_delivered(self) -> None:
        """Of goods from the moves that were done; of services what somebody said."""
        for line in self:
            if line.qty_delivered_method == "stock_move":
                line.qty_delivered = progress.total(
                    move.sold_quantity(move.quantity) for move in line.move_ids if move.state == "done"
                )
            else:
                line.qty_delivered = line.qty_delivered or 0.0

    @depends(
        "invoice_lines.quantity", "invoice_lines.parent_state", "invoice_lines.product_uom_id", "product_uom"
    )
    def _compute_invoiced(self) -> None:
        for line in self:
            counted = [each for each in line.invoice_lines if each.parent_state != "cancel"]
            line.qty_invoiced = progress.total(each.sold_quantity(line.product_uom) for each in counted)

    @depends(
        "state", "product_uom_qty", "qty_delivered", "qty_invoiced", "product_id.invoice_policy", "display_type",
        "is_downpayment",
    )  # fmt: skip
    def _compute_to_invoice(self) -> None:
        for line in self:
            policy = line.product_id.invoice_policy or "order"
            if line.state != "sale" or line.display_type:
                line.qty_to_invoice, line.invoice_status = 0.0, "no"
            elif line.is_downpayment:
                line.qty_to_invoice, line.invoice_status = -line.qty_invoiced, "invoiced"
            else:
                known = (policy, line.product_uom_qty, line.qty_delivered, line.qty_invoiced)
                line.qty_to_invoice = progress.to_invoice(*known)
                line.invoice_status = progress.line_status(*known)

    def document(self, order: Any) -> DocumentTotals:
        """These lines of one order in money, taxed and rounded as its invoice will be. Raises ValidationError."""
        rules: dict[tuple[int, ...], Any] = {}
        priced = []
        for line in self:
            taxes = line.tax_id
            if taxes.ids not in rules:
                rules[taxes.ids] = taxes.rules()
            quantity = Decimal(0) if line.display_type else Decimal(repr(line.product_uom_qty))
            priced.append(
                PricedLine(line.price_unit, quantity, Decimal(repr(line.discount)), rules[taxes.ids])
            )
        whole = order.company_id.tax_calculation_rounding_method == "round_globally"
        rounding: Rounding = "round_globally" if whole else "round_per_line"
        try:
            return compute_document(priced, order.currency_id.step(), rounding)
        except UnsolvableTaxesError as error:
            raise ValidationError(
                problems=[Problem("tax_id", "taxes", str(error))], model=self.model_name
            ) from error

    def taxed(self) -> dict[int, dict[Any, Decimal]]:
        """Order id -> tax -> its amount over the whole order."""
        found: dict[int, dict[Any, Decimal]] = {}
        for order in self.mapped("order_id"):
            shares = order.order_line.document(order).taxes
            found[order.id] = {self.env["account.tax"].browse(each.key): each.amount for each in shares}
        return found

    @constrains("product_id", "product_uom", "display_type", "name")
    def _lines_are_whole(self) -> Iterator[Problem]:
        for line in self:
            if line.display_type:
                if line.product_id or line.product_uom or line.price_unit:
                    yield Problem(
                        "display_type", "contradiction", "A section or note has no product, unit or price."
                    )
                if not (line.name or "").strip():
                    yield Problem("name", "required", "A section or note needs a text.")
            elif line.product_id and line.product_uom.category_id != line.product_id.uom_id.category_id:
                text = (
                    f"{line.product_id.display_name} is not counted in {line.product_uom.name or 'no unit'}."
                )
                yield Problem("product_uom", "category", text)

    @constrains("discount", "price_unit")
    def _prices_make_sense(self) -> Iterator[Problem]:
        for line in self:
            if line.discount > 100:
                yield Problem("discount", "range", "A discount cannot be more than 100 percent.")

    @constrains("tax_id", "warehouse_id", "product_id", "company_id")
    def _everything_is_of_the_orders_company(self) -> Iterator[Problem]:
        for line in self:
            for name in ("tax_id", "warehouse_id", "product_id"):
                for record in getattr(line, name):
                    if record.company_id and record.company_id != line.company_id:
                        text = f"{record.display_name} belongs to another company than the order."
                        yield Problem(name, "company", text)

    @constrains("qty_delivered", "qty_delivered_method")
    def _services_are_not_taken_back(self) -> Iterator[Problem]:
        for line in self:
            if line.qty_delivered < 0 and line.qty_delivered_method == "manual":
                yield Problem("qty_delivered", "range", "A delivered quantity is not negative.")
