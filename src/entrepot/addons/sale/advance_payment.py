"""The wizard that bills orders: what is due, or a down payment."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from entrepot.addons.sale import down_payment
from entrepot.addons.sale.order import STEP
from entrepot.api import (
    Boolean,
    Command,
    Float,
    Integer,
    Many2many,
    Many2one,
    Model,
    Monetary,
    Problem,
    Selection,
    UserError,
    constrains,
    public,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_METHODS = [
    ("delivered", "Regular invoice"),
    ("percentage", "Down payment (percentage)"),
    ("fixed", "Down payment (fixed amount)"),
]


class AdvancePayment(Model, name="sale.advance.payment.inv", transient=True, rec_name=""):
    """Sales Advance Payment Invoice"""

    advance_payment_method = Selection(_METHODS, string="Create Invoice", required=True, default="delivered")
    sale_order_ids = Many2many("sale.order", default=lambda self: _active(self.env))
    count = Integer(compute="_compute_count", string="Order Count", aggregator=None)
    deduct_down_payments = Boolean(default=True)
    consolidated_billing = Boolean(default=True, help="Orders of one customer share an invoice.")
    amount = Float(string="Down Payment", aggregator=None, help="In percent.")
    fixed_amount = Monetary(string="Down Payment Amount (Fixed)", aggregator=None, help="With taxes.")
    currency_id = Many2one("res.currency", compute="_compute_count")

    def _compute_count(self) -> None:
        for wizard in self:
            wizard.count = len(wizard.sale_order_ids)
            wizard.currency_id = wizard.sale_order_ids[:1].currency_id

    @constrains("amount", "fixed_amount", "advance_payment_method")
    def _down_payments_are_something(self) -> Iterator[Problem]:
        for wizard in self:
            if wizard.advance_payment_method == "percentage" and not 0 < wizard.amount <= 100:
                yield Problem(
                    "amount", "range", "The percentage of a down payment is above 0 and at most 100."
                )
            if wizard.advance_payment_method == "fixed" and wizard.fixed_amount <= 0:
                yield Problem(
                    "fixed_amount", "range", "The value of the down payment amount must be positive."
                )

    @public
    def create_invoices(self) -> dict[str, Any]:
        """Make the draft invoices; answers the action that shows them. The orders' rights are asked for."""
        orders = self.ensure_one().sale_order_ids
        if not orders:
            raise UserError("Say which orders to invoice (sale_order_ids).")
        if self.advance_payment_method == "delivered":
            orders.invoice(grouped=not self.consolidated_billing, final=self.deduct_down_payments)
        else:
            for order in orders:
                order.invoice_down_payment(self.ratio(order))
        return orders.action_view_invoice()  # type: ignore[no-any-return]  # of a record

    def ratio(self, order: Any) -> Decimal:
        """Which part of an order is paid in advance. Raises UserError for more than all of it."""
        if self.advance_payment_method == "percentage":
            return Decimal(repr(self.amount)) / 100
        total = order.amount_total
        if total <= 0 or self.fixed_amount > total:
            raise UserError(f"{order.name} comes to {total:.2f}: a down payment cannot be more.")
        return down_payment.share(self.fixed_amount, total)


class Order(Model, extends="sale.order"):
    """Sales Order"""

    def invoice_down_payment(self, ratio: Decimal) -> Any:
        """Bill a part of this single confirmed order in advance: lines on the order, and a draft invoice of them."""
        self.ensure_one().check_access("write")
        self.lock()
        if self.state != "sale":
            raise UserError(f"{self.name} is not confirmed: confirm it before billing a down payment.")
        goods = self.order_line.filtered(lambda line: not line.display_type and not line.is_downpayment)
        priced = [(line.advance_taxes(), line.gross()) for line in goods]
        found = down_payment.parts(priced, ratio)
        if not found:
            raise UserError(f"{self.name} comes to nothing: there is no down payment to bill.")
        day = self.env.today().isoformat()
        lines = (
            self.env["sale.order.line"]
            .with_context(**{STEP: True})
            .create(
                [
                    {
                        "order_id": self.id,
                        "sequence": 9000 + at,
                        "name": f"Down payment of {day}",
                        "is_downpayment": True,
                        "product_uom_qty": 0.0,
                        "price_unit": part.price,
                        "tax_id": [Command.set(list(part.taxes))],
                    }
                    for at, part in enumerate(found)
                ]
            )
        )
        moves = self.env["account.move"].sudo().with_company(self.company_id.id)
        return moves.create([self.down_payment_values(lines)])

    def down_payment_values(self, lines: Any) -> dict[str, Any]:
        """What the invoice of down payment lines of this single order is created with."""
        return {
            "move_type": "out_invoice",
            "company_id": self.company_id.id,
            "partner_id": self.partner_invoice_id.id,
            "currency_id": self.currency_id.id,
            "invoice_origin": self.name,
            "invoice_user_id": self.user_id.id or None,
            "invoice_line_ids": [
                Command.create(line.invoice_line_values(1.0, at)) for at, line in enumerate(lines)
            ],
        }


class OrderLine(Model, extends="sale.order.line"):
    """Sales Order Line"""

    def gross(self) -> Decimal:
        """Price times quantity less discount of this single line, as its price is given: with included taxes."""
        quantity, discount = Decimal(repr(self.product_uom_qty)), Decimal(repr(self.discount))
        return Decimal(self.price_unit * quantity * (100 - discount) / 100)

    def advance_taxes(self) -> tuple[int, ...]:
        """The taxes of this single line that a part of its price has too: all but amounts for each unit."""
        return tuple(sorted(tax.id for tax in self.tax_id if tax.amount_type != "fixed"))


def _active(env: Any) -> list[int]:
    """The orders that the client was looking at."""
    if env.context.get("active_model", "sale.order") != "sale.order":
        return []
    asked = env.context.get("active_ids") or [env.context.get("active_id")]
    return [each for each in asked if type(each) is int] if isinstance(asked, (list, tuple)) else []
