"""Lines of purchase orders: what is bought, at which price, and how much of it is received and billed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.account.tax_engine import PricedLine, Rounding, UnsolvableTaxesError, compute_document
from entrepot.addons.purchase import progress
from entrepot.addons.purchase.order import STATES
from entrepot.addons.stock.quantities import DIGITS, settled, total
from entrepot.api import (
    Datetime,
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

    from entrepot.addons.account.tax_engine import DocumentTotals

_DISPLAY = [("line_section", "Section"), ("line_note", "Note")]
_METHODS = [("manual", "Manual"), ("stock_moves", "Stock Moves")]
_MOST = 1e12


class OrderLine(Model, name="purchase.order.line", rec_name="name", order="order_id, sequence, id"):
    """Purchase Order Line"""

    order_id = Many2one(
        "purchase.order", string="Order Reference", required=True, on_delete="cascade", index=True
    )
    sequence = Integer(default=10, aggregator=None)
    display_type = Selection(_DISPLAY)
    name = Text(string="Description")
    product_id = Many2one("product.product", on_delete="restrict", index=True)
    product_template_id = Many2one(
        "product.template", related="product_id.product_tmpl_id", string="Product Template"
    )
    product_uom = Many2one("uom.uom", string="Unit of Measure", on_delete="restrict")
    product_qty = Float(string="Quantity", digits=DIGITS, default=1.0)
    product_uom_qty = Float(
        string="Total Quantity",
        digits=DIGITS,
        compute="_compute_product_uom_qty",
        store=True,
        help="In the product's unit.",
    )
    date_planned = Datetime(string="Expected Arrival", index=True)
    price_unit = Monetary(scale=6, aggregator=None, help="Of one unit, in the order's currency.")
    technical_price_unit = Monetary(
        scale=6, readonly=True, copy=False, aggregator=None, help="The price that the vendor's list gave."
    )
    discount = Float(string="Discount (%)", digits=(16, 4), aggregator=None)
    taxes_id = Many2many("account.tax", table="account_tax_purchase_order_line_rel", string="Taxes")
    price_subtotal = Monetary(compute="_compute_amount", store=True, string="Subtotal")
    price_tax = Monetary(compute="_compute_amount", store=True, string="Tax")
    price_total = Monetary(compute="_compute_amount", store=True, string="Total")
    currency_id = Many2one("res.currency", related="order_id.currency_id", store=True)
    company_id = Many2one("res.company", related="order_id.company_id", store=True, index=True)
    partner_id = Many2one("res.partner", related="order_id.partner_id", store=True, index=True)
    date_order = Datetime(related="order_id.date_order", string="Order Date", readonly=True)
    state = Selection(STATES, related="order_id.state", store=True, index=True)
    qty_received_method = Selection(_METHODS, compute="_compute_method", store=True)
    qty_received = Float(
        string="Received Qty",
        digits=DIGITS,
        compute="_compute_received",
        store=True,
        readonly=False,
        copy=False,
    )
    qty_invoiced = Float(string="Billed Qty", digits=DIGITS, compute="_compute_invoiced", store=True)
    qty_to_invoice = Float(
        string="To Invoice Quantity", digits=DIGITS, compute="_compute_to_invoice", store=True
    )
    invoice_lines = One2many("account.move.line", "purchase_line_id", string="Bill Lines")
    move_ids = One2many("stock.move", "purchase_line_id", string="Reservation")

    @depends("product_qty", "product_uom", "product_id.uom_id")
    def _compute_product_uom_qty(self) -> None:
        for line in self:
            unit, own = line.product_uom, line.product_id.uom_id
            known = unit and own and unit != own
            line.product_uom_qty = (
                unit.convert(line.product_qty, own, method="HALF-UP") if known else line.product_qty
            )

    @depends(
        "price_unit",
        "product_qty",
        "discount",
        "taxes_id",
        "display_type",
        "order_id.currency_id",
        "order_id.order_line.price_unit",
        "order_id.order_line.product_qty",
        "order_id.order_line.discount",
        "order_id.order_line.taxes_id",
    )
    def _compute_amount(self) -> None:
        """Worked out with the whole order: rounding the document tells its cents to the lines."""
        for order in self.mapped("order_id"):
            lines = order.order_line
            for line, each in zip(lines, lines.document(order).lines, strict=True):
                if line in self:
                    line.price_subtotal = each.excluded
                    line.price_total = each.included
                    line.price_tax = each.included - each.excluded

    @depends("product_id.type", "display_type")
    def _compute_method(self) -> None:
        for line in self:
            moved = line.product_id.type == "consu"
            line.qty_received_method = None if line.display_type else "stock_moves" if moved else "manual"

    @depends(
        "qty_received_method", "move_ids.state", "move_ids.quantity", "move_ids.product_uom", "product_uom"
    )
    def _compute_received(self) -> None:
        """Of goods from the moves that were done; of services what somebody said."""
        for line in self:
            if line.qty_received_method == "stock_moves":
                done = [move for move in line.move_ids if move.state == "done"]
                line.qty_received = total(move.bought_quantity(move.quantity) for move in done)
            else:
                line.qty_received = line.qty_received or 0.0

    @depends(
        "invoice_lines.quantity", "invoice_lines.parent_state", "invoice_lines.product_uom_id", "product_uom"
    )
    def _compute_invoiced(self) -> None:
        for line in self:
            counted = [each for each in line.invoice_lines if each.parent_state != "cancel"]
            line.qty_invoiced = total(each.bought_quantity(line.product_uom) for each in counted)

    @depends(
        "state", "product_qty", "qty_received", "qty_invoiced", "product_id.purchase_method", "display_type"
    )
    def _compute_to_invoice(self) -> None:
        for line in self:
            confirmed = line.state == "purchase" and not line.display_type
            policy = line.product_id.purchase_method or "receive"
            left = progress.to_bill(policy, line.product_qty, line.qty_received, line.qty_invoiced)
            line.qty_to_invoice = left if confirmed else 0.0

    def document(self, order: Any) -> DocumentTotals:
        """These lines of one order in money, taxed and rounded as its bill will be. Raises ValidationError."""
        priced = []
        for line in self:
            quantity = Decimal(0) if line.display_type else Decimal(repr(line.product_qty))
            discount = Decimal(repr(line.discount))
            priced.append(PricedLine(line.price_unit, quantity, discount, line.taxes_id.rules()))
        rounding: Rounding = order.company_id.tax_calculation_rounding_method or "round_per_line"
        try:
            return compute_document(priced, order.currency_id.step(), rounding)
        except UnsolvableTaxesError as error:
            problems = [Problem("taxes_id", "taxes", str(error))]
            raise ValidationError(problems=problems, model=self.model_name) from error

    def taxed(self) -> dict[int, dict[Any, Decimal]]:
        """Order id -> tax -> its amount over the whole order."""
        found: dict[int, dict[Any, Decimal]] = {}
        for order in self.mapped("order_id"):
            shares = order.order_line.document(order).taxes
            found[order.id] = {self.env["account.tax"].browse(each.key): each.amount for each in shares}
        return found

    def unit_cost(self) -> Decimal:
        """What one of the product's units of this single line costs without taxes, in the company's currency."""
        order = self.order_id
        quantity = Decimal(repr(self.product_uom_qty))
        if not quantity:
            return Decimal(0)
        day = (order.date_order or self.env.now()).date()
        home = order.company_id.currency_id
        worth: Decimal = order.currency_id._convert(
            self.price_subtotal, home, order.company_id, day, rounded=False
        )
        return worth / quantity

    @constrains("product_id", "product_uom", "display_type", "product_qty", "name", "price_unit", "discount")
    def _lines_are_whole(self) -> Iterator[Problem]:
        for line in self:
            if line.display_type:
                if line.product_id or line.product_uom or line.price_unit:
                    text = "A section or note has no product, unit or price."
                    yield Problem("display_type", "contradiction", text)
                if not (line.name or "").strip():
                    yield Problem("name", "required", "A section or note needs a text.")
            elif line.product_id and line.product_uom.category_id != line.product_id.uom_id.category_id:
                text = (
                    f"{line.product_id.display_name} is not counted in {line.product_uom.name or 'no unit'}."
                )
                yield Problem("product_uom", "category", text)
            if not 0 <= line.product_qty < _MOST:
                yield Problem(
                    "product_qty", "range", "A quantity is not negative: send goods back by a return."
                )
            if line.discount > 100:
                yield Problem("discount", "range", "A discount cannot be more than 100 percent.")

    @constrains("taxes_id", "product_id", "company_id")
    def _everything_is_of_the_orders_company(self) -> Iterator[Problem]:
        for line in self:
            for name in ("taxes_id", "product_id"):
                for record in getattr(line, name):
                    if record.company_id and record.company_id != line.company_id:
                        text = f"{record.display_name} belongs to another company than the order."
                        yield Problem(name, "company", text)

    @constrains("qty_received")
    def _received_is_not_negative(self) -> Iterator[Problem]:
        for line in self:
            if settled(line.qty_received) < 0 and line.qty_received_method == "manual":
                yield Problem("qty_received", "range", "A received quantity is not negative.")
