"""Who pays an order: its lines split between payer and patient, and the discount the plan has agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from entrepot.addons.base.rounding import decimal_places
from entrepot.addons.optometry_billing import benefit
from entrepot.addons.optometry_billing.benefit import Charge
from entrepot.addons.optometry_billing.billing_products import DISCOUNT
from entrepot.api import Command, Model, UserError, public

if TYPE_CHECKING:
    from entrepot.addons.optometry_billing.benefit import Share

_QUOTATION = ("draft", "sent")


class OrderInsurance(Model, extends="sale.order"):
    """Order"""

    @public
    def action_apply_insurance(self) -> list[dict[str, Any]]:
        """Split quotations between payer and patient by the plan as it stands on the order's day.

        Answers for each `{id, insurance_amount, patient_amount, discount, lines}`; `lines` are
        `{id, category, charge, insurer, patient, discount}` before taxes. Taxes are the patient's. Confirming an
        order does this by itself.
        """
        self.check_access("write")
        self.lock()
        answers = []
        for order in self.sudo():
            if order.state not in _QUOTATION:
                raise UserError(f"{order.name} is {order.state}: only quotations are split.")
            answers.append(order._apply_insurance())
        return answers

    def _apply_insurance(self) -> dict[str, Any]:
        self.order_line.filtered("discounted_line_id").unlink()
        lines = self._charged_lines()
        shares = self._shares(lines)
        for line, share in zip(lines, shares, strict=True):
            insured = share.insurer > 0 or share.discount > 0
            line.write(
                {
                    "insurance_amount": share.insurer,
                    "insurance_discount": share.discount,
                    "insurance_allowed": share.allowed if insured else 0,
                }
            )
        self._discount_lines(lines)
        told = [_told(line, share) for line, share in zip(lines, shares, strict=True)]
        return {
            "id": self.id,
            "insurance_amount": self.insurance_amount,
            "patient_amount": self.patient_amount,
            "discount": sum(share.discount for share in shares),
            "lines": told,
        }

    def _charged_lines(self) -> Any:
        """The lines that are charged: neither headings nor the plan's discounts."""
        return self.order_line.filtered(lambda line: line.product_id and not line.discounted_line_id)

    def _shares(self, lines: Any) -> list[Share]:
        charges = [Charge(line.benefit_category or "none", line.price_subtotal) for line in lines]
        plan = self.insurance_plan_id
        places = decimal_places(self.currency_id.step())
        granted = plan.benefits_on(self.insured_day(), without=self.claim_ids) if plan else {}
        return benefit.split(charges, granted, places=places)

    def _discount_lines(self, lines: Any) -> None:
        """A line for each discount, under the taxes of the line it is about, so that the taxes fall with it."""
        discounted = lines.filtered(lambda line: line.insurance_discount > 0)
        if not discounted:
            return
        product = self.env.ref(DISCOUNT)
        self.env["sale.order.line"].create(
            [
                {
                    "order_id": self.id,
                    "product_id": product.id,
                    "name": f"{self.insurance_plan_id.plan_name}: discount on {line.product_id.name}",
                    "product_uom_qty": 1,
                    "price_unit": -line.insurance_discount,
                    "discount": 0,
                    "tax_id": [Command.set(line.tax_id.ids)],
                    "sequence": line.sequence,
                    "insurance": False,
                    "discounted_line_id": line.id,
                }
                for line in discounted
            ]
        )


def _told(line: Any, share: Share) -> dict[str, Any]:
    return {
        "id": line.id,
        "category": line.benefit_category or "none",
        "charge": line.price_subtotal,
        "insurer": share.insurer,
        "patient": share.patient,
        "discount": share.discount,
    }
